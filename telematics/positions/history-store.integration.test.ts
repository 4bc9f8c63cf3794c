import { createTestDatabase, type TestDatabase } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { asOperator, createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { positionsOfDevice } from './history-store.ts';
import { type PositionRow, positionColumns } from './position-row.ts';

const START = new Date('2026-11-02T00:00:00Z');
const END = new Date('2026-11-03T00:00:00Z');

let database: TestDatabase;
let owner: pg.Client;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  await owner.query("INSERT INTO operators (id, name) OVERRIDING SYSTEM VALUE VALUES (41, 'x')");
  pool = createPool({
    url: database.url,
    role: 'wayleave_app',
    log: createLog('test', 'fatal'),
    maxConnections: 1,
  });
});
afterAll(async () => {
  await pool.end();
  await owner.end();
  await database.drop();
});

/** Of two numbers that are equally near to a four-byte one, and as short, either may be shown. */
const asStored = (row: PositionRow): PositionRow => {
  const columns = [
    'speed_kmh',
    'heading_deg',
    'altitude_m',
    'accuracy_m',
    'battery_v',
    'distance_m',
  ] as const;
  const stored = columns.map((name) => [name, row[name] === null ? null : Math.fround(row[name])]);
  return { ...row, ...Object.fromEntries(stored) };
};

test('positions are the same as the text protocol gives them', async () => {
  await owner.query(
    `INSERT INTO positions
     SELECT (jsonb_populate_record(null::positions, jsonb_build_object(
       'device_id', 7, 'operator_id', 41, 'received_at', now(),
       'fix_time', $1::timestamptz + n * interval '1001 milliseconds',
       'lat', CASE WHEN n % 7 > 0 THEN random() * 180 - 90 END, 'lon', CASE WHEN n % 7 > 0 THEN random() * 360 - 180 END,
       'odometer_m', random() * 1e9, 'h3', CASE WHEN n % 3 > 0 THEN (random() * 9e18)::bigint ELSE n - 500 END,
       'speed_kmh', round((random() * 200)::numeric, n % 4), 'heading_deg', random() * 360,
       'altitude_m', random() * 10 ^ (n % 30), 'accuracy_m', n::real / 3, 'battery_v', CASE WHEN n % 5 > 0 THEN 12.6 END,
       'distance_m', (random() / 10 ^ (n % 40))::real, 'satellites', n % 40, 'ignition', n % 2 = 0,
       'alarm', CASE WHEN n % 11 = 0 THEN 'sos,größte €' END, 'doubts', n % 4, 'remarks', n % 64,
       'attributes', CASE WHEN n % 2 = 0 THEN jsonb_build_object('name', 'Kücük 🛵', 'n', n, 'list', '[1, null]'::jsonb) END
     ))).* FROM generate_series(1, 1000) n`,
    [START],
  );
  const { rows: expected } = await owner.query<PositionRow>(
    `SELECT ${positionColumns('p')} FROM positions p ORDER BY p.fix_time`,
  );
  expect(expected).toHaveLength(1_000);
  const range = { deviceId: '7', from: START, to: END, limit: 5_000 };
  const read = async (verdict: 'good' | 'all') =>
    await asOperator(
      pool,
      '41',
      async (connection) => await positionsOfDevice(connection, { ...range, verdict }),
    );
  expect((await read('all')).map(asStored)).toEqual(expected.map(asStored));
  expect((await read('good')).map(asStored)).toEqual(
    expected.filter(({ doubts }) => doubts === 0).map(asStored),
  );
});

test('a statement that fails rejects, and its connection serves on', async () => {
  const range = { deviceId: '7', from: START, to: END, limit: 5, verdict: 'good' } as const;
  await owner.query('REVOKE SELECT ON operator_positions FROM wayleave_app');
  const read = async () =>
    await asOperator(pool, '41', async (connection) => await positionsOfDevice(connection, range));
  await expect(read()).rejects.toThrow('permission denied');
  await owner.query('GRANT SELECT ON operator_positions TO wayleave_app');
  expect(await read()).toHaveLength(5);
});
