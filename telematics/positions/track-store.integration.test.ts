import { createTestDatabase, type TestDatabase } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { type Connection, createPool, inTransaction, type Pool } from '@wayleave/runtime/postgres.ts';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { emptyPosition } from './adapters/empty-position.ts';
import type { Position } from './position.ts';
import { Doubt } from './quality/doubts.ts';
import { emptyTrack, judge, MAX_GAP_MS } from './quality/judge.ts';
import { ownDoubts } from './quality/plausibility.ts';
import { Remark } from './quality/remarks.ts';
import { defaultThresholds } from './quality/thresholds.ts';
import type { Verdict } from './quality/verdict.ts';
import { copyPositions, prepareConnection, putLatest } from './store.ts';
import { type StoredPosition, toStored } from './stored-position.ts';
import { journey } from './testing/arbitrary-journey.ts';
import { positionOfOneInstant } from './testing/arbitrary-position.ts';
import {
  newestInstants,
  positionsAfter,
  positionsAt,
  type TrackQuestion,
  trackStarts,
} from './track-store.ts';

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

const within = async <T>(work: (connection: Connection) => Promise<T>): Promise<T> =>
  await inTransaction(pool, async (connection) => {
    await prepareConnection(connection);
    return await work(connection);
  });
const store = async (rows: readonly StoredPosition[]): Promise<void> =>
  await within(async (connection) => await copyPositions(connection, rows));

const START_MS = Date.UTC(2026, 10, 19, 12);
const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
const GOOD: Verdict = { doubts: 0, remarks: 0, distanceM: null };
const STILL: Verdict = { ...GOOD, remarks: Remark.samePlace, distanceM: 0 };
const FROZEN: Verdict = { ...GOOD, doubts: Doubt.frozen };

/** A row of device 1, `s` seconds after the start. */
function row(s: number, verdict = GOOD, more: Partial<Position> = {}, deviceId = 1): StoredPosition {
  const fixTimeMs = START_MS + s * 1_000;
  const position = emptyPosition(fixTimeMs, { receivedAtMs: fixTimeMs + 1_000 });
  return toStored(deviceId, 7, { ...position, lat: 0.25, lon: 32.5, doubts: 0, ...more }, verdict);
}
const at = (s: number): number => START_MS + s * 1_000;
const ask = (s: number, more: Partial<TrackQuestion> = {}): TrackQuestion => ({
  deviceId: 1,
  beforeMs: at(s),
  sinceMs: at(s) - MAX_GAP_MS,
  goodMs: null,
  ...more,
});
const startOf = async (question: TrackQuestion) =>
  (await within((connection) => trackStarts(connection, [question]))).get(question.deviceId)!;

describe('stored positions', () => {
  it('come back as they were judged, their own doubts and remarks apart from what their neighbours said', async () => {
    const positions = fc.sample(positionOfOneInstant, 60);
    const rows = positions.map((position, device) => {
      const verdict = {
        doubts: ownDoubts(position, defaultThresholds.car) | (device % 2 === 0 ? Doubt.frozen : 0),
        remarks: position.remarks | (device % 3 === 0 ? Remark.samePlace : 0),
        distanceM: device % 4 === 0 ? 0.1 : null,
      };
      return toStored(device + 1, 7, position, {
        ...verdict,
        distanceM: verdict.distanceM && Math.fround(0.1),
      });
    });
    await store(rows);
    const found = await within((connection) => positionsAt(connection, rows));
    expect(found.sort((a, b) => a.deviceId - b.deviceId)).toEqual(rows);
  });

  it('are found at the instants asked for, of the device asked for', async () => {
    await store([row(0), row(10), row(10, GOOD, {}, 2), row(40 * DAY_S)]);
    const asked = [row(10), row(40 * DAY_S), row(11), row(0, GOOD, {}, 2), row(0, GOOD, {}, 3)];
    const found = await within((connection) => positionsAt(connection, asked));
    expect(found.sort((a, b) => a.position.fixTimeMs - b.position.fixTimeMs)).toEqual([
      row(10),
      row(40 * DAY_S),
    ]);
    expect(await within((connection) => positionsAt(connection, []))).toEqual([]);
  });

  it('follow an instant in the order of their fix times, each device’s own, up to a limit', async () => {
    await store([row(30), row(10), row(20), row(0), row(15, FROZEN, {}, 2), row(5, GOOD, {}, 2)]);
    const after = new Map([
      [1, at(0)],
      [2, Number.NEGATIVE_INFINITY],
      [3, at(0)],
    ]);
    const found = await within((connection) => positionsAfter(connection, after, 2));
    expect([...found].sort(([a], [b]) => a - b)).toEqual([
      [1, [row(10), row(20)]],
      [2, [row(5, GOOD, {}, 2), row(15, FROZEN, {}, 2)]],
    ]);
  });
});

