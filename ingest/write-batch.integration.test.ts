import { createTestDatabase, type TestDatabase } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import { emptyPosition } from '@wayleave/telematics/positions/adapters/empty-position.ts';
import type { Position } from '@wayleave/telematics/positions/position.ts';
import { doubtsOf } from '@wayleave/telematics/positions/quality/doubts.ts';
import { remarksOf } from '@wayleave/telematics/positions/quality/remarks.ts';
import { settleTime } from '@wayleave/telematics/positions/quality/settle-time.ts';
import { toStored } from '@wayleave/telematics/positions/stored-position.ts';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestWriter } from './testing/test-writer.ts';
import type { WriteBatch, WriteOutcome } from './write-batch.ts';

const OPERATOR = 7;
let database: TestDatabase;
let pool: Pool;
let owner: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  const log = createLog('test', 'fatal');
  pool = createPool({ url: database.url, role: 'wayleave_ingest', log, maxConnections: 2 });
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
});
afterAll(async () => {
  await pool.end();
  await owner.end();
  await database.drop();
});

let deviceId = 0;
let write: WriteBatch;
beforeEach(() => {
  deviceId += 1;
  restart();
});

/** As a process that starts, or another worker that takes the shard over. */
function restart(): void {
  write = createTestWriter(pool);
}

const store = async (...positions: Position[]): Promise<WriteOutcome> =>
  await write(
    {
      rows: positions.map((position) => toStored(deviceId, OPERATOR, settleTime(position))),
      refused: [],
      quarantined: [],
      answers: [],
      marks: new Map(),
      isReplay: false,
      messages: 1,
    },
    [],
    { reached: [], latest: new Map() },
  );

const START_MS = Date.UTC(2026, 9, 1, 10);
const DAY_S = 86_400;

/** A position `s` seconds after the start, received a second later unless `more` says when. */
function at(s: number, more: Partial<Position> = {}): Position {
  const fixTimeMs = START_MS + s * 1_000;
  return { ...emptyPosition(fixTimeMs, { receivedAtMs: fixTimeMs + 1_000 }), ...more };
}
const fix = (s: number, more: Partial<Position> = {}): Position =>
  at(s, { lat: 0.25, lon: 32.5, doubts: 0, ...more });

/** What is stored of the device, in order; seconds after the start, and what is asked for. */
async function history(...columns: string[]): Promise<unknown[][]> {
  const { rows } = await owner.query(
    `SELECT fix_time, doubts, remarks, ${['lat', ...columns].join(', ')} FROM positions WHERE device_id = $1 ORDER BY fix_time`,
    [deviceId],
  );
  return rows.map((row) => [
    (row.fix_time.getTime() - START_MS) / 1_000,
    [...doubtsOf(row.doubts), ...remarksOf(row.remarks)].join(),
    ...columns.map((column) => row[column]),
  ]);
}

async function latest(): Promise<{ second: number | null; lat: number | null; doubts: number | null }> {
  const { rows } = await owner.query(
    'SELECT fix_time, lat, doubts FROM latest_positions WHERE device_id = $1',
    [deviceId],
  );
  const { fix_time: fixTime, lat, doubts } = rows[0];
  return { second: fixTime === null ? null : (fixTime.getTime() - START_MS) / 1_000, lat, doubts };
}

describe('a position of a doubtful time', () => {
  it('stays doubtful when a second message adds to it', async () => {
    const receivedAtMs = START_MS;
    await store(fix(600, { receivedAtMs, speedKmh: 10 }));
    await store(fix(600, { receivedAtMs, batteryV: 12.5 }));
    expect(await history('speed_kmh', 'battery_v')).toEqual([[600, 'future', 10, 12.5]]);
    expect(await latest()).toEqual({ second: null, lat: null, doubts: null });
  });

  it('stays doubtful when it comes again, exactly or with less', async () => {
    const receivedAtMs = START_MS;
    for (const batteryV of [12.5, 12.5, null]) await store(fix(600, { receivedAtMs, batteryV }));
    restart();
    await store(fix(600, { receivedAtMs }));
    expect(await history('battery_v')).toEqual([[600, 'future', 12.5]]);
  });

  it('neither moves nor clears the good position under whose instant it happens to be placed', async () => {
    await store(fix(0), fix(10, { lat: 0.251 }));
    // The epoch itself is placed at the very second of its receipt.
    const unset = { ...fix(0, { lat: 60, alarm: 'sos' }), fixTimeMs: 0, receivedAtMs: START_MS + 10_400 };
    await store(unset);
    const merged = [10, 'placed_at_receipt', 0.251, 'sos'];
    expect(await history('lat', 'alarm')).toEqual([[0, '', 0.25, null], merged]);
    expect(await latest()).toEqual({ second: 10, lat: 0.251, doubts: 0 });
    restart();
    await store(fix(20, { lat: 0.252 }), unset);
    expect(await history('lat', 'alarm')).toEqual([[0, '', 0.25, null], merged, [20, '', 0.252, null]]);
    const { rows } = await owner.query(
      'SELECT distance_m > 100 AS has_distance FROM positions WHERE device_id = $1 ORDER BY fix_time',
      [deviceId],
    );
    expect(rows.map((row) => row['has_distance'])).toEqual([null, true, true]);
  });

  it('makes way for the good fix of that instant which comes after it', async () => {
    const unset = { ...fix(0, { lat: 60 }), fixTimeMs: 0, receivedAtMs: START_MS + 10_400 };
    await store(unset);
    expect(await history('lat')).toEqual([[10, 'clock_unset,placed_at_receipt', 60]]);
    await store(fix(0), fix(10, { lat: 0.251 }));
    expect(await history('lat')).toEqual([
      [0, '', 0.25],
      [10, 'placed_at_receipt', 0.251],
    ]);
    expect(await latest()).toMatchObject({ second: 10, lat: 0.251 });
  });
});

