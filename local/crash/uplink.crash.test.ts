import { setTimeout as sleep } from 'node:timers/promises';
import { runLoadInChild } from '@wayleave/device-sim/load/load-child.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provisionTrackers } from '../provision-trackers.ts';
import { type Stack, startStack } from '../stack.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { compareWithLedger } from './compare-with-ledger.ts';
import { createKiller } from './killer.ts';

/** `npm run test:crash` is the long form; `npm test` runs the short one. */
const isLong = process.env.CRASH_TEST_LONG === '1';
const PUBLISHING_MS = isLong ? 600_000 : 25_000;
const KILL_EVERY_MS: [least: number, most: number] = isLong ? [2_000, 8_000] : [2_000, 4_000];
const TRACKERS = 200;
const WINDOW = 10;
/** Well below what the machine takes, so that what is killed has caught up when it is killed again. */
const RATE_PER_S = 4_000;
const SETTLE_MS = 120_000;

let folder: ReturnType<typeof makeTemporaryFolder>;
let stack: Stack;

beforeAll(async () => {
  folder = makeTemporaryFolder('crash');
  stack = await startStack({
    dataDir: folder.path,
    ports: { API_PORT: 0, MQTT_PORT: 0, BROKER_OPS_PORT: 0, INGEST_OPS_PORT: 0, JOBS_OPS_PORT: 0 },
    services: ['broker', 'ingest'],
    console: false,
    env: { DEVICE_MAX_PUBLISHES_PER_S: '100000' },
  });
});

afterAll(async () => {
  await stack?.stop();
  folder?.remove();
});

/** A connection of its own, as none outlives PostgreSQL here. */
async function withDatabase<T>(use: (owner: pg.Client) => Promise<T>): Promise<T> {
  const owner = new pg.Client({ connectionString: stack.databaseUrl });
  await owner.connect();
  try {
    return await use(owner);
  } finally {
    await owner.end();
  }
}

describe('under load, with kill -9 falling at random on broker, ingest, Redis and PostgreSQL', () => {
  it(
    'every acknowledged position is stored exactly once',
    async () => {
      const trackers = await withDatabase((owner) =>
        provisionTrackers(owner, stack.secrets, 'Load', TRACKERS),
      );
      const killer = createKiller(
        [stack.services.broker, stack.services.ingest, stack.redis!, stack.postgres!],
        KILL_EVERY_MS,
      );
      const load = await runLoadInChild({
        host: '127.0.0.1',
        port: stack.ports.MQTT_PORT,
        devices: trackers,
        window: WINDOW,
        positionsPerMessage: 2,
        ratePerS: RATE_PER_S,
        durationMs: PUBLISHING_MS,
        drainMs: SETTLE_MS,
      });
      const kills = await killer.stop();

      const compare = () => withDatabase((owner) => compareWithLedger(owner, load.ledger));
      let found = await compare();
      for (
        const giveUpAtMs = performance.now() + SETTLE_MS;
        found.missing > 0 && performance.now() < giveUpAtMs;
      ) {
        await sleep(500);
        found = await compare();
      }
      const killed = Object.entries(kills).map(([name, times]) => `${name} ${times}×`);
      process.stdout.write(
        `${load.positionsAcked} positions acknowledged, ${load.repeated} messages sent again, ` +
          `${load.reconnects} reconnects; killed: ${killed.join(', ')}\n`,
      );
      expect(found).toEqual({ missing: 0, twice: 0, neverSent: 0 });
      // The test would prove nothing if little was published or nobody was killed.
      expect(load.positionsAcked).toBeGreaterThan((PUBLISHING_MS / 1_000) * RATE_PER_S * 0.2);
      expect(Object.values(kills).every((times) => times > 0)).toBe(true);
      expect(load.reconnects).toBeGreaterThan(0);
    },
    PUBLISHING_MS + 3 * SETTLE_MS,
  );
});
