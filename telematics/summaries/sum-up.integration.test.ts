import { createTestDatabase, type TestDatabase } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createPool, inTransaction, type Pool } from '@wayleave/runtime/postgres.ts';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { requestSummaries } from './request-store.ts';
import { sumUpDays } from './sum-up.ts';
import { openSummaryBench, type SummaryBench } from './testing/summary-bench.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A local midnight in Kampala, three hours ahead of UTC. */
const MIDNIGHT_MS = Date.parse('2026-11-19T21:00:00Z');
const DAY = '2026-11-20';
const log = createLog('test', 'fatal');

let database: TestDatabase;
let owner: pg.Client;
let jobs: Pool;
let bench: SummaryBench;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  jobs = createPool({ url: database.url, role: 'wayleave_jobs', log, maxConnections: 4 });
});
afterAll(async () => {
  await jobs.end();
  await owner.end();
  await database.drop();
});
beforeEach(async () => {
  await owner.query('DELETE FROM positions; DELETE FROM latest_positions');
  await owner.query('TRUNCATE operators CASCADE');
  await owner.query('TRUNCATE trips, events, summary_requests, daily_summaries');
  bench = await openSummaryBench(owner, 'Africa/Kampala');
});

const atHour = (hour: number): number => MIDNIGHT_MS + hour * HOUR_MS;
const sumUp = async (nowMs: number, maxVehiclesPerBatch = 500) =>
  await sumUpDays({ pool: jobs, nowMs, signal: new AbortController().signal, maxVehiclesPerBatch });
/** Long enough after the day that it is closed. */
const NEXT_MORNING_MS = MIDNIGHT_MS + DAY_MS + 8 * HOUR_MS;

test('a day is summed up once it has been over for an hour, and not again', async () => {
  const vehicle = await bench.makeVehicle();
  await bench.drive(vehicle, { fromMs: atHour(8), minutes: 60, metresPerMinute: 500 });
  await bench.heard(vehicle, MIDNIGHT_MS + DAY_MS + 10 * 60_000);
  expect(await sumUp(MIDNIGHT_MS + DAY_MS + 59 * 60_000)).toBe(0);
  expect(await sumUp(MIDNIGHT_MS + DAY_MS + HOUR_MS)).toBe(1);
  expect(await sumUp(MIDNIGHT_MS + DAY_MS + 2 * HOUR_MS)).toBe(0);
  expect(await bench.summaries(vehicle)).toMatchObject([
    {
      day: DAY,
      version: 1,
      time_zone: 'Africa/Kampala',
      figures: {
        positions: 60,
        firstFixAt: new Date(atHour(8)).toISOString(),
        lastFixAt: new Date(atHour(8) + 59 * 60_000).toISOString(),
        // The first leg leads from wherever the device was before it was heard of.
        distanceM: 59 * 500,
        odometerM: 59 * 500,
        bestM: 59 * 500,
        bestSource: 'odometer',
        maxSpeedKmh: 30,
        isComplete: true,
      },
    },
  ]);
});

test('a leg and a step of the odometer over midnight count on the day on which they end', async () => {
  const vehicle = await bench.makeVehicle();
  await bench.drive(vehicle, { fromMs: atHour(24) - 30 * 60_000, minutes: 60, metresPerMinute: 500 });
  await bench.heard(vehicle, atHour(48) + 1);
  await sumUp(atHour(50));
  const figures = (await bench.summaries(vehicle)).map(({ day, figures: of }) => [
    day,
    of.distanceM,
    of.odometerM,
  ]);
  expect(figures).toEqual([
    [DAY, 29 * 500, 29 * 500],
    ['2026-11-21', 30 * 500, 30 * 500],
  ]);
});

test('trips and events of the day are counted, and standing with the ignition on', async () => {
  const vehicle = await bench.makeVehicle();
  await bench.drive(vehicle, { fromMs: atHour(8), minutes: 30, metresPerMinute: 500 });
  await bench.idle(vehicle, { fromMs: atHour(8) + 30 * 60_000, minutes: 10 });
  await bench.trip(vehicle, 'trip', atHour(8), atHour(8.5), { drivingS: 1_740, towed: false });
  await bench.trip(vehicle, 'stop', atHour(8.5), null, {});
  await bench.event(vehicle, 'harshBraking', atHour(8.1), atHour(8.1));
  await bench.event(vehicle, 'overspeed', atHour(8.2), atHour(8.3));
  await bench.event(vehicle, 'tow', atHour(20), atHour(21), { isRetracted: true });
  await bench.event(vehicle, 'silence', atHour(23), null);
  await bench.heard(vehicle, atHour(25));
  await sumUp(NEXT_MORNING_MS);
  const [summary] = await bench.summaries(vehicle);
  expect(summary!.figures).toMatchObject({
    trips: 1,
    stops: 1,
    drivingS: 1_740,
    idleS: 600,
    harsh: { braking: 1 },
    overspeeds: 1,
    overspeedS: 360,
    tows: 0,
    silenceS: 3_600,
    isComplete: true,
  });
});

test('late fixes make a further version, and the one before stays as it was', async () => {
  const vehicle = await bench.makeVehicle();
  await bench.drive(vehicle, { fromMs: atHour(8), minutes: 60, metresPerMinute: 500 });
  await bench.heard(vehicle, atHour(25));
  await sumUp(NEXT_MORNING_MS);
  const [first] = await bench.summaries(vehicle);
  await bench.drive(vehicle, { fromMs: atHour(12), minutes: 10, metresPerMinute: 500 });
  await bench.ask(jobs, vehicle, atHour(12), atHour(12.5));
  expect(await sumUp(NEXT_MORNING_MS + HOUR_MS)).toBe(1);
  const versions = await bench.summaries(vehicle);
  expect(versions.map(({ day, version, figures }) => [day, version, figures.positions])).toEqual([
    [DAY, 1, 60],
    [DAY, 2, 70],
  ]);
  expect(versions[0]).toEqual(first);
});

