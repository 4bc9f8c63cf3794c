import { setTimeout as sleep } from 'node:timers/promises';
import { createLog } from '@wayleave/runtime/log.ts';
import { createPool } from '@wayleave/runtime/postgres.ts';
import { createRedis } from '@wayleave/runtime/redis.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provisionTrackers } from '../provision-trackers.ts';
import { type Stack, startStack } from '../stack.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { equipFleet } from './crash-fleet.ts';
import { expectedFacts, factLines } from './expected-events.ts';
import { journeyFixes, KINDS, LIMIT_KMH, messagesOf } from './journeys.ts';
import { createKiller } from './killer.ts';
import { publishJourney } from './publish-journey.ts';
import { handedOver, revisionsToTell, standingFacts, stillToDo } from './told-events.ts';

/** `npm run test:crash` is the long form; `npm test` runs the short one. */
const isLong = process.env.CRASH_TEST_LONG === '1';
const PUBLISHING_MS = isLong ? 300_000 : 15_000;
const KILL_EVERY_MS: [least: number, most: number] = isLong ? [2_000, 8_000] : [2_000, 4_000];
const TRACKERS = isLong ? 40 : 16;
/** Of a tracker: three quarters of an hour, or nearly three hours. */
const FIXES = isLong ? 2_000 : 540;
/** Every so manyeth tracker sends everything backwards. */
const BACKWARDS_EVERY = 8;
/** A job whose process was killed is another's after half a minute, and what a replay left after a minute. */
const SETTLE_MS = 300_000;

const log = createLog('test', 'fatal');
let folder: ReturnType<typeof makeTemporaryFolder>;
let stack: Stack;

beforeAll(async () => {
  folder = makeTemporaryFolder('crash-events');
  stack = await startStack({
    dataDir: folder.path,
    ports: { API_PORT: 0, MQTT_PORT: 0, BROKER_OPS_PORT: 0, INGEST_OPS_PORT: 0, JOBS_OPS_PORT: 0 },
    services: ['broker', 'ingest', 'jobs'],
    console: false,
  });
});

afterAll(async () => {
  await stack?.stop();
  folder?.remove();
});

/** Connections of their own, as none outlives PostgreSQL and Redis here. */
async function withStores<T>(use: (owner: pg.Client, redis: ReturnType<typeof createRedis>) => Promise<T>) {
  const owner = new pg.Client({ connectionString: stack.databaseUrl });
  await owner.connect();
  const redis = createRedis(stack.redisUrl, 'test', log);
  try {
    return await use(owner, redis);
  } finally {
    redis.disconnect();
    await owner.end();
  }
}

async function equip() {
  return await withStores(async (owner) => {
    const trackers = await provisionTrackers(owner, stack.secrets, 'Crash', TRACKERS);
    const { rows } = await owner.query<{ operator_id: string }>(
      'SELECT operator_id FROM devices WHERE ident = $1',
      [trackers[0]!.ident],
    );
    const operatorId = rows[0]!.operator_id;
    const app = createPool({ url: stack.databaseUrl, role: 'wayleave_app', log, maxConnections: 1 });
    try {
      const idents = trackers.map(({ ident }) => ident);
      return { trackers, operatorId, fleet: await equipFleet(owner, app, operatorId, idents) };
    } finally {
      await app.end();
    }
  });
}

/** Until every fix is stored and nothing waits any more, or the patience is over. */
async function settled(operatorId: string, fixes: number): Promise<Record<string, number>> {
  const giveUpAtMs = performance.now() + SETTLE_MS;
  for (;;) {
    const left = await withStores(async (owner, redis) => {
      const stored = await owner.query('SELECT FROM positions WHERE operator_id = $1', [operatorId]);
      return { fixes: fixes - (stored.rowCount ?? 0), ...(await stillToDo(owner, redis)) };
    });
    if (Object.values(left).every((count) => count === 0) || performance.now() > giveUpAtMs) return left;
    await sleep(500);
  }
}

const victims = isLong ? 'ingest, jobs, Redis and PostgreSQL' : 'ingest and jobs';

describe(`while events fire, with kill -9 falling at random on ${victims}`, () => {
  it(
    'every event stands exactly once, and each of its revisions is given to the queue exactly once',
    async () => {
      const { trackers, operatorId, fleet } = await equip();
      const endMs = Date.now() - 60_000;
      const journeys = trackers.map((tracker, at) => {
        const fixes = journeyFixes(tracker.ident, FIXES, endMs);
        const isBackwards = at % BACKWARDS_EVERY === BACKWARDS_EVERY - 1;
        return { tracker, fixes, messages: messagesOf(tracker.ident, fixes, isBackwards) };
      });
      const { ingest, jobs } = stack.services;
      const killer = createKiller(
        isLong ? [ingest, jobs, stack.redis!, stack.postgres!] : [ingest, jobs],
        KILL_EVERY_MS,
      );
      const patience = AbortSignal.timeout(PUBLISHING_MS + SETTLE_MS);
      const repeated = await Promise.all(
        journeys.map(
          async ({ tracker, messages }) =>
            await publishJourney(stack.mqttUrl, tracker, messages, PUBLISHING_MS, patience),
        ),
      );
      const kills = await killer.stop();
      expect(await settled(operatorId, TRACKERS * FIXES)).toEqual({
        fixes: 0,
        replays: 0,
        unsent: 0,
        unfinished: 0,
      });

      const expected = journeys.flatMap(({ tracker: { ident }, fixes }) =>
        expectedFacts(ident, fixes, {
          vehicleId: fleet.vehicleIds.get(ident)!,
          geofences: fleet.geofences,
          limitKmh: LIMIT_KMH,
        }),
      );
      await withStores(async (owner, redis) => {
        const standing = await standingFacts(owner, operatorId);
        const revisions = await revisionsToTell(owner, operatorId);
        const told = await handedOver(redis);
        const killed = Object.entries(kills).map(([name, times]) => `${name} ${times}×`);
        process.stdout.write(
          `${standing.length} events and trips, ${revisions.length} revisions told, ` +
            `${repeated.reduce((sum, times) => sum + times, 0)} messages sent again; killed: ${killed.join(', ')}\n`,
        );
        expect(factLines(standing)).toEqual(factLines(expected));
        expect(told).toMatchObject({ failed: [], addedTwice: [] });
        expect(told.completed.toSorted()).toEqual(revisions.toSorted());
        // The test would prove nothing if little happened, little was revised or nobody was killed.
        expect(new Set(standing.map(({ kind }) => kind))).toEqual(new Set(KINDS));
        expect(standing.length).toBeGreaterThan(TRACKERS * 10);
        expect(revisions.length).toBeGreaterThan(standing.length);
        expect(Object.values(kills).every((times) => times > 0)).toBe(true);
      });
    },
    PUBLISHING_MS + 3 * SETTLE_MS,
  );
});
