import { createTestDatabase, type TestDatabase } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import {
  type Connection,
  createPool,
  inTransaction,
  type Pool,
  sqlState,
} from '@wayleave/runtime/postgres.ts';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { emptyPosition } from './adapters/empty-position.ts';
import type { LatestOfDevice } from './binary-copy.ts';
import { cellHex } from './h3/cell.ts';
import type { Position } from './position.ts';
import { Doubt } from './quality/doubts.ts';
import { Remark } from './quality/remarks.ts';
import type { Verdict } from './quality/verdict.ts';
import { copyPositions, prepareConnection, putLatest, putPositions, reviseVerdicts } from './store.ts';
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

const write = async <T>(how: (connection: Connection, rows: T) => Promise<void>, rows: T): Promise<void> =>
  await inTransaction(pool, async (connection) => {
    await prepareConnection(connection);
    await how(connection, rows);
  });

const GOOD: Verdict = { doubts: 0, remarks: 0, distanceM: null };
const plain: Position = {
  ...emptyPosition(INSTANT_MS, { receivedAtMs: INSTANT_MS + 5 }),
  lat: 0.3476,
  lon: 32.5825,
  doubts: 0,
};
const row = (deviceId: number, more: Partial<Position> = {}, verdict = GOOD): StoredPosition =>
  toStored(deviceId, 7, { ...plain, ...more }, verdict);

type Columns = Record<string, unknown>;

/** A row as its columns have it, its cell as everyone writes it. */
function readable({ deviceId, operatorId, h3High, h3Low, position, verdict }: StoredPosition): Columns {
  const { doubts: _own, remarks: _ofTime, ...columns } = position;
  return { deviceId, operatorId, h3: h3High === 0 ? null : cellHex(h3High, h3Low), ...columns, ...verdict };
}

const ms = (instant: unknown): number | null => (instant instanceof Date ? instant.getTime() : null);

function columnsOf(found: Columns): Columns {
  return {
    deviceId: Number(found['device_id']),
    operatorId: Number(found['operator_id']),
    h3: found['h3'] === null ? null : BigInt(found['h3'] as string).toString(16),
    fixTimeMs: ms(found['fix_time']),
    receivedAtMs: ms(found['received_at']),
    lat: found['lat'],
    lon: found['lon'],
    speedKmh: found['speed_kmh'],
    headingDeg: found['heading_deg'],
    altitudeM: found['altitude_m'],
    accuracyM: found['accuracy_m'],
    satellites: found['satellites'],
    ignition: found['ignition'],
    odometerM: found['odometer_m'],
    batteryV: found['battery_v'],
    alarm: found['alarm'],
    attributes: found['attributes'],
    doubts: found['doubts'],
    remarks: found['remarks'],
    distanceM: found['distance_m'],
  };
}

async function stored(): Promise<Columns[]> {
  const { rows } = await owner.query<Columns>('SELECT * FROM positions ORDER BY device_id, fix_time');
  return rows.map(columnsOf);
}

const verdict: fc.Arbitrary<Verdict> = fc.record({
  doubts: fc.nat(1_023),
  remarks: fc.nat(63),
  distanceM: fc.option(fc.nat(800_000).map((value) => value / 8)),
});

