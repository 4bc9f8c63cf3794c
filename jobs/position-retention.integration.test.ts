import { createTestDatabase } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createPool } from '@wayleave/runtime/postgres.ts';
import pg from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  keepSharedRetention,
  SWEEP_EVERY_MS,
  sortOldPartitions,
  sweepPositions,
} from './position-retention.ts';
import { dropOldestPartition, partitionRanges } from './position-retention-store.ts';

const DAY_MS = 86_400_000;
const log = createLog('test', 'fatal');
/** Noon, so that whole days lie around it. */
const NOW_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS / 2;
const daysAgo = (days: number): Date => new Date(NOW_MS - days * DAY_MS);

// Which tests there are depends on what the server has.
const database = await createTestDatabase();
const owner = new pg.Client({ connectionString: database.url });
await owner.connect();
const hasTimescale =
  (await owner.query("SELECT FROM pg_extension WHERE extname = 'timescaledb'")).rowCount === 1;
const ON_TIMESCALE = hasTimescale ? ['TimescaleDB'] : [];
const NATIVELY = hasTimescale ? [] : ['PostgreSQL'];
const pool = createPool({ url: database.url, role: 'wayleave_jobs', log, maxConnections: 4 });

afterAll(async () => {
  await pool.end();
  await owner.end();
  await database.drop();
});

beforeEach(async () => {
  for (const name of ['long', 'short']) {
    const { rows } = await owner.query('INSERT INTO operators (name) VALUES ($1) RETURNING id', [name]);
    operators[name as 'long' | 'short'] = rows[0].id;
  }
});
afterEach(async () => {
  await owner.query('DELETE FROM positions');
  await owner.query('TRUNCATE operators CASCADE');
});

const operators = { long: '', short: '' };

async function keep(operator: 'long' | 'short', keepDays: number, compressAfterDays = 7): Promise<void> {
  await owner.query('INSERT INTO position_retention VALUES ($1, $2, $3)', [
    operators[operator],
    keepDays,
    compressAfterDays,
  ]);
}

async function device(operator: 'long' | 'short'): Promise<string> {
  const { rows } = await owner.query(
    `INSERT INTO devices (operator_id, ident, secret_hash) VALUES ($1, 'd' || random(), $2) RETURNING id`,
    [operators[operator], Buffer.alloc(32)],
  );
  return rows[0].id;
}

async function store(
  operator: 'long' | 'short',
  deviceId: string,
  fixDaysAgo: number[],
  receivedDaysAgo?: number,
): Promise<void> {
  for (const days of fixDaysAgo) {
    await owner.query(
      `INSERT INTO positions (device_id, fix_time, received_at, operator_id, lat, lon, h3) VALUES ($1, $2, $3, $4, 1, 2, 3)`,
      [deviceId, daysAgo(days), daysAgo(receivedDaysAgo ?? days), operators[operator]],
    );
  }
}

async function kept(deviceId: string): Promise<number[]> {
  const { rows } = await owner.query<{ fix_time: Date }>(
    'SELECT fix_time FROM positions WHERE device_id = $1 ORDER BY fix_time DESC',
    [deviceId],
  );
  return rows.map(({ fix_time }) => Math.round((NOW_MS - fix_time.getTime()) / DAY_MS));
}

const makePartitions = async (from: number, to: number) =>
  await owner.query('SELECT make_position_partitions($1::date, $2::date)', [daysAgo(from), daysAgo(to)]);

/** Natively there is nothing to compress, and the same must hold of days as they are. */
async function compressAll(): Promise<void> {
  if (!hasTimescale) return;
  await owner.query(`
    SELECT compress_chunk(format('%I.%I', chunk_schema, chunk_name)::regclass, if_not_compressed => true)
    FROM timescaledb_information.chunks WHERE hypertable_name = 'positions'`);
  const { rowCount } = await owner.query(
    "SELECT FROM timescaledb_information.chunks WHERE hypertable_name = 'positions' AND NOT is_compressed",
  );
  if (rowCount !== 0) throw new Error(`${rowCount} chunks are not compressed`);
}

const sweep = async (nowMs = NOW_MS, maxMs?: number) => await sweepPositions(pool, log, nowMs, maxMs);
const keepShared = async () => await keepSharedRetention(pool, log, NOW_MS);