test('what is asked for and has not changed makes no version, and a day without anything none at all', async () => {
  const vehicle = await bench.makeVehicle();
  await bench.drive(vehicle, { fromMs: atHour(8), minutes: 60, metresPerMinute: 500 });
  await bench.heard(vehicle, atHour(25));
  await sumUp(NEXT_MORNING_MS);
  await bench.ask(jobs, vehicle, atHour(-20 * 24), atHour(12));
  expect(await sumUp(NEXT_MORNING_MS + HOUR_MS)).toBe(0);
  expect((await bench.summaries(vehicle)).map(({ day }) => day)).toEqual([DAY]);
  const open = await owner.query('SELECT day::text FROM summary_requests');
  // Only the day that is not over yet is left.
  expect(open.rows).toEqual([{ day: '2026-11-21' }]);
});

test('a day whose buffer comes in order the next noon is summed up again when all of it is there', async () => {
  const vehicle = await bench.makeVehicle();
  await bench.drive(vehicle, { fromMs: atHour(8), minutes: 60, metresPerMinute: 500 });
  await bench.heard(vehicle, atHour(9));
  await sumUp(NEXT_MORNING_MS);
  expect((await bench.summaries(vehicle)).map(({ figures }) => figures.isComplete)).toEqual([false]);
  expect(await sumUp(NEXT_MORNING_MS + HOUR_MS)).toBe(0);

  await bench.drive(vehicle, { fromMs: atHour(9), minutes: 30, metresPerMinute: 500 });
  await bench.heard(vehicle, atHour(36));
  expect(await sumUp(atHour(37))).toBe(1);
  expect(
    (await bench.summaries(vehicle)).map(({ version, figures }) => [
      version,
      figures.positions,
      figures.isComplete,
    ]),
  ).toEqual([
    [1, 60, false],
    [2, 90, true],
  ]);
  expect(await sumUp(atHour(38))).toBe(0);
});

test('a trip that is under way at midnight is waited for', async () => {
  const vehicle = await bench.makeVehicle();
  await bench.drive(vehicle, { fromMs: atHour(22), minutes: 300, metresPerMinute: 500 });
  await bench.trip(vehicle, 'trip', atHour(22), null, { drivingS: 60, towed: false });
  await bench.heard(vehicle, atHour(27));
  await sumUp(atHour(25.5));
  await bench.trip(vehicle, 'trip', atHour(22), atHour(26), { drivingS: 4 * 3_600, towed: false });
  expect(await sumUp(atHour(28))).toBe(1);
  const versions = await bench.summaries(vehicle);
  expect(versions.map(({ figures }) => [figures.isComplete, figures.trips])).toEqual([
    [false, 1],
    [true, 1],
  ]);
  expect(versions[1]!.figures.drivingS).toBe(2 * 3_600);
});

test('a vehicle that changed its device on the day has the figures of both, without the way between', async () => {
  const vehicle = await bench.makeVehicle();
  await bench.drive(vehicle, { fromMs: atHour(8), minutes: 60, metresPerMinute: 500 });
  const other = await bench.changeDevice(vehicle, atHour(12));
  await bench.drive(other, { fromMs: atHour(13), minutes: 60, metresPerMinute: 400 });
  await bench.heard(other, atHour(25));
  await sumUp(NEXT_MORNING_MS);
  const [summary] = await bench.summaries(vehicle);
  expect(summary!.figures).toMatchObject({ positions: 120, distanceM: 59 * 500 + 59 * 400 });
});

test('a fleet is summed up batch by batch, by several processes at once, each vehicle once', async () => {
  const vehicles = [];
  for (let at = 0; at < 12; at += 1) {
    const vehicle = await bench.makeVehicle();
    await bench.drive(vehicle, { fromMs: atHour(8), minutes: at + 2, metresPerMinute: 500 });
    await bench.heard(vehicle, atHour(25));
    vehicles.push(vehicle);
  }
  await Promise.all([sumUp(NEXT_MORNING_MS, 5), sumUp(NEXT_MORNING_MS, 5), sumUp(NEXT_MORNING_MS, 3)]);
  for (const [at, vehicle] of vehicles.entries()) {
    const versions = await bench.summaries(vehicle);
    expect(versions.map(({ version, figures }) => [version, figures.positions])).toEqual([[1, at + 2]]);
  }
});

test('one that is asked to stop stops between two batches', async () => {
  await bench.makeVehicle();
  const stopped = AbortSignal.abort(new Error('stopping'));
  await expect(sumUpDays({ pool: jobs, nowMs: NEXT_MORNING_MS, signal: stopped })).rejects.toThrow(
    'stopping',
  );
});

test('a day that was asked for before it closed is summed up by one process alone', async () => {
  const vehicle = await bench.makeVehicle();
  await bench.drive(vehicle, { fromMs: atHour(8), minutes: 5, metresPerMinute: 500 });
  await bench.heard(vehicle, atHour(25));
  await inTransaction(jobs, (connection) =>
    requestSummaries(connection, Number(bench.operatorId), [vehicle.vehicleId], atHour(8), atHour(9)),
  );
  const [one, other] = await Promise.all([sumUp(NEXT_MORNING_MS), sumUp(NEXT_MORNING_MS)]);
  expect(one + other).toBe(1);
  expect((await bench.summaries(vehicle)).length).toBe(1);
});