describe('positions in the database', () => {
  it('come back as they went in, by either way', async () => {
    const positions = fc.sample(positionOfOneInstant, 60);
    const verdicts = fc.sample(verdict, 60);
    const rows = positions.map((position, at) => toStored(at + 1, 7, position, verdicts[at]));
    await write(copyPositions, rows.slice(0, 30));
    await write(putPositions, rows.slice(30));
    expect(await stored()).toEqual(rows.map(readable));
  });

  it('hold identities, instants and odometers beyond 32 bits, before 2000 and at the edges of the globe', async () => {
    const rows = [
      toStored(2 ** 40 + 1, 2 ** 33, { ...plain, odometerM: 9e9, lat: 90, lon: 180 }, GOOD),
      toStored(
        2 ** 40 + 2,
        2 ** 33,
        { ...plain, fixTimeMs: Date.UTC(1999, 0, 1, 0, 0, 0, 1), lat: -90, lon: -180 },
        { doubts: 2 ** 15 - 1, remarks: 2 ** 15 - 1, distanceM: 20_015_114 },
      ),
    ];
    await write(copyPositions, rows);
    expect(await stored()).toEqual(rows.map(readable));
  });

  it('hold coordinates that are none, with no cell', async () => {
    const rows = [
      row(1, { lat: null, lon: null, alarm: 'sos' }, { ...GOOD, doubts: Doubt.noFix }),
      row(2, { lat: 91, lon: -1e300 }, { ...GOOD, doubts: Doubt.outOfRange }),
    ];
    await write(copyPositions, rows);
    const found = await stored();
    expect(found).toEqual(rows.map(readable));
    expect(found.map(({ h3 }) => h3)).toEqual([null, null]);
  });

  it('hold texts and attributes of any length and script', async () => {
    const attributes = { ключ: 'é'.repeat(3_000), '__proto__ ': { a: [null, true, 1e-7, '\u2028"\\'] } };
    const rows = [row(1, { alarm: 'сигнал,sos'.repeat(50), attributes })];
    await write(putPositions, rows);
    expect(await stored()).toEqual(rows.map(readable));
  });

  it('are refused by the straight way when one is there already, and the transaction leaves nothing', async () => {
    await write(copyPositions, [row(1)]);
    const again = write(copyPositions, [row(2), row(1)]);
    await expect(again).rejects.toSatisfy((error) => sqlState(error) === '23505');
    expect(await stored()).toEqual([readable(row(1))]);
  });

  it('take the place of the ones there, in every column, by the other way', async () => {
    const full = row(
      1,
      { speedKmh: 10, alarm: 'sos', attributes: { a: 1 }, odometerM: 5, ignition: true },
      { doubts: Doubt.frozen, remarks: Remark.samePlace, distanceM: null },
    );
    await write(copyPositions, [full, row(2)]);
    const instead = row(1, { lat: null, lon: null, batteryV: 12.5 }, { ...GOOD, doubts: Doubt.noFix });
    await write(putPositions, [row(3), instead]);
    expect(await stored()).toEqual([instead, row(2), row(3)].map(readable));
  });

  it('are not touched by an empty batch', async () => {
    await write(copyPositions, []);
    await write(putPositions, []);
    await write(reviseVerdicts, []);
    await write(putLatest, []);
    expect(await stored()).toEqual([]);
  });
});

describe('a revised verdict', () => {
  const at = (deviceId: number, days: number, given = GOOD): StoredPosition =>
    row(deviceId, { fixTimeMs: INSTANT_MS + days * 86_400_000, alarm: 'sos' }, given);

  it('replaces the verdict of that device and instant alone, over any number of days', async () => {
    await write(copyPositions, [at(1, 0), at(1, 1), at(1, 40), at(2, 0), at(2, 40)]);
    const revised: Verdict = { doubts: 0, remarks: Remark.movedUnseen, distanceM: 12.5 };
    const doubtful: Verdict = { doubts: Doubt.impossibleJump, remarks: 0, distanceM: null };
    await write(reviseVerdicts, [
      { deviceId: 1, fixTimeMs: INSTANT_MS, verdict: revised },
      { deviceId: 2, fixTimeMs: INSTANT_MS + 40 * 86_400_000, verdict: doubtful },
    ]);
    const expected = [at(1, 0, revised), at(1, 1), at(1, 40), at(2, 0), at(2, 40, doubtful)];
    expect(await stored()).toEqual(expected.map(readable));
  });

  it('of a position that is not there adds none', async () => {
    await write(copyPositions, [at(1, 0)]);
    const verdictOf = { doubts: Doubt.frozen, remarks: 0, distanceM: null };
    await write(reviseVerdicts, [
      { deviceId: 1, fixTimeMs: INSTANT_MS + 1, verdict: verdictOf },
      { deviceId: 9, fixTimeMs: INSTANT_MS, verdict: verdictOf },
    ]);
    expect(await stored()).toEqual([readable(at(1, 0))]);
  });
});