describe('the latest position of a device that has had no fix for more than thirty days', () => {
  it('is kept by a worker that starts', async () => {
    await store(fix(0));
    await store(at(31 * DAY_S));
    restart();
    await store(at(31 * DAY_S + 60));
    expect(await latest()).toEqual({ second: 0, lat: 0.25, doubts: 0 });
    restart();
    await store(at(31 * DAY_S + 120));
    expect(await latest()).toEqual({ second: 0, lat: 0.25, doubts: 0 });
  });

  it('is kept when a late message adds an odometer to the newest instant', async () => {
    await store(fix(0));
    await store(at(31 * DAY_S));
    await store(at(31 * DAY_S, { odometerM: 5_000 }));
    expect(await latest()).toEqual({ second: 0, lat: 0.25, doubts: 0 });
    expect((await history('odometer_m')).at(-1)).toEqual([31 * DAY_S, 'no_fix', 5_000]);
  });

  it('is not one of the frozen ones that came meanwhile, which stay frozen', async () => {
    const hung = (day: number): Position => fix(day * DAY_S, { odometerM: 1_000 + day * 50_000 });
    for (const day of [0, 2, 10, 20, 29]) await store(hung(day));
    await store(at(31 * DAY_S));
    const expected = ['', 'frozen', 'frozen', 'frozen', 'frozen', 'no_fix'];
    expect((await history()).map(([, verdict]) => verdict)).toEqual(expected);
    restart();
    await store(at(31 * DAY_S + 60));
    expect(await latest()).toEqual({ second: 0, lat: 0.25, doubts: 0 });
    await store(at(30.5 * DAY_S));
    expect((await history()).map(([, verdict]) => verdict)).toEqual([...expected, 'no_fix', 'no_fix']);
    expect(await latest()).toEqual({ second: 0, lat: 0.25, doubts: 0 });
  });
});

describe('a vehicle that stands for months', () => {
  it('is judged the same by a worker that was there all the time and by one that starts', async () => {
    const days = Array.from({ length: 14 }, (_, each) =>
      fix(each * 5 * DAY_S, { odometerM: 1_000 + each * 30, speedKmh: 0 }),
    );
    for (const position of days) await store(position);
    const inOne = await history();
    deviceId += 1;
    for (const position of days) {
      restart();
      await store(position);
    }
    expect(await history()).toEqual(inOne);
    expect(inOne.filter(([, verdict]) => verdict === 'frozen')).toEqual([]);
  });

  it('has its odometer set without being thought frozen, whoever is there', async () => {
    const readings = [1_000, 1_000, 250_000, 250_010, 250_010].map((odometerM, each) =>
      fix(each * 60, { odometerM, speedKmh: 0 }),
    );
    const expected = ['', 'same_place', 'odometer_replaced', 'same_place', 'same_place'];
    for (const restarts of [false, true]) {
      deviceId += 1;
      for (const position of readings) {
        if (restarts) restart();
        await store(position);
      }
      expect((await history()).map(([, verdict]) => verdict)).toEqual(expected);
    }
  });
});

describe('late fixes of one batch with newer ones', () => {
  it('that make a stored fix a jump, and then prove it right, leave the last word standing', async () => {
    const there = { lat: 0.25 };
    await store(fix(20, there), at(30), fix(40, there));
    await store(fix(10, { lat: 5.25 }), fix(50, there));
    expect(await history('distance_m')).toEqual([
      [10, '', null],
      [20, 'moved_unseen', null],
      [30, 'no_fix', null],
      [40, 'moved_unseen', 0],
      [50, '', 0],
    ]);
  });

  it('that come after a month of doubt leave what was before them as it was', async () => {
    const frozen = (day: number) => fix(day * DAY_S, { odometerM: 1_000 + day * 1_000 });
    await store(fix(0, { odometerM: 1_000 }), frozen(2), frozen(10), frozen(20), frozen(29));
    await store(fix(60 * DAY_S, { lat: 0.5 }));
    const before = await history();
    await store(at(31 * DAY_S));
    const after = (await history()) as [number, string][];
    expect(after.filter(([second]) => second !== 31 * DAY_S)).toEqual(before);
    expect(before[1]).toEqual([2 * DAY_S, 'frozen']);
  });

  it('do not take back when the device was last heard of', async () => {
    await store(fix(100));
    restart();
    await store(fix(200, { receivedAtMs: START_MS - 1_000_000 }));
    const { rows } = await owner.query('SELECT last_received_at FROM latest_positions WHERE device_id = $1', [
      deviceId,
    ]);
    expect(rows[0].last_received_at.getTime()).toBe(START_MS + 101_000);
  });
});

describe('an alarm', () => {
  it('is told also when its position is not taken, and each one of an instant that has many', async () => {
    await owner.query(
      'DELETE FROM outbox; ALTER TABLE positions ADD CONSTRAINT no_thirteen CHECK (satellites <> 13) NOT VALID',
    );
    try {
      const position = fix(0, { satellites: 13, alarm: 'powerCut' });
      const row = toStored(deviceId, OPERATOR, position);
      await write(
        {
          rows: [row],
          refused: [],
          quarantined: [],
          answers: [],
          marks: new Map(),
          isReplay: false,
          messages: 1,
        },
        [],
        { reached: [], latest: new Map() },
      );
      const { rows } = await owner.query("SELECT payload->>'kind' AS kind FROM outbox");
      expect(rows).toEqual([{ kind: 'powerCut' }]);
    } finally {
      await owner.query('ALTER TABLE positions DROP CONSTRAINT no_thirteen');
    }
  });
});
