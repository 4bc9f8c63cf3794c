import { createAdapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import type { Position } from '@wayleave/telematics/positions/position.ts';
import { doubtsOf } from '@wayleave/telematics/positions/quality/doubts.ts';
import { emptyTrack, judge, type Track } from '@wayleave/telematics/positions/quality/judge.ts';
import { ownDoubts } from '@wayleave/telematics/positions/quality/plausibility.ts';
import { remarksOf } from '@wayleave/telematics/positions/quality/remarks.ts';
import { settleTime } from '@wayleave/telematics/positions/quality/settle-time.ts';
import { defaultThresholds } from '@wayleave/telematics/positions/quality/thresholds.ts';
import { expect, test } from 'vitest';
import { layOutCity } from '../city/city.ts';
import { createCityItinerary } from '../city/itinerary.ts';
import { type FormatName, formatNames, formats } from '../formats/formats.ts';
import { createRandom } from '../random.ts';
import { isMoving, type Observation } from '../tracker/observation.ts';
import { createTracker, nextTracker } from '../tracker/tracker.ts';
import { createFaults } from './faults.ts';

const itinerary = createCityItinerary(layOutCity('test'));
const REPORTING = { movingMs: 1_000, parkedMs: 30_000 };
const START_MS = Date.UTC(2026, 10, 20, 10);
const thresholds = defaultThresholds.motorcycle;
const adapters = createAdapters({
  traccarTopic: 'traccar/positions',
  flespiTopic: 'flespi/message/gw/devices/+',
});

/** What a tracker observes in some seconds, on whichever road. */
function life(seed: string, seconds: number): Observation[] {
  const random = createRandom(seed);
  let state = createTracker('motorcycle', itinerary, REPORTING, START_MS, random);
  const observed: Observation[] = [];
  for (let s = 0; s < seconds; s++) {
    const moment = nextTracker(state, itinerary, REPORTING, random);
    ({ state } = moment);
    if (moment.observation) observed.push(moment.observation);
  }
  return observed;
}

const lives = Array.from({ length: 8 }, (_, n) => life(`life ${n}`, 3_600));

const said = (frequency: number): Observation[][] =>
  lives.map((observed, n) => {
    const faults = createFaults(`seed ${n}`, frequency);
    return observed.map((one) => faults.spoil(one));
  });

/** The observations as the product stores them, each written, read and judged in its turn. */
function verdicts(name: FormatName, observed: readonly Observation[], said: readonly Observation[]) {
  const ident = name === 'hsl-hfp' ? '0999-00017' : '001017000000176';
  let track: Track = emptyTrack;
  return said.flatMap((one, i) => {
    const { topic, payload } = formats[name].encode(ident, [one]);
    const receivedAtMs = observed[i]?.timeMs ?? 0;
    const decoded = adapters.forTopic(topic)?.decode(Buffer.from(payload), { topic, receivedAtMs });
    return (decoded?.positions ?? []).map((position) => {
      const settled: Position = settleTime(position);
      const judged = judge(track, { position: settled }, ownDoubts(settled, thresholds), thresholds);
      ({ track } = judged);
      return { doubts: doubtsOf(judged.verdict.doubts), remarks: remarksOf(judged.verdict.remarks) };
    });
  });
}

const namesIn = (name: FormatName, frequency: number) =>
  new Set(
    said(frequency).flatMap((one, n) =>
      verdicts(name, lives[n] ?? [], one).flatMap(({ doubts, remarks }) => [...doubts, ...remarks]),
    ),
  );

test.each(formatNames)('a tracker that never errs has good fixes only, speaking %s', (name) => {
  expect([...namesIn(name, 0)].filter((found) => found !== 'same_place')).toEqual([]);
});

test('trackers that err often show every doubt and remark that they are meant to show', () => {
  const found = namesIn('native-json', 20);
  for (const meant of [
    'no_fix',
    'clock_unset',
    'inaccurate',
    'few_satellites',
    'impossible_jump',
    'frozen',
    'placed_at_receipt',
    'odometer_replaced',
  ]) {
    expect(found).toContain(meant);
  }
});

test('usually nearly all fixes are good', () => {
  const all = said(1).flatMap((one, n) => verdicts('native-json', lives[n] ?? [], one));
  const doubtful = all.filter(({ doubts }) => doubts.length > 0).length;
  expect(doubtful).toBeGreaterThan(0);
  expect(doubtful / all.length).toBeLessThan(0.05);
});

test('the same seed goes wrong alike, another one otherwise, and none at a frequency of 0', () => {
  expect(said(5)).toEqual(said(5));
  expect(said(0)).toEqual(lives);
  const other = createFaults('another seed', 5);
  expect(lives[0]?.map((one) => other.spoil(one))).not.toEqual(said(5)[0]);
});

const pairs = said(20).flatMap((one, n) => one.map((now, i) => ({ now, true: lives[n]![i]! })));

test('without a fix nothing of one is told, and the ignition, odometer and battery still are', () => {
  const without = pairs.filter(({ now }) => now.lat === null);
  expect(without.length).toBeGreaterThan(50);
  for (const { now, true: truth } of without) {
    expect(now).toMatchObject({ lon: null, speedKmh: null, satellites: 0, ignition: truth.ignition });
    expect(isMoving(now)).toBe(false);
  }
});

test('an unset clock counts the seconds from 2004 on, and ends within some reports', () => {
  const unset = pairs.filter(({ now, true: truth }) => now.timeMs !== truth.timeMs);
  expect(unset.length).toBeGreaterThan(5);
  for (const { now } of unset) {
    expect(now.lat).toBeNull();
    const sinceMs = now.timeMs - Date.UTC(2004, 0, 1);
    expect(sinceMs >= 0 && sinceMs <= 8_000).toBe(true);
  }
});

test('the first report of a parked tracker has a fix and its time, so that it is on the map', () => {
  const parked = said(1_000).filter(([first]) => first && !first.ignition);
  expect(parked.length).toBeGreaterThan(0);
  for (const [first] of parked) expect(first?.lat).not.toBeNull();
});

test('alarms are rare and of both kinds, and a cut supply has no voltage', () => {
  const raised = pairs.filter(({ now }) => now.alarm !== null);
  expect(raised.length / pairs.length).toBeLessThan(0.02);
  expect(new Set(raised.map(({ now }) => now.alarm))).toEqual(new Set(['sos', 'powerCut']));
  for (const { now, true: truth } of raised) {
    expect(now.batteryV).toBe(now.alarm === 'powerCut' ? 0 : truth.batteryV);
  }
});

test('an odometer is replaced once at the most', () => {
  for (const one of said(50)) {
    const drops = one.filter(({ odometerM }, i) => odometerM < (one[i - 1]?.odometerM ?? 0));
    expect(drops.length).toBeLessThanOrEqual(1);
  }
});

test('some trackers send the newest first', () => {
  const all = Array.from({ length: 200 }, (_, n) => createFaults(`tracker ${n}`, 1).newestFirst);
  const share = all.filter(Boolean).length / all.length;
  expect(share).toBeGreaterThan(0.1);
  expect(share).toBeLessThan(0.4);
});
