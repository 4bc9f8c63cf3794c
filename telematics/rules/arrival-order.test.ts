import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Position } from '../positions/position.ts';
import { journey } from '../positions/testing/arbitrary-journey.ts';
import { fenceVersion } from './book/applied-fence.ts';
import { OperatorBook } from './book/operator-book.ts';
import type { Finding } from './finding.ts';
import { ruleEngine } from './rules.ts';
import { SimulatedDevice } from './testing/simulated-device.ts';

/*
 * The promise of event time: whatever the order in which a day's messages come, however often, in
 * whatever batches, with replays and restarts wherever they fall, what stands in the end is the same.
 */

const LAT = 0.25;
const LON = 32.5;
const since = new Date(0);

const fence = (key: number, kind: 'territory' | 'forbidden' | 'depot' | 'low_speed', more: object = {}) =>
  fenceVersion({
    key,
    geofenceId: String(key),
    version: 1,
    name: `fence ${key}`,
    kind,
    shape: { type: 'Circle', center: [LON, LAT], radiusM: 3_000 },
    groupId: null,
    vehicleId: null,
    schedule: null,
    speedLimitKmh: null,
    dwellS: null,
    validFrom: since,
    validTo: null,
    ...more,
  });

const place = (metresNorthEast: number): [number, number] => {
  const degrees = metresNorthEast / 111_195 / Math.SQRT2;
  return [LON + degrees, LAT + degrees];
};

function makeBook(): OperatorBook {
  const book = new OperatorBook(0);
  book.putVersion(fence(1, 'territory', { shape: { type: 'Circle', center: [LON, LAT], radiusM: 30_000 } }));
  book.putVersion(fence(2, 'forbidden', { shape: { type: 'Circle', center: place(6_000), radiusM: 2_000 } }));
  book.putVersion(fence(3, 'depot', { dwellS: 600 }));
  book.putVersion(
    fence(4, 'low_speed', {
      shape: { type: 'Circle', center: place(12_000), radiusM: 4_000 },
      speedLimitKmh: 30,
    }),
  );
  return book;
}

const parts = {
  engine: ruleEngine,
  book: makeBook(),
  vehicles: [
    {
      vehicle: { id: '5', kind: 'car' as const },
      fromMs: Number.NEGATIVE_INFINITY,
      toMs: Number.POSITIVE_INFINITY,
    },
  ],
};

/** Alarms now and then, of both kinds. */
const alarming: fc.Arbitrary<Position[]> = fc
  .tuple(journey, fc.array(fc.constantFrom(null, null, null, 'sos', 'powerCut', 'jamming'), { minLength: 1 }))
  .map(([positions, alarms]) =>
    positions.map((position, at) => ({ ...position, alarm: alarms[at % alarms.length]! })),
  );

/** How messages come: in what order, which of them again, in what pieces, what happens in between. */
const arrival = fc.record({
  order: fc.oneof(
    fc.constant('in order' as const),
    fc.constant('backwards' as const),
    fc.constant('any' as const),
  ),
  keys: fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
  repeats: fc.array(fc.nat(), { maxLength: 5 }),
  batch: fc.integer({ min: 1, max: 12 }),
  between: fc.array(fc.constantFrom('nothing', 'replay', 'restart', 'keep'), { minLength: 1, maxLength: 9 }),
  portion: fc.integer({ min: 1, max: 9 }),
});

function arranged(
  positions: readonly Position[],
  { order, keys, repeats }: { order: string; keys: number[]; repeats: number[] },
): Position[] {
  const again = repeats.map((at) => positions[at % positions.length]!);
  const all = [...positions, ...again];
  if (order === 'in order') return all;
  if (order === 'backwards') return all.toReversed();
  return all
    .map((position, at) => ({ position, key: keys[at % keys.length]! * 31 + at * 17 }))
    .sort((a, b) => (a.key % 101) - (b.key % 101))
    .map(({ position }) => position);
}

/** Of several batches, with what happens between them. */
function standingAfter(
  messages: readonly Position[],
  { batch, between, portion }: { batch: number; between: readonly string[]; portion: number },
): Finding[] {
  const device = new SimulatedDevice(parts);
  for (let at = 0, round = 0; at < messages.length; at += batch, round += 1) {
    const what = between[round % between.length];
    device.receive(messages.slice(at, at + batch), what === 'keep');
    if (what === 'replay') device.replay(portion);
    if (what === 'restart') device.restart();
  }
  device.replay(portion);
  return device.standing;
}

const inOrder = { batch: 5, between: ['nothing'], portion: 7 };

describe('what stands in the end', () => {
  it('is the same for any order, repetition, batches, replays and restarts', () => {
    fc.assert(
      fc.property(alarming, arrival, (positions, how) => {
        const expected = standingAfter(positions, inOrder);
        expect(standingAfter(arranged(positions, how), how)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('is never taken back when everything comes in order', () => {
    fc.assert(
      fc.property(alarming, (positions) => {
        const device = new SimulatedDevice(parts);
        for (const position of positions) {
          device.receive([position]);
          // A later fix may prove earlier ones right, which a job then looks at.
          device.replay();
        }
        expect(device.standing).toEqual(standingAfter(positions, inOrder));
      }),
      { numRuns: 100 },
    );
  });
});