describe('the sweep of positions', () => {
  it('deletes what an operator gave up out of the days that another one keeps, and nothing else', async () => {
    await keep('short', 30);
    await keep('long', 300);
    await makePartitions(60, 50);
    const [mine, other] = [await device('short'), await device('long')];
    for (const [operator, id] of [
      ['short', mine],
      ['long', other],
    ] as const) {
      await store(operator, id, [1, 29, 30, 31, 32, 55, 56, 90]);
    }
    expect(await sweep()).toBe(5);
    expect(await kept(mine)).toEqual([1, 29, 30]);
    expect(await kept(other)).toEqual([1, 29, 30, 31, 32, 55, 56, 90]);
    expect(await sweep()).toBe(0);
  });

  it('keeps a late fix for its days from its arrival on: a tracker with an unset clock is seen by someone', async () => {
    await keep('short', 30);
    await keep('long', 300);
    const id = await device('short');
    await store('short', id, [100, 101], 2);
    await store('short', id, [102], 31);
    expect(await sweep()).toBe(1);
    expect(await kept(id)).toEqual([100, 101]);
  });

  it('works through more devices and rows than fit one statement', async () => {
    await keep('short', 30);
    await keep('long', 300);
    const { rows } = await owner.query<{ id: string }>(
      `INSERT INTO devices (operator_id, ident, secret_hash)
       SELECT $1, 'many' || n, $2 FROM generate_series(1, 25) n RETURNING id`,
      [operators.short, Buffer.alloc(32)],
    );
    await owner.query(
      `INSERT INTO positions (device_id, fix_time, received_at, operator_id, lat, lon, h3)
       SELECT d, $2::timestamptz + make_interval(secs => n), $2, $3, 1, 2, 3
       FROM unnest($1::bigint[]) d, generate_series(1, 600) n`,
      [rows.map(({ id }) => id), daysAgo(70), operators.short],
    );
    expect(await sweep()).toBe(25 * 600);
    expect((await owner.query('SELECT FROM positions')).rowCount).toBe(0);
  });

  it('deletes nothing of an operator without settings within its 400 days', async () => {
    const id = await device('short');
    await store('short', id, [1, 399]);
    expect(await sweep()).toBe(0);
    expect(await kept(id)).toEqual([1, 399]);
  });

  it('begins with another operator each time, so that one with too much leaves the others their turn', async () => {
    await keep('short', 30);
    await keep('long', 30);
    await owner.query("INSERT INTO operators (name) VALUES ('keeps all')");
    const [mine, other] = [await device('short'), await device('long')];
    await store('short', mine, [100]);
    await store('long', other, [100]);
    // No time at all is enough for the operator that a run begins with, and for no other.
    let runs = 0;
    while ((await kept(other)).length > 0 && runs < 10) {
      await sweep(NOW_MS + runs * SWEEP_EVERY_MS, 0);
      runs += 1;
      await store('short', await device('short'), [100]);
    }
    expect(runs).toBeLessThanOrEqual(3);
  });

  it('leaves the latest positions', async () => {
    await keep('short', 1);
    await keep('long', 300);
    const id = await device('short');
    await store('short', id, [50]);
    await owner.query(
      `INSERT INTO latest_positions (device_id, fix_time, received_at, operator_id, lat, lon, h3)
       SELECT device_id, fix_time, received_at, operator_id, lat, lon, h3 FROM positions`,
    );
    expect(await sweep()).toBe(1);
    expect((await owner.query('SELECT FROM latest_positions WHERE device_id = $1', [id])).rowCount).toBe(1);
    await owner.query('DELETE FROM latest_positions');
  });
});

describe('a compressed day', () => {
  it('still takes late fixes, merges repeated ones and gives up one operator’s rows', async () => {
    await keep('short', 30);
    await keep('long', 300);
    const [mine, other] = [await device('short'), await device('long')];
    await store('short', mine, [40, 41]);
    await store('long', other, [40, 41]);
    await compressAll();
    const ingest = createPool({ url: database.url, role: 'wayleave_ingest', log, maxConnections: 1 });
    for (const [deviceId, days, operatorId] of [
      [mine, 40.1, operators.short],
      [other, 40, operators.long],
      [other, 41.1, operators.long],
    ] as const) {
      await ingest.query(
        `INSERT INTO positions AS stored (device_id, fix_time, received_at, operator_id, lat, lon, h3)
         VALUES ($1, $2, $2, $3, 5, 6, 7)
         ON CONFLICT (device_id, fix_time) DO UPDATE SET lat = excluded.lat WHERE stored.lat IS DISTINCT FROM excluded.lat`,
        [deviceId, daysAgo(days), operatorId],
      );
    }
    await ingest.end();
    const lats = await owner.query('SELECT lat FROM positions WHERE device_id = $1 ORDER BY fix_time', [
      other,
    ]);
    expect(lats.rows.map(({ lat }) => lat)).toEqual([5, 1, 5]);
    expect(await sweep()).toBe(3);
    expect(await kept(mine)).toEqual([]);
    expect(await kept(other)).toHaveLength(3);
  });

  it('takes more late fixes in one transaction than TimescaleDB opens segments for by default', async () => {
    const id = await device('long');
    await owner.query(
      `INSERT INTO positions (device_id, fix_time, received_at, operator_id, lat, lon, h3)
       SELECT $1::bigint + d, $2::timestamptz + make_interval(secs => n), $2, $3, 1, 2, 3
       FROM generate_series(0, 119) d, generate_series(1, 900) n`,
      [id, daysAgo(50), operators.long],
    );
    await compressAll();
    const ingest = createPool({ url: database.url, role: 'wayleave_ingest', log, maxConnections: 1 });
    const merged = await ingest.query('UPDATE positions SET lat = 9 WHERE fix_time > $1 AND fix_time < $2', [
      daysAgo(50),
      daysAgo(49),
    ]);
    await ingest.end();
    expect(merged.rowCount).toBe(108_000);
  });
});

