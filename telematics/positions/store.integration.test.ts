import { createTestDatabase, type TestDatabase } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createPool, inTransaction, type Pool, sqlState } from '@wayleave/runtime/postgres.ts';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cellHex } from './h3/cell.ts';
import { mergePositions } from './merge.ts';
import type { Position } from './position.ts';
import { advanceLatest, copyPositions, mergePositionsIn, prepareConnection } from './store.ts';
import { type StoredPosition, toStored } from './stored-position.ts';
import { INSTANT_MS, positionOfOneInstant } from './testing/arbitrary-position.ts';

const log = createLog('test', 'fatal');
let database: TestDatabase;
let pool: Pool;
let owner: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ url: database.url, role: 'wayleave_ingest', log, maxConnections: 1 });
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
});
afterAll(async () => {
  await pool.end();
  await owner.end();
  await database.drop();
});
beforeEach(async () => {
  await owner.query('DELETE FROM positions; DELETE FROM latest_positions');
});

const write = async (
  how: (connection: pg.ClientBase, rows: StoredPosition[]) => Promise<void>,
  rows: StoredPosition[],
): Promise<void> =>
  await inTransaction(pool, async (connection) => {
    await prepareConnection(connection);
    await how(connection, rows);
  });

const plain: Position = {
  fixTimeMs: INSTANT_MS,
  receivedAtMs: INSTANT_MS + 5,
  lat: 0.3476,
  lon: 32.5825,
  speedKmh: null,
  headingDeg: null,
  altitudeM: null,
  accuracyM: null,
  satellites: null,
  ignition: null,
  odometerM: null,
  batteryV: null,
  alarm: null,
  attributes: null,
};

interface Row {
  fix_time: Date;
  received_at: Date;
  h3: string;
  [column: string]: unknown;
}

/** A row with its cell as everyone writes it. */
const readable = ({ h3High, h3Low, ...row }: StoredPosition) => ({ ...row, h3: cellHex(h3High, h3Low) });

async function stored(table: string): Promise<ReturnType<typeof readable>[]> {
  const { rows } = await owner.query<Row>(`SELECT * FROM ${table} ORDER BY device_id, fix_time`);
  return rows.map((row) => ({
    deviceId: Number(row['device_id']),
    operatorId: Number(row['operator_id']),
    h3: BigInt(row.h3).toString(16),
    position: {
      fixTimeMs: row.fix_time.getTime(),
      receivedAtMs: row.received_at.getTime(),
      lat: row['lat'],
      lon: row['lon'],
      speedKmh: row['speed_kmh'],
      headingDeg: row['heading_deg'],
      altitudeM: row['altitude_m'],
      accuracyM: row['accuracy_m'],
      satellites: row['satellites'],
      ignition: row['ignition'],
      odometerM: row['odometer_m'],
      batteryV: row['battery_v'],
      alarm: row['alarm'],
      attributes: row['attributes'],
    } as Position,
  }));
}

describe('positions in the database', () => {
  it('come back as they went in, by either way', async () => {
    const positions = fc.sample(positionOfOneInstant, 40);
    const rows = positions.map((position, device) => toStored(device + 1, 7, position));
    await write(copyPositions, rows.slice(0, 20));
    await write(mergePositionsIn, rows.slice(20));
    expect(await stored('positions')).toEqual(rows.map(readable));
  });

  it('hold identities, instants and odometers beyond 32 bits, before 2000 and at the edges of the globe', async () => {
    const rows = [
      toStored(2 ** 40 + 1, 2 ** 33, { ...plain, odometerM: 9e9, lat: 90, lon: 180 }),
      toStored(2 ** 40 + 2, 2 ** 33, {
        ...plain,
        fixTimeMs: Date.UTC(1999, 0, 1, 0, 0, 0, 1),
        lat: -90,
        lon: -180,
      }),
    ];
    await write(copyPositions, rows);
    expect(await stored('positions')).toEqual(rows.map(readable));
  });

  it('are refused by the straight way when one is there already, and the transaction leaves nothing', async () => {
    const row = toStored(1, 7, plain);
    await write(copyPositions, [row]);
    const again = write(copyPositions, [toStored(2, 7, plain), row]);
    await expect(again).rejects.toSatisfy((error) => sqlState(error) === '23505');
    expect(await stored('positions')).toEqual([readable(row)]);
  });

  it('merge with the ones there exactly as they would have in memory', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(positionOfOneInstant, { minLength: 2, maxLength: 4 }), async (positions) => {
        await owner.query('DELETE FROM positions; DELETE FROM latest_positions');
        const together = toStored(1, 7, positions.reduce(mergePositions));
        for (const position of positions) {
          await write(mergePositionsIn, [toStored(1, 7, position)]);
          await write(
            (connection, rows) => advanceLatest(connection, rows, true),
            [toStored(1, 7, position)],
          );
        }
        expect(await stored('positions')).toEqual([readable(together)]);
        expect(await stored('latest_positions')).toEqual([readable(together)]);
      }),
      { numRuns: 60 },
    );
  });

  it('are not written again by a message that adds nothing', async () => {
    const row = toStored(1, 7, { ...plain, alarm: 'sos', attributes: { a: 1, b: [1, 2] } });
    await write(mergePositionsIn, [row]);
    const version = async () => (await owner.query('SELECT xmin, ctid FROM positions')).rows;
    const before = await version();
    await write(mergePositionsIn, [row, toStored(2, 7, plain)]);
    expect((await version())[0]).toEqual(before[0]);
  });
});

describe('the latest position', () => {
  const at = (minutes: number): StoredPosition =>
    toStored(1, 7, { ...plain, fixTimeMs: INSTANT_MS + minutes * 60_000, speedKmh: minutes });

  it('is the newest by fix time whatever the order of arrival', async () => {
    for (const minutes of [4, 1, 2, 3]) {
      await write((connection, rows) => advanceLatest(connection, rows, false), [at(minutes)]);
    }
    expect(await stored('latest_positions')).toEqual([readable(at(4))]);
  });

  it('never keeps an attribute of an older fix', async () => {
    const advance = (row: StoredPosition) =>
      write((connection, rows) => advanceLatest(connection, rows, false), [row]);
    await advance(toStored(1, 7, { ...plain, alarm: 'sos', attributes: { driver: 'A' } }));
    await advance(at(1));
    expect(await stored('latest_positions')).toEqual([readable(at(1))]);
  });
});

describe('the partitions of positions', () => {
  it('move rows out of the default one when their day is made late', async () => {
    const day = Date.UTC(2026, 4, 5, 12);
    await write(copyPositions, [toStored(1, 7, { ...plain, fixTimeMs: day })]);
    await owner.query("SELECT make_position_partitions('2026-05-04', '2026-05-06')");
    expect(await stored('positions')).toHaveLength(1);
    const { rows } = await owner.query(
      "SELECT count(*)::int AS left FROM pg_class WHERE relname = 'positions_default'",
    );
    if (rows[0].left === 0) return; // TimescaleDB keeps chunks of its own.
    const { rows: found } = await owner.query('SELECT tableoid::regclass::text AS partition FROM positions');
    expect(found).toEqual([{ partition: 'positions_20260505' }]);
  });
});
