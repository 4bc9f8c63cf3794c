import { expect, test } from 'vitest';
import { layOutCity } from '../city/city.ts';
import { createCityItinerary } from '../city/itinerary.ts';
import { distanceM } from '../geo.ts';
import { whereIs } from '../motion/vehicle.ts';
import { createRandom } from '../random.ts';
import { createTracker, nextTracker, type TrackerState } from './tracker.ts';

const itinerary = createCityItinerary(layOutCity('test'));
const REPORTING = { movingMs: 1_000, parkedMs: 30_000 };
const START_MS = 1_763_640_000_000;

type Moment = ReturnType<typeof nextTracker>;

function live(seed: string, seconds: number): Moment[] {
  const random = createRandom(seed);
  const moments: Moment[] = [];
  let state = createTracker('motorcycle', itinerary, REPORTING, START_MS, random);
  for (let s = 0; s < seconds; s++) {
    const moment = nextTracker(state, itinerary, REPORTING, random);
    moments.push(moment);
    state = moment.state;
  }
  return moments;
}

const lives = ['a', 'b', 'c', 'd', 'e'].map((seed) => live(seed, 5_400));

test('a tracker reports every second with the ignition on, every thirty with it off, and at once on a change', () => {
  const wrong: TrackerState[] = [];
  for (const moments of lives) {
    let reported: Moment['observation'] = null;
    for (const { state, observation } of moments) {
      const { ignition } = state.vehicle;
      const sinceMs = reported ? state.timeMs - reported.timeMs : Number.POSITIVE_INFINITY;
      const due = ignition || reported?.ignition !== ignition || sinceMs >= REPORTING.parkedMs;
      if ((observation !== null) !== due) wrong.push(state);
      if (observation) reported = observation;
    }
  }
  expect(wrong).toHaveLength(0);
});

test('fix times are whole milliseconds, rise strictly and begin near the start', () => {
  for (const moments of lives) {
    const times = moments.flatMap(({ observation }) => observation?.timeMs ?? []);
    expect(Math.abs((times[0] ?? 0) - START_MS)).toBeLessThanOrEqual(REPORTING.movingMs);
    expect(times.filter((time, i) => !Number.isInteger(time) || time <= (times[i - 1] ?? 0))).toHaveLength(0);
  }
});

test('trackers do not report in step', () => {
  const phases = new Set(lives.map((moments) => (moments[0]?.state.timeMs ?? 0) % REPORTING.movingMs));
  expect(phases.size).toBeGreaterThan(3);
});

test('fixes lie on the road but for noise that fits the accuracy they state', () => {
  const errors = lives.flatMap((moments) =>
    moments.flatMap(({ state, observation }) =>
      observation
        ? [{ errorM: distanceM(observation, whereIs(state.vehicle, itinerary.laneM)), observation }]
        : [],
    ),
  );
  const within = errors.filter(
    ({ errorM, observation }) => errorM <= (observation.accuracyM ?? 0) * 1.05,
  ).length;
  expect(within / errors.length).toBeGreaterThan(0.5);
  expect(
    Math.max(...errors.map(({ errorM, observation }) => errorM / (observation.accuracyM ?? 1))),
  ).toBeLessThan(5);
});

test('the error drifts: it is nearly the same a second later and another after minutes', () => {
  const differences = (lagS: number) => {
    const all = lives.flatMap((moments) =>
      moments.slice(lagS).map(({ state }, i) => {
        const earlier = moments[i]?.state.gnss ?? state.gnss;
        return Math.hypot(state.gnss.eastM - earlier.eastM, state.gnss.northM - earlier.northM);
      }),
    );
    return all.reduce((total, value) => total + value, 0) / all.length;
  };
  expect(differences(1)).toBeLessThan(1);
  expect(differences(300)).toBeGreaterThan(3 * differences(1));
});

test('a standing vehicle reports no speed and a driving one about its own', () => {
  const wrong = lives.flat().filter(({ state, observation }) => {
    const trueKmh = state.vehicle.speedMps * 3.6;
    return observation && Math.abs((observation.speedKmh ?? 0) - trueKmh) > (trueKmh === 0 ? 0 : 3);
  });
  expect(wrong).toHaveLength(0);
});

test('a change of the ignition is told as one, and so is the first report', () => {
  for (const moments of lives) {
    const observed = moments.flatMap(({ observation }) => observation ?? []);
    const changes = observed.map((now, i) => observed[i - 1]?.ignition !== now.ignition);
    expect(observed.map(({ ignitionChanged }) => ignitionChanged)).toEqual(changes);
    expect(changes[0]).toBe(true);
  }
});

test('the metres of a trip run with those of the odometer and begin anew with each trip', () => {
  for (const moments of lives) {
    const observed = moments.flatMap(({ observation }) => observation ?? []);
    const wrong = observed.filter((now, i) => {
      const before = observed[i - 1];
      if (!before || now.tripM < before.tripM) return now.tripM > 100 && i > 0;
      return Math.abs(now.tripM - before.tripM - (now.odometerM - before.odometerM)) > 1;
    });
    expect(wrong).toHaveLength(0);
  }
});

test('coverage is lost now and then, for a while and not for ever', () => {
  const covered = lives.flat().map(({ state }) => state.coverage.covered);
  const share = covered.filter((c) => !c).length / covered.length;
  expect(share).toBeGreaterThan(0.01);
  expect(share).toBeLessThan(0.2);
});
