import { createTestDatabase, type TestDatabase } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import type { EventChange } from '@wayleave/telematics/events/event.ts';
import { RuleBooks } from '@wayleave/telematics/rules/book/rule-books.ts';
import {
  type ReplayOutcome,
  type ReplayParts,
  replayDevice,
} from '@wayleave/telematics/rules/replay/replay-device.ts';
import { ruleEngine } from '@wayleave/telematics/rules/rules.ts';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach } from 'vitest';

export const log = createLog('test', 'fatal');
export const OPERATOR = 1;
const DEVICE = 1;
export const START_MS = Date.UTC(2026, 10, 18, 6);
const DEGREE_M = 111_195;

/** Made anew by `replaysUnderTest`, which every file calls once. */
export let database: TestDatabase;
export let pool: Pool;
export let owner: pg.Client;
export let books: RuleBooks;
export let changes: EventChange[];

/** One device in a vehicle, with a port that it may visit, in a database of its own. */
export function replaysUnderTest(): void {
  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool({ url: database.url, role: 'wayleave_jobs', log, maxConnections: 6 });
    owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
    await owner.query(`
    INSERT INTO operators (name) VALUES ('one');
    INSERT INTO devices (operator_id, ident, secret_hash) VALUES (1, 'a', decode(repeat('00', 32), 'hex'));
    INSERT INTO vehicles (operator_id, label, kind) VALUES (1, 'first', 'car'), (1, 'second', 'car');
    INSERT INTO geofences (operator_id) VALUES (1);
    INSERT INTO geofence_versions (operator_id, geofence_id, version, valid_from, name, kind, shape) VALUES
      (1, 1, 1, '2020-01-01', 'Port', 'depot', '{"type":"Circle","center":[32.5,0.3],"radiusM":500}')`);
  });
  afterAll(async () => {
    books.close();
    await pool.end();
    await owner.end();
    await database.drop();
  });
  beforeEach(async () => {
    await owner.query(`
    DELETE FROM positions; DELETE FROM latest_positions; DELETE FROM installations; DELETE FROM events; DELETE FROM trips;
    DELETE FROM outbox; DELETE FROM rule_keyframes; DELETE FROM rule_replays; DELETE FROM summary_requests;
    INSERT INTO installations (operator_id, vehicle_id, device_id, during) VALUES (1, 1, 1, '[2026-01-01,)')`);
    books = new RuleBooks({ pool, log, keepMs: 3_650 * 86_400_000, now: Date.now });
    changes = [];
  });
}

/** Positions every 30 s from `fromMin` on, at these distances from the middle of the port. */
export async function stored(fromMin: number, metresEast: readonly number[]): Promise<void> {
  await owner.query(
    `INSERT INTO positions (device_id, operator_id, fix_time, received_at, lat, lon, speed_kmh, ignition, distance_m)
     SELECT $1, $2, $3::timestamptz + (at - 1) * INTERVAL '30 seconds', now(), 0.3, 32.5 + m / $4::float8,
            step / 30 * 3.6, step > 0, step
     FROM unnest($5::float8[], $6::float8[]) WITH ORDINALITY AS way (m, step, at)
     ON CONFLICT (device_id, fix_time) DO UPDATE SET lon = excluded.lon`,
    [
      DEVICE,
      OPERATOR,
      new Date(START_MS + fromMin * 60_000),
      DEGREE_M,
      metresEast,
      metresEast.map((metres, at) => Math.abs(metres - (metresEast[at - 1] ?? metres))),
    ],
  );
}

export const requested = (fromMin = -1, untilMin = Number.POSITIVE_INFINITY) =>
  owner.query('SELECT request_rule_replay($1, $2, $3, $4)', [
    DEVICE,
    OPERATOR,
    new Date(START_MS + fromMin * 60_000),
    Number.isFinite(untilMin) ? new Date(START_MS + untilMin * 60_000) : 'infinity',
  ]);

export const replay = (more: Partial<ReplayParts> = {}): Promise<ReplayOutcome> =>
  replayDevice(
    {
      pool,
      engine: ruleEngine,
      now: Date.now,
      signal: new AbortController().signal,
      bookOf: (operatorId) => books.ready(operatorId),
      onChanged: (some) => changes.push(...some),
      ...more,
    },
    DEVICE,
  );

export async function events(): Promise<unknown[]> {
  const { rows } = await owner.query(
    `SELECT kind, vehicle_id::integer AS vehicle, extract(epoch FROM occurred_at - $1)::integer / 30 AS step,
            late, retraction_reason AS retracted FROM events WHERE rule = 'geofence' ORDER BY occurred_at, kind`,
    [new Date(START_MS)],
  );
  return rows;
}

export const waiting = async (): Promise<number> =>
  Number((await owner.query('SELECT count(*) FROM rule_replays')).rows[0].count);

/** Everything that stands, as it is told. */
export async function standing(): Promise<unknown[]> {
  const { rows } = await owner.query(
    `SELECT rule, kind, subject, occurred_at, confirmed_at, ended_at, settled_at, lat, lon, details FROM events
     WHERE retracted_at IS NULL
     UNION ALL
     SELECT 'trips', kind, '', started_at, confirmed_at, ended_at, settled_at, start_lat, start_lon, details FROM trips
     ORDER BY 4, 1, 2, 3`,
  );
  return rows;
}

/** What stands if rules had never run before. */
export async function standingAnew(): Promise<unknown[]> {
  await owner.query(
    'DELETE FROM events; DELETE FROM trips; DELETE FROM rule_keyframes; DELETE FROM rule_replays',
  );
  await requested();
  await replay();
  return await standing();
}

/** Outside, into the port for `inside` fixes, and out again. */
export const visit = (inside: number): number[] => [
  5_000,
  3_000,
  1_000,
  ...Array(inside).fill(100),
  1_000,
  3_000,
  5_000,
];