describe('the latest position', () => {
  const latest = (
    deviceId: number,
    position: StoredPosition | null,
    newestFixTimeMs: number,
  ): LatestOfDevice => ({
    deviceId,
    operatorId: 7,
    position,
    newestFixTimeMs,
    lastReceivedAtMs: INSTANT_MS + 9,
  });
  const found = async (): Promise<Columns[]> => {
    const { rows } = await owner.query<Columns>('SELECT * FROM latest_positions ORDER BY device_id');
    return rows.map((one) => ({
      ...columnsOf(one),
      newestFixTimeMs: ms(one['newest_fix_time']),
      lastReceivedAtMs: ms(one['last_received_at']),
    }));
  };

  it('comes back as it went in, with what else is known of its device', async () => {
    const positions = fc.sample(positionOfOneInstant, 20);
    const rows = positions.map((position, at) => toStored(at + 1, 7, position, fc.sample(verdict, 1)[0]));
    await write(
      putLatest,
      rows.map((one) => latest(one.deviceId, one, INSTANT_MS + 3)),
    );
    expect(await found()).toEqual(
      rows.map((one) => ({
        ...readable(one),
        newestFixTimeMs: INSTANT_MS + 3,
        lastReceivedAtMs: INSTANT_MS + 9,
      })),
    );
  });

  it('is absent for a device that never had a good one, and so is the newest instant for one without any', async () => {
    await write(putLatest, [latest(1, null, INSTANT_MS), latest(2, null, Number.NEGATIVE_INFINITY)]);
    const rows = await found();
    expect(rows).toMatchObject([
      { deviceId: 1, operatorId: 7, fixTimeMs: null, newestFixTimeMs: INSTANT_MS },
      {
        deviceId: 2,
        operatorId: 7,
        fixTimeMs: null,
        newestFixTimeMs: null,
        lastReceivedAtMs: INSTANT_MS + 9,
      },
    ]);
    for (const one of rows)
      expect([one['lat'], one['h3'], one['doubts'], one['attributes']]).toEqual([null, null, null, null]);
  });

  it('is what is put, also when that is earlier or says less than what was', async () => {
    const full = row(1, { speedKmh: 10, alarm: 'sos', attributes: { driver: 'A' } });
    const earlier = row(1, { fixTimeMs: INSTANT_MS - 1_000 });
    await write(putLatest, [latest(1, full, INSTANT_MS), latest(2, row(2), INSTANT_MS)]);
    await write(putLatest, [latest(1, earlier, INSTANT_MS)]);
    expect(await found()).toMatchObject([readable(earlier), readable(row(2))]);
  });
});

describe('the partitions of positions', () => {
  it('move rows out of the default one when their day is made late', async () => {
    const day = Date.UTC(2026, 4, 5, 12);
    await write(copyPositions, [row(1, { fixTimeMs: day })]);
    await owner.query("SELECT make_position_partitions('2026-05-04', '2026-05-06')");
    expect(await stored()).toHaveLength(1);
    const { rows } = await owner.query(
      "SELECT count(*)::int AS left FROM pg_class WHERE relname = 'positions_default'",
    );
    if (rows[0].left === 0) return; // TimescaleDB keeps chunks of its own.
    const { rows: partitions } = await owner.query(
      'SELECT tableoid::regclass::text AS partition FROM positions',
    );
    expect(partitions).toEqual([{ partition: 'positions_20260505' }]);
  });

  it('take rows without a place, also those that are made later', async () => {
    await owner.query("SELECT make_position_partitions('2026-12-24', '2026-12-24')");
    const nowhere = row(1, { fixTimeMs: Date.UTC(2026, 11, 24, 12), lat: null, lon: null });
    await write(copyPositions, [nowhere]);
    expect(await stored()).toEqual([readable(nowhere)]);
  });
});