describe('where a track is taken up', () => {
  it('is nowhere for a device without a good position, and what came before says nothing of what follows', async () => {
    expect(await startOf(ask(0))).toEqual({ track: emptyTrack, afterMs: at(0) - 1 });
    await store([row(-10, FROZEN), row(10)]);
    expect((await startOf(ask(0))).track).toEqual(emptyTrack);
  });

  it('is the last good position before the instant, not one at it, nor a doubtful one, nor one found good by later ones', async () => {
    const unseen = { ...GOOD, remarks: Remark.movedUnseen };
    await store([row(0), row(10), row(20, FROZEN), row(30, unseen), row(40), row(35, GOOD, {}, 2)]);
    const { track, afterMs } = await startOf(ask(40));
    expect(afterMs).toBe(at(10));
    expect(track).toEqual({
      good: row(10),
      stillSince: { fixTimeMs: at(10), odometerM: null },
      suspects: [],
      odometer: null,
    });
  });

  it('is never a position of a doubtful time', async () => {
    await store([row(0), row(10, { ...GOOD, doubts: Doubt.clockUnset })]);
    expect((await startOf(ask(20))).afterMs).toBe(at(0));
  });

  it('is no further back than asked, the first instant included', async () => {
    await store([row(0)]);
    expect((await startOf(ask(30 * DAY_S))).track.good).toEqual(row(0));
    expect((await startOf(ask(30 * DAY_S + 0.001))).track.good).toBe(null);
  });

  it('is the latest good position, however old, if that is known; what came between is not read', async () => {
    await store([row(0, GOOD, { odometerM: 7 }), row(90 * DAY_S, { ...GOOD, doubts: Doubt.noFix })]);
    const { track, afterMs } = await startOf(ask(100 * DAY_S, { goodMs: at(0) }));
    expect(track.good?.position.fixTimeMs).toBe(at(0));
    expect(track.odometer).toEqual({ fixTimeMs: at(0), odometerM: 7 });
    expect(afterMs).toBe(at(100 * DAY_S) - 1);
  });

  it('is where the vehicle has stood since the first position of the run', async () => {
    await store([
      row(0, GOOD, { lat: 0.3 }),
      row(10, GOOD, { odometerM: 5 }),
      row(20, STILL, { odometerM: 6 }),
      row(30, FROZEN, { odometerM: 999 }),
      row(40, STILL, { odometerM: 7 }),
    ]);
    const { track } = await startOf(ask(50));
    expect(track.stillSince).toEqual({ fixTimeMs: at(10), odometerM: 5 });
    expect(track.odometer).toEqual({ fixTimeMs: at(40), odometerM: 7 });
  });

  it('has the last reading of the odometer within six hours, of whatever position had a time', async () => {
    const future = { ...GOOD, doubts: Doubt.future };
    await store([
      row(0, GOOD, { odometerM: 5 }),
      row(HOUR_S, { ...GOOD, doubts: Doubt.noFix }, { odometerM: 6 }),
      row(HOUR_S + 1, future, { odometerM: 9_999 }),
      row(7 * HOUR_S, GOOD),
      row(7 * HOUR_S + 1, GOOD),
    ]);
    const reading = { fixTimeMs: at(HOUR_S), odometerM: 6 };
    expect((await startOf(ask(7 * HOUR_S + 1))).track.odometer).toEqual(reading);
    expect((await startOf(ask(7 * HOUR_S + 2))).track.odometer).toBe(null);
  });

  it('is told of many devices at once, one answer each', async () => {
    await store([row(0), row(5, GOOD, {}, 2)]);
    const questions = [1, 2, 3].map((deviceId) =>
      ask(10, { deviceId, beforeMs: Number.POSITIVE_INFINITY, sinceMs: Number.NEGATIVE_INFINITY }),
    );
    const starts = await within((connection) => trackStarts(connection, questions));
    expect(starts.size).toBe(3);
    expect([1, 2, 3].map((deviceId) => starts.get(deviceId)!.afterMs)).toEqual([
      at(0),
      at(5),
      Number.NEGATIVE_INFINITY,
    ]);
  });

  it('leads on to the same verdicts as the track that was never put down', async () => {
    const thresholds = defaultThresholds.car;
    let deviceId = 100;
    await fc.assert(
      fc.asyncProperty(journey, fc.nat(40), async (positions, cut) => {
        deviceId += 1;
        const rows = positions.map((position) => toStored(deviceId, 7, position));
        const judgeAll = (
          of: readonly StoredPosition[],
          from = emptyTrack as Awaited<ReturnType<typeof startOf>>['track'],
        ) => {
          let track = from;
          return of.map((one) => {
            const judged = judge(track, one, ownDoubts(one.position, thresholds), thresholds);
            for (const { fix, verdict } of judged.revisions) fix.verdict = verdict;
            one.verdict = judged.verdict;
            track = judged.track;
            return one;
          });
        };
        judgeAll(rows);
        await store(rows);
        const beforeMs = rows[Math.min(cut, rows.length - 1)]!.position.fixTimeMs;
        const { track, afterMs } = await startOf({
          deviceId,
          beforeMs,
          sinceMs: beforeMs - MAX_GAP_MS,
          goodMs: null,
        });
        const following = await within((connection) =>
          positionsAfter(connection, new Map([[deviceId, afterMs]]), 1_000),
        );
        const read = (following.get(deviceId) ?? []).map((one) => ({ ...one, verdict: GOOD }));
        const expected = rows.filter(({ position }) => position.fixTimeMs > afterMs);
        expect(judgeAll(read, track).map(({ verdict }) => verdict)).toEqual(
          expected.map(({ verdict }) => verdict),
        );
      }),
      { numRuns: 100 },
    );
  });
});

describe('the newest instants', () => {
  it('are those of devices that a checkpoint has covered, good or not', async () => {
    const latest = (deviceId: number, position: StoredPosition | null, newestFixTimeMs: number) => ({
      deviceId,
      operatorId: 7,
      position,
      newestFixTimeMs,
      lastReceivedAtMs: at(9),
    });
    await within((connection) =>
      putLatest(connection, [
        latest(1, row(0), at(5)),
        latest(2, null, at(6)),
        latest(3, null, Number.NEGATIVE_INFINITY),
      ]),
    );
    expect(await within((connection) => newestInstants(connection, [1, 2, 3, 4]))).toEqual(
      new Map([
        [1, { newestMs: at(5), goodMs: at(0) }],
        [2, { newestMs: at(6), goodMs: null }],
        [3, { newestMs: Number.NEGATIVE_INFINITY, goodMs: null }],
      ]),
    );
  });
});
