import { expect, test } from 'vitest';
import { watchDemo } from './testing/watched-demo.ts';

const VEHICLES = 40;
const MINUTES_S = 210;

const usual = watchDemo(VEHICLES, MINUTES_S, 1);
const named = ({ kind, geofenceKind }: { kind: string; geofenceKind: string }): string =>
  geofenceKind ? `${kind}.${geofenceKind}` : kind;

test('within three minutes a watcher has seen every kind of incident', () => {
  const seen = new Set(usual.events.filter(({ atS }) => atS <= 180).map(named));
  for (const kind of [
    'overspeed',
    'geofenceExit.territory',
    'geofenceEnter.forbidden',
    'geofenceEnter.low_speed',
    'tow',
    'idling',
    'powerCut',
    'unplug',
    'jamming',
  ]) {
    expect(seen).toContain(kind);
  }
});

test('at first there is something to see every half a minute at least, and never a storm', () => {
  const times = usual.events.map(({ atS }) => atS).filter((atS) => atS <= 160);
  const gapsS = [0, ...times].map((atS, at) => (times[at] ?? 160) - atS);
  expect(Math.max(...gapsS)).toBeLessThan(30);
  expect(times.length).toBeLessThan(30);
  const aMinuteFrom = times.map((fromS) => times.filter((atS) => atS >= fromS && atS < fromS + 60).length);
  expect(Math.max(...aMinuteFrom)).toBeLessThan(14);
});

test('whatever happens, every fix is good: it happens to vehicles and not to their receivers', () => {
  expect(usual.fixes).toBeGreaterThan(4_000);
  expect(usual.doubtful).toBe(0);
});

test('without incidents hardly anything happens, and nobody leaves the territory or goes onto the pier', () => {
  const minutes = 5;
  const quiet = watchDemo(VEHICLES, minutes * 60, 0);
  expect(quiet.events.length).toBeLessThan(minutes * 3);
  const kinds = new Set(quiet.events.map(named));
  for (const kind of ['geofenceExit.territory', 'geofenceEnter.forbidden', 'tow', 'unplug', 'jamming']) {
    expect(kinds).not.toContain(kind);
  }
});
