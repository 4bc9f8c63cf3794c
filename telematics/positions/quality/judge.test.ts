import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type VehicleKind, vehicleKind } from '../../vehicles/vehicle.ts';
import { nativeJson } from '../adapters/native-json/native-json.ts';
import { distanceM } from '../distance.ts';
import type { Position } from '../position.ts';
import { journey } from '../testing/arbitrary-journey.ts';
import { Doubt, doubtsOf } from './doubts.ts';
import { emptyTrack, type Fix, judge, type Track } from './judge.ts';
import { ownDoubts } from './plausibility.ts';
import { Remark, remarksOf } from './remarks.ts';
import { settleTime } from './settle-time.ts';
import { defaultThresholds, type Thresholds } from './thresholds.ts';
import type { Verdict } from './verdict.ts';

/** Verdicts of a device's positions, which are in the order of their fix times, once all are known. */
function verdictsOf(positions: readonly Position[], thresholds: Thresholds): Verdict[] {
  const verdicts = new Map<Fix, Verdict>();
  let track: Track = emptyTrack;
  for (const position of positions) {
    const fix = { position };
    const judged = judge(deepFrozen(track), fix, ownDoubts(position, thresholds), thresholds);
    verdicts.set(fix, judged.verdict);
    for (const revision of judged.revisions) verdicts.set(revision.fix, revision.verdict);
    track = judged.track;
  }
  return [...verdicts.values()];
}

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFrozen(inner);
    Object.freeze(value);
  }
  return value;
}

/*
 * testcases/<case>/positions.jsonl: one position of the native format a line, in any order, with
 * `receivedAt` unless it came a second after its fix. verdicts.json: by kind of vehicle, the verdict
 * of each line, distances to a decimetre.
 */
const CASES = new URL('testcases/', import.meta.url);

interface ExpectedVerdict {
  doubts: string[];
  remarks: string[];
  distanceM: number | null;
}

function positionsOf(name: string): Position[] {
  const lines = readFileSync(new URL(`${name}/positions.jsonl`, CASES), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => {
    const { receivedAt, time } = JSON.parse(line) as { receivedAt?: string; time: string };
    const receivedAtMs = receivedAt ? Date.parse(receivedAt) : Date.parse(time) + 1_000;
    const { positions } = nativeJson.decode(Buffer.from(line), { topic: '', receivedAtMs });
    return settleTime(positions[0]!);
  });
}

function readable({ doubts, remarks, distanceM: distance }: Verdict): ExpectedVerdict {
  return {
    doubts: doubtsOf(doubts),
    remarks: remarksOf(remarks),
    distanceM: distance === null ? null : Math.round(distance * 10) / 10,
  };
}

describe.each(readdirSync(CASES))('%s', (name) => {
  const expected = JSON.parse(readFileSync(new URL(`${name}/verdicts.json`, CASES), 'utf8')) as Partial<
    Record<VehicleKind, ExpectedVerdict[]>
  >;
  const positions = positionsOf(name);
  const inOrder = positions.toSorted((a, b) => a.fixTimeMs - b.fixTimeMs);

  it.each(Object.keys(expected).map((kind) => vehicleKind.parse(kind)))('is judged for a %s', (kind) => {
    const verdicts = verdictsOf(inOrder, defaultThresholds[kind]);
    const judged = positions.map((position) => readable(verdicts[inOrder.indexOf(position)]!));
    expect(judged).toEqual(expected[kind]);
  });
});

const CAR = defaultThresholds.car;
const lenient: Thresholds = { ...CAR, maxAccuracyM: 1_000, minSatellites: 0 };

describe('verdicts', () => {
  it('give each good fix the way from the good fix before it, as a 32-bit float', () => {
    fc.assert(
      fc.property(journey, (positions) => {
        const verdicts = verdictsOf(positions, lenient);
        const good = positions
          .map((position, at) => ({ position, verdict: verdicts[at]! }))
          .filter(({ verdict }) => verdict.doubts === 0);
        for (const [at, { position, verdict }] of good.entries()) {
          const before = good[at - 1];
          if (verdict.distanceM === null || !before) continue;
          const { lat, lon } = before.position;
          expect(verdict.distanceM).toBe(Math.fround(distanceM(lat!, lon!, position.lat!, position.lon!)));
        }
      }),
    );
  });

  it('leave only the first good fix, and one that was found elsewhere unseen, without a distance', () => {
    fc.assert(
      fc.property(journey, (positions) => {
        const good = verdictsOf(positions, lenient).filter(({ doubts }) => doubts === 0);
        const without = good.filter(({ distanceM: distance }) => distance === null);
        expect(without.slice(0, 1)).toEqual(good.slice(0, 1));
        for (const { remarks } of without.slice(1)) expect(remarks & Remark.movedUnseen).not.toBe(0);
      }),
    );
  });

  it('are the same with fixes of wrong times anywhere between, whatever those say', () => {
    fc.assert(
      fc.property(
        journey,
        fc.nat(40),
        fc.constantFrom(Doubt.future, Doubt.clockUnset),
        (positions, at, doubt) => {
          const place = Math.min(at, positions.length);
          const wrong = {
            ...positions[0]!,
            fixTimeMs: (positions[place - 1]?.fixTimeMs ?? positions[0]!.fixTimeMs - 2_000) + 1,
            lat: -33,
            odometerM: 9e9,
            doubts: doubt,
          };
          const verdicts = verdictsOf([...positions.slice(0, place), wrong, ...positions.slice(place)], CAR);
          expect(verdicts[place]).toEqual({ doubts: expect.any(Number), remarks: 0, distanceM: null });
          expect(verdicts.toSpliced(place, 1)).toEqual(verdictsOf(positions, CAR));
        },
      ),
    );
  });

  it('are the same without the fixes that are doubtful by themselves and read no odometer', () => {
    fc.assert(
      fc.property(journey, (positions) => {
        const isNeeded = (position: Position) =>
          ownDoubts(position, CAR) === 0 || position.odometerM !== null;
        const verdicts = verdictsOf(positions, CAR).filter((_, at) => isNeeded(positions[at]!));
        expect(verdicts).toEqual(verdictsOf(positions.filter(isNeeded), CAR));
      }),
    );
  });

  it('never let a doubtful fix become where the vehicle is', () => {
    fc.assert(
      fc.property(journey, (positions) => {
        let track: Track = emptyTrack;
        for (const position of positions) {
          const fix = { position };
          const { verdict, track: next } = judge(track, fix, ownDoubts(position, CAR), CAR);
          expect(next.good).toBe(verdict.doubts === 0 ? fix : track.good);
          expect(next.suspects.length).toBeLessThan(3);
          track = next;
        }
      }),
    );
  });
});
