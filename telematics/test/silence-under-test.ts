import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import { createRedis, type Redis } from '@wayleave/runtime/redis.ts';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type ListeningMemory, NOTHING_KNOWN } from '../silence/listening.ts';
import { keepMemory, readMemory } from '../silence/memory-store.ts';
import { type Swept, sweepSilences } from '../silence/sweep.ts';
import { type LastHeard, type WatchedDevice, watchedFleet } from '../silence/testing/watched-fleet.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** Noon of a day for which the test's database has a partition or not. */
export const NOON_MS = Date.UTC(2026, 10, 20, 12);
/** Of the default settings. */
export const AFTER_MS = 3 * HOUR_MS;

/** A silence as it is stored. */
export interface StoredSilence {
  device_id: string;
  severity: string;
  occurred_at: Date;
  confirmed_at: Date;
  ended_at: Date | null;
  retraction_reason: string | null;
  revision: number;
  details: Record<string, unknown>;
  class: string;
}

/** Sweeps over a database and a Redis of their own, emptied before each test of the file. */
export function silenceUnderTest() {
  const log = createLog('test', 'fatal');
  let database: TestDatabase;
  let redisServer: TestRedis;
  let owner: pg.Client;
  let pool: Pool;
  let redis: Redis;
  let fleet: ReturnType<typeof watchedFleet>;
  let operatorId: number;

  beforeAll(async () => {
    [database, redisServer] = await Promise.all([createTestDatabase(), createTestRedis()]);
    owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
    pool = createPool({ url: database.url, role: 'wayleave_jobs', log, maxConnections: 4 });
    redis = createRedis(redisServer.url, 'test', log);
    fleet = watchedFleet(owner, pool);
  });
  afterAll(async () => {
    redis.disconnect();
    await pool.end();
    await owner.end();
    await Promise.all([database.drop(), redisServer.close()]);
  });
  beforeEach(async () => {
    await owner.query(
      `DELETE FROM events; DELETE FROM outbox; DELETE FROM positions; DELETE FROM latest_positions;
       DELETE FROM installations; DELETE FROM coverage_holes; DELETE FROM rule_settings`,
    );
    await keepMemory(redis, NOTHING_KNOWN);
    operatorId = await fleet.makeOperator();
  });

  const sweepAsIs = (nowMs: number): Promise<Swept | null> => sweepSilences({ pool, redis, log }, nowMs);
  return {
    fleet: () => fleet,
    operatorId: () => operatorId,
    query: async (sql: string, values: unknown[] = []) => (await owner.query(sql, values)).rows,
    /** What was said of how sweeps listened, in place of what is known. */
    remember: (memory: Partial<ListeningMemory>) => keepMemory(redis, { ...NOTHING_KNOWN, ...memory }),
    sweepAsIs,
    /** A sweep in its turn: the one before was half a minute ago. */
    async sweep(nowMs: number): Promise<Swept> {
      await keepMemory(redis, { ...(await readMemory(redis)), lastSweepMs: nowMs - 30_000 });
      return (await sweepAsIs(nowMs))!;
    },
    /** A device of the operator in a vehicle, heard for the last time. */
    async deviceHeard(heard: LastHeard, of = operatorId): Promise<WatchedDevice> {
      const device = await fleet.install(of, heard.atMs - 30 * DAY_MS);
      await fleet.hear(device, heard);
      return device;
    },
    told: async (): Promise<StoredSilence[]> =>
      (
        await owner.query<StoredSilence>(
          `SELECT *, details ->> 'class' AS class FROM events WHERE rule = 'silence' ORDER BY occurred_at, device_id`,
        )
      ).rows,
    outbox: async () =>
      (await owner.query<{ name: string; key: string }>('SELECT name, key FROM outbox ORDER BY id')).rows,
  };
}
