import { createTestDatabase, type TestDatabase } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { asOperator, createPool, inTransaction, type Pool } from '@wayleave/runtime/postgres.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Finding } from '../rules/finding.ts';
import { findingId } from '../rules/finding-id.ts';
import { listTrips, type TripPlace, tripsOfVehicles } from './read-store.ts';
import { deleteTrips, recordTrips, standingTrips, type TripDraft } from './write-store.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 10, 20);
const DEVICE = 7;
const log = createLog('test', 'fatal');

let database: TestDatabase;
let jobs: Pool;
let app: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  jobs = createPool({ url: database.url, role: 'wayleave_jobs', log, maxConnections: 3 });
  app = createPool({ url: database.url, role: 'wayleave_app', log, maxConnections: 2 });
});
afterAll(async () => {
  await Promise.all([jobs.end(), app.end()]);
  await database.drop();
});
beforeEach(async () => {
  await jobs.query('DELETE FROM trips');
});

const atHour = (hour: number): number => START_MS + hour * HOUR_MS;

function draft(
  kind: 'trip' | 'stop',
  fromH: number,
  toH: number | null,
  rest: { vehicleId?: string; deviceId?: number; details?: Finding['details'] } = {},
): TripDraft {
  const { vehicleId = '3', deviceId = DEVICE, details = {} } = rest;
  const finding: Finding = {
    rule: 'trips',
    kind,
    subject: '',
    startMs: atHour(fromH),
    confirmedMs: atHour(fromH) + 60_000,
    endMs: toH === null ? null : atHour(toH),
    lat: 0.35,
    lon: 32.58,
    details,
  };
  const settledMs = toH === null ? finding.confirmedMs : atHour(toH);
  return { finding, settledMs, operatorId: 1, deviceId, vehicleId };
}
const record = async (...drafts: TripDraft[]) =>
  await inTransaction(jobs, (connection) => recordTrips(connection, drafts));
const standing = async (afterH: number, untilH: number) =>
  await inTransaction(jobs, (connection) =>
    standingTrips(connection, DEVICE, atHour(afterH), atHour(untilH)),
  );

test('a trip is stored once, with what was told of it last, and comes back as it was found', async () => {
  const begun = draft('trip', 1, null, { details: { distanceM: 300 } });
  const ended = draft('trip', 1, 2, { details: { distanceM: 9_000, gap: null } });
  await record(begun, ended);
  await record(ended);
  const { finding, settledMs, vehicleId } = ended;
  const id = findingId(DEVICE, finding);
  expect(await standing(0, 3)).toEqual([{ id, finding, settledMs, vehicleId }]);
});

test('recording what is stored already writes nothing', async () => {
  const one = draft('stop', 1, 2);
  await record(one);
  const versions = async () => (await jobs.query('SELECT xmin, ctid FROM trips')).rows;
  const before = await versions();
  await record(one);
  expect(await versions()).toEqual(before);
});

test('two transactions that record the same trips at once both succeed', async () => {
  const drafts = Array.from({ length: 40 }, (_, at) => draft('trip', at, at + 1));
  await Promise.all([record(...drafts), record(...drafts.toReversed()), record(...drafts)]);
  expect((await jobs.query('SELECT FROM trips')).rowCount).toBe(40);
});

test('what stands in a window is what became certain in it, and what lasted into it or was settled in it', async () => {
  await record(
    draft('trip', 0, 1),
    draft('stop', 1, 4),
    draft('trip', 4, 5),
    draft('stop', 5, null),
    draft('trip', 3, 6, { deviceId: 8 }),
  );
  const startsH = async (afterH: number, untilH: number) =>
    (await standing(afterH, untilH)).map(({ finding }) => (finding.startMs - START_MS) / HOUR_MS);
  expect(await startsH(2, 3)).toEqual([1]);
  expect(await startsH(0.5, 4.5)).toEqual([0, 1, 4]);
  expect(await startsH(4.5, 4.6)).toEqual([4]);
  expect(await startsH(20, 30)).toEqual([5]);
  expect(await startsH(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toEqual([0, 1, 4, 5]);
});

test('trips that were none are deleted, others stay', async () => {
  const [one, other] = [draft('trip', 0, 1), draft('stop', 1, 2)];
  await record(one, other);
  await inTransaction(jobs, (connection) => deleteTrips(connection, [findingId(DEVICE, one.finding)]));
  expect((await standing(-1, 9)).map(({ finding }) => finding.kind)).toEqual(['stop']);
});

test('a page has what shares an instant with the range, in order, and goes on where it ended', async () => {
  const all = [
    draft('stop', -50, 1),
    draft('trip', 1, 2),
    draft('stop', 2, 5),
    draft('trip', 5, 8),
    draft('stop', 8, null),
  ];
  await record(...all, draft('trip', 3, 4, { vehicleId: '4', deviceId: 8 }));
  const page = async (
    fromH: number,
    toH: number,
    kind: 'trip' | 'stop' | null = null,
    limit = 10,
    after: TripPlace | null = null,
  ) =>
    await asOperator(app, '1', async (connection) =>
      listTrips(
        connection,
        { vehicleId: '3', from: new Date(atHour(fromH)), to: new Date(atHour(toH)), kind, limit },
        after,
      ),
    );
  const hours = (rows: { started_at: Date }[]) =>
    rows.map(({ started_at }) => (started_at.getTime() - START_MS) / HOUR_MS);
  expect(hours(await page(0, 1))).toEqual([-50]);
  expect(hours(await page(2, 6))).toEqual([2, 5]);
  expect(hours(await page(0, 24))).toEqual([-50, 1, 2, 5, 8]);
  expect(hours(await page(0, 24, 'stop'))).toEqual([-50, 2, 8]);
  expect(hours(await page(100, 124))).toEqual([8]);
  const [first, second] = await page(0, 24, null, 2);
  expect(hours([first!, second!])).toEqual([-50, 1]);
  const after = { atMs: second!.started_at.getTime(), id: second!.id };
  expect(hours(await page(0, 24, null, 10, after))).toEqual([2, 5, 8]);
});

test('another operator sees none of them', async () => {
  await record(draft('trip', 0, 1));
  const [from, to] = [new Date(atHour(0)), new Date(atHour(1))];
  const query = { vehicleId: '3', from, to, kind: null, limit: 10 };
  const seen = async (operatorId: string) =>
    await asOperator(app, operatorId, async (connection) => [
      (await listTrips(connection, query, null)).length,
      (await tripsOfVehicles(connection, ['3'], from, to)).length,
    ]);
  expect(await seen('1')).toEqual([1, 1]);
  expect(await seen('2')).toEqual([0, 0]);
});
