import { expect, test } from 'vitest';
import { NO_FIX, type Observation } from '../tracker/observation.ts';
import { createSufferer, type OutageName, outages } from './outages.ts';

const observed: Observation = {
  ...NO_FIX,
  timeMs: 0,
  ignition: true,
  ignitionChanged: false,
  odometerM: 1,
  tripM: 1,
  batteryV: 14,
  alarm: null,
};
const names = Object.keys(outages) as OutageName[];

/** What the tracker says each second of twenty-five minutes, the outage beginning at the first. */
function said(name: OutageName, observation = observed) {
  const sufferer = createSufferer();
  sufferer.begin(name, 0);
  return Array.from({ length: 1_500 }, (_, s) => ({
    says: sufferer.say(observation, s * 1_000),
    isReachable: sufferer.isReachable(s * 1_000),
  }));
}

test('each outage ends, and then the tracker says what it observes', () => {
  for (const name of names) expect(said(name).at(-1)).toEqual({ says: observed, isReachable: true });
});

test('an alarm is raised once, and reaches the network', () => {
  for (const name of names) {
    const raised = said(name).filter(({ says }) => says?.alarm);
    const { alarm } = outages[name];
    expect(raised.map(({ says }) => says?.alarm)).toEqual(alarm === null ? [] : [alarm]);
    expect(raised.every(({ isReachable }) => isReachable)).toBe(true);
  }
});

test('an alarm that a fault of the tracker stands in the way of comes with the next report', () => {
  const sufferer = createSufferer();
  sufferer.begin('jamming', 0);
  expect(sufferer.say({ ...observed, alarm: 'sos' }, 0)?.alarm).toBe('sos');
  expect(sufferer.say(observed, 1_000)?.alarm).toBe('jamming');
});

test('without its supply a tracker goes on for a while, tells no voltage, and dies', () => {
  for (const name of ['powerCut', 'unplug'] as const) {
    const told = said(name).filter(({ says }) => says !== null && says.batteryV === 0);
    expect(told.length).toBe(outages[name].deadAfterMs / 1_000);
    expect(said(name).filter(({ says }) => says === null).length).toBeGreaterThan(600);
  }
});

test('what is measured while the network is jammed or away is kept, what a dead tracker misses is not', () => {
  const lost = (name: OutageName) => said(name).filter(({ says }) => says === null).length;
  expect([lost('jamming'), lost('hidden')]).toEqual([0, 0]);
  expect(lost('dark')).toBeGreaterThan(600);
  for (const name of ['jamming', 'hidden', 'dark'] as const) {
    expect(said(name).filter(({ isReachable }) => !isReachable).length).toBeGreaterThan(100);
  }
});