// The last, since the policies of TimescaleDB go to work on this database at once.
describe('what no operator keeps', () => {
  const policies = async () =>
    (
      await owner.query(
        `SELECT config ->> 'compress_after' AS compress, config ->> 'drop_after' AS drop
           FROM timescaledb_information.jobs WHERE hypertable_name = 'positions' ORDER BY 1`,
      )
    ).rows;

  it.each(ON_TIMESCALE)(
    'goes by the policies of %s, which follow when an operator changes its mind',
    async () => {
      await keep('short', 3, 4);
      await keep('long', 20, 9);
      expect(await keepShared()).toBe(2);
      expect(await policies()).toEqual([
        { compress: '4 days', drop: null },
        { compress: null, drop: '20 days' },
      ]);
      expect(await keepShared()).toBe(0);
      await owner.query('UPDATE position_retention SET keep_days = 500, compress_after_days = 5');
      expect(await keepShared()).toBe(2);
      expect(await policies()).toEqual([
        { compress: '5 days', drop: null },
        { compress: null, drop: '500 days' },
      ]);
    },
  );
  it.each(NATIVELY)('goes by daily partitions of %s, of which those kept by one operator stay', async () => {
    await keep('short', 3);
    await keep('long', 20);
    await keepShared();
    await makePartitions(25, 15);
    const id = await device('long');
    await store('long', id, [16, 20, 21, 24]);
    const before = (await partitionRanges(pool, NOW_MS)).length;
    expect(await keepShared()).toBe(5);
    expect(await partitionRanges(pool, NOW_MS)).toHaveLength(before - 5);
    expect(await kept(id)).toEqual([16, 20]);
    expect(await keepShared()).toBe(0);
  });

  it.each(NATIVELY)('is not dropped by %s while somebody reads the table, but the next time', async () => {
    await makePartitions(60, 60);
    const firstKept = NOW_MS - 59 * DAY_MS;
    await owner.query('BEGIN; LOCK TABLE positions IN ACCESS SHARE MODE');
    await expect(dropOldestPartition(pool, firstKept)).rejects.toMatchObject({ code: '55P03' });
    await owner.query('ROLLBACK');
    expect(await dropOldestPartition(pool, firstKept)).toBe(true);
    expect(await dropOldestPartition(pool, firstKept)).toBe(false);
  });
});

describe.each(NATIVELY)('the sorting of old days on %s', () => {
  it('puts each device’s fixes of an old day together, once, and leaves later days as they came', async () => {
    await makePartitions(9, 1);
    const devices = [await device('long'), await device('long')];
    for (const days of [8, 2]) {
      for (let at = 0; at < 6; at += 1) await store('long', devices[at % 2]!, [days - at / 100]);
    }
    const lying = async (days: number): Promise<string[]> => {
      const { rows } = await owner.query<{ device_id: string }>(
        'SELECT device_id FROM positions WHERE fix_time >= $1 AND fix_time < $2 ORDER BY tableoid, ctid',
        [daysAgo(days + 0.4), daysAgo(days - 0.4)],
      );
      return rows.map(({ device_id: deviceId }) => deviceId);
    };
    const [one, two] = devices as [string, string];
    expect(await lying(8)).toEqual([one, two, one, two, one, two]);
    // Nine and eight days ago; a third one is empty or was sorted by the test before.
    expect(await sortOldPartitions(pool, log, NOW_MS)).toBeGreaterThanOrEqual(2);
    expect(await lying(8)).toEqual([one, one, one, two, two, two]);
    expect(await lying(2)).toEqual([one, two, one, two, one, two]);
    expect(await sortOldPartitions(pool, log, NOW_MS)).toBe(0);
  });

  it('gives up while the day is in use, and does it the next time', async () => {
    await owner.query(
      'DROP TABLE IF EXISTS positions_default; CREATE TABLE positions_default PARTITION OF positions DEFAULT',
    );
    await makePartitions(12, 12);
    const user = new pg.Client({ connectionString: database.url });
    await user.connect();
    await user.query('BEGIN');
    await user.query('SELECT FROM positions WHERE fix_time >= $1 AND fix_time < $2', [
      daysAgo(12.4),
      daysAgo(11.6),
    ]);
    expect(await sortOldPartitions(pool, log, NOW_MS)).toBe(0);
    await user.end();
    expect(await sortOldPartitions(pool, log, NOW_MS)).toBe(1);
  }, 60_000);
});
