import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Position } from '../position.ts';
import { type StoredPosition, toStored } from '../stored-position.ts';
import { journey } from '../testing/arbitrary-journey.ts';
import { Doubt, doubtsOf } from './doubts.ts';
import { emptyTrack, judge } from './judge.ts';
import { ownDoubts } from './plausibility.ts';
import { type DeviceTrack, type Repair, TrackRepair } from './repair.ts';
import { defaultThresholds } from './thresholds.ts';
import type { Verdict } from './verdict.ts';

const CAR = defaultThresholds.car;

/** Rows as they are stored once all of these, and no others, have come. */
function storedOf(positions: readonly Position[]): { rows: StoredPosition[]; track: DeviceTrack } {
  let track: DeviceTrack = emptyTrack;
  const rows = positions.map((position) => toStored(1, 7, position));
  for (const row of rows) {
    const judged = judge(track, row, ownDoubts(row.position, CAR), CAR);
    row.verdict = judged.verdict;
    for (const { fix, verdict } of judged.revisions) fix.verdict = verdict;
    track = judged.track;
  }
  return { rows, track };
}

/** Feeds stored rows a few at a time until no more are needed, and says how many that were. */
function repaired(
  stored: readonly StoredPosition[],
  known: DeviceTrack,
  late: readonly Position[],
  chunk: number,
  start: DeviceTrack = emptyTrack,
): Repair & { readRows: number } {
  const repair = new TrackRepair(
    start,
    late.map((position) => toStored(1, 7, position)),
    CAR,
  );
  let readRows = 0;
  while (!repair.isDone && readRows < stored.length) {
    const next = stored.slice(readRows, readRows + chunk);
    repair.feed(next);
    readRows += next.length;
  }
  return { ...repair.finish(known), readRows };
}

/** The verdict of each instant after a repair was written. */
function verdictsAfter(stored: readonly StoredPosition[], { written, revised }: Repair): [number, Verdict][] {
  const verdicts = new Map(stored.map(({ position, verdict }) => [position.fixTimeMs, verdict]));
  for (const { position, verdict } of written) verdicts.set(position.fixTimeMs, verdict);
  for (const { fixTimeMs, verdict } of revised) verdicts.set(fixTimeMs, verdict);
  return [...verdicts].sort(([a], [b]) => a - b);
}

const split = fc
  .tuple(journey, fc.array(fc.nat(3), { minLength: 40, maxLength: 40 }), fc.integer({ min: 1, max: 9 }))
  .map(([positions, draws, chunk]) => ({
    positions,
    chunk,
    early: positions.filter((_, at) => draws[at] !== 0),
    late: positions.filter((_, at) => draws[at] === 0 || draws[at] === 1),
  }))
  .filter(({ late }) => late.length > 0);

/** A track without since when the vehicle stands, if that was so long ago that nothing follows from it. */
function whatMatters(track: DeviceTrack): DeviceTrack {
  const { good, stillSince } = track;
  const isLongAgo = good && stillSince && good.position.fixTimeMs - stillSince.fixTimeMs >= 3_600_000;
  return isLongAgo ? { ...track, stillSince: { fixTimeMs: 0, odometerM: stillSince.odometerM } } : track;
}

describe('late positions', () => {
  it('leave verdicts and track as if all had come in order, some of them being there already', () => {
    fc.assert(
      fc.property(split, ({ positions, chunk, early, late }) => {
        const before = storedOf(early);
        const inOrder = storedOf(positions);
        const repair = repaired(before.rows, before.track, late, chunk);
        expect(verdictsAfter(before.rows, repair)).toEqual(
          inOrder.rows.map(({ position, verdict }) => [position.fixTimeMs, verdict]),
        );
        expect(whatMatters(repair.track)).toEqual(whatMatters(inOrder.track));
      }),
      { numRuns: 1_000 },
    );
  });

  it('revise only what has another verdict now, and write a stored one only if they add to it', () => {
    fc.assert(
      fc.property(split, ({ chunk, early, late }) => {
        const { rows, track } = storedOf(early);
        const has = new Map(rows.map(({ position, verdict }) => [position.fixTimeMs, verdict]));
        const { written, revised } = repaired(rows, track, late, chunk);
        for (const { fixTimeMs, verdict } of revised) expect(verdict).not.toEqual(has.get(fixTimeMs));
        // Those of `late` that are there are the very same.
        for (const { position } of written) expect(has.has(position.fixTimeMs)).toBe(false);
      }),
    );
  });

  const START_MS = Date.UTC(2026, 10, 20, 10);
  const driven = (minute: number, km: number): Position => ({
    fixTimeMs: START_MS + minute * 60_000,
    receivedAtMs: START_MS + 86_400_000,
    lat: 0.25 + km / 111.195,
    lon: 32.5,
    speedKmh: 60,
    headingDeg: 0,
    altitudeM: null,
    accuracyM: null,
    satellites: null,
    ignition: true,
    odometerM: 1_000 + km * 1_000,
    batteryV: null,
    alarm: null,
    attributes: null,
    doubts: 0,
    remarks: 0,
  });

  it('need no more of what follows than the two tracks take to meet', () => {
    const day = Array.from({ length: 1_000 }, (_, minute) => driven(minute, minute));
    const { rows, track: known } = storedOf(day.filter((_, minute) => minute !== 500));
    const start = storedOf(day.slice(0, 500)).track;
    const { readRows, revised, written, track } = repaired(rows.slice(500), known, [day[500]!], 1, start);
    expect(readRows).toBeLessThanOrEqual(2);
    expect(written).toHaveLength(1);
    expect(revised.map(({ fixTimeMs }) => fixTimeMs)).toEqual([day[501]!.fixTimeMs]);
    expect(Math.round(revised[0]!.verdict.distanceM! / 10)).toBe(100);
    expect(track).toBe(known);
  });

  it('show that what was thought a jump was driven, or that what was thought good was not', () => {
    const slow = { ...driven(0, 0), speedKmh: 0 };
    const far = driven(1, 3.9);
    const between = driven(0.5, 1.9);
    // From rest 4.2 km/min is within the top speed, so the acceleration is not what tells.
    expect(storedOf([slow, far]).rows.map(({ verdict }) => doubtsOf(verdict.doubts))).toEqual([[], []]);
    const wrong = { ...driven(0.9, 30), odometerM: null };
    const { rows, track } = storedOf([wrong, far]);
    expect(doubtsOf(rows[1]!.verdict.doubts)).toEqual(['impossible_jump']);
    const { written, revised } = repaired(rows, track, [slow, between], 2);
    expect(written.map(({ verdict }) => verdict.doubts)).toEqual([0, 0]);
    expect(revised.map(({ verdict }) => verdict.doubts)).toEqual([Doubt.impossibleJump, 0]);
  });
});
