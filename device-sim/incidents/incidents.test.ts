import { expect, test } from 'vitest';
import { layOutCity } from '../city/city.ts';
import { createCityItinerary } from '../city/itinerary.ts';
import type { SimulatedDevice } from '../fleet-file.ts';
import { formatNames, formats } from '../formats/formats.ts';
import { distanceM } from '../geo.ts';
import { whereIs } from '../motion/vehicle.ts';
import { createRandom } from '../random.ts';
import type { Observation } from '../tracker/observation.ts';
import { createTracker, nextTracker, type TrackerState } from '../tracker/tracker.ts';
import { createIncidents } from './incidents.ts';
import { findSites } from './sites.ts';
import { castOpening, type Incident, incidents, OPENING } from './timetable.ts';

const roads = createCityItinerary(layOutCity('test'));
const stage = { roads, sites: findSites(roads.city) };
const REPORTING = { movingMs: 1_000, parkedMs: 30_000 };
const START_MS = Date.UTC(2026, 10, 20, 10);

const fleetOf = (count: number): SimulatedDevice[] =>
  Array.from({ length: count }, (_, n): SimulatedDevice => {
    const format = formatNames[n % 3 === 0 ? n % formatNames.length : 0] ?? 'native-json';
    const gateway = formats[format].needsGateway && { gateway: { ident: `gw.${format}`, secret: 's' } };
    const ident = format === 'hsl-hfp' ? `0999-000${n + 10}` : String(350_000_000_000_000 + n);
    return { ident, secret: 's', kind: n % 7 === 6 ? 'car' : 'motorcycle', format, ...gateway };
  });
const devices = fleetOf(40);

interface Lived {
  states: TrackerState[];
  said: Observation[];
  reachable: boolean[];
}

function live(device: SimulatedDevice, seconds: number, frequency = 1, fleet = devices): Lived {
  const options = { seed: 'test', devices: fleet, itinerary: roads, stage, frequency };
  const part = createIncidents(options)(device, START_MS);
  const random = createRandom(`test ${device.ident}`);
  let state = createTracker(device.kind, part.itinerary, REPORTING, START_MS, random);
  const lived: Lived = { states: [state], said: [], reachable: [] };
  for (let s = 0; s < seconds; s++) {
    part.at(state.timeMs + REPORTING.movingMs);
    const moment = nextTracker(state, part.itinerary, REPORTING, random);
    ({ state } = moment);
    const said = moment.observation && part.say(moment.observation);
    lived.states.push(state);
    lived.reachable.push(part.isReachable());
    if (said) lived.said.push(said);
  }
  return lived;
}

const cast = castOpening('test', devices);
const opening = new Map(
  devices.flatMap((device) => {
    const billed = cast.get(device.ident);
    return billed ? [[billed, live(device, 300)] as const] : [];
  }),
);
const playing = (name: string): Lived[] =>
  [...opening].flatMap(([billed, lived]) => (billed.name === name ? [lived] : []));

test('a usual fleet plays all of the opening, each vehicle one part that suits it, and the same again', () => {
  expect(cast.size).toBe(OPENING.length);
  for (const device of devices) {
    const billed = cast.get(device.ident);
    const { suits }: Incident = billed ? incidents[billed.name] : {};
    expect(suits?.(device) ?? true).toBe(true);
  }
  expect(castOpening('test', devices)).toEqual(cast);
  expect(castOpening('other', devices)).not.toEqual(cast);
});

test('a small fleet plays what it can, and a fleet without motorcycles what suits cars', () => {
  expect(castOpening('test', devices.slice(0, 3)).size).toBe(3);
  const cars = devices.map((device) => ({ ...device, kind: 'car' as const }));
  const named = new Set([...castOpening('test', cars).values()].map(({ name }) => name));
  expect(named.has('tow')).toBe(true);
  expect(named.has('speeding')).toBe(false);
});

test('the same seed lives the same incidents again', () => {
  for (const device of devices.slice(0, 6)) {
    expect(live(device, 300, 20).said).toEqual(live(device, 300, 20).said);
  }
});

test('nothing jumps: whatever happens, a vehicle gets no further than its wheels turn', () => {
  const lives = [...opening.values(), ...devices.slice(0, 10).map((device) => live(device, 3_000, 20))];
  for (const { states } of lives) {
    const jumps = states.filter((now, at) => {
      const before = states[at - 1];
      if (!before) return false;
      const apartM = distanceM(whereIs(before.vehicle, 0), whereIs(now.vehicle, 0));
      // Arriving is being within some decimetres of the end.
      return apartM > now.vehicle.odometerM - before.vehicle.odometerM + 0.5;
    });
    expect(jumps).toHaveLength(0);
  }
});

test('a towed vehicle is moved some hundred metres with its ignition off, no faster than a lorry tows, and is heard all the way', () => {
  expect(playing('tow').length).toBeGreaterThan(0);
  for (const { said } of playing('tow')) {
    const onTheHook = said.filter(({ ignition, speedKmh }) => !ignition && (speedKmh ?? 0) > 3);
    expect(onTheHook.length).toBeGreaterThan(60);
    expect(Math.max(...onTheHook.map(({ speedKmh }) => speedKmh ?? 0))).toBeLessThan(60);
    const [first, last] = [onTheHook[0], onTheHook.at(-1)];
    const awayM = distanceM(
      { lat: first?.lat ?? 0, lon: first?.lon ?? 0 },
      { lat: last?.lat ?? 0, lon: last?.lon ?? 0 },
    );
    expect(awayM).toBeGreaterThan(400);
  }
});

test('who goes dark says nothing for longer than an operator can wait, and is back afterwards', () => {
  const [device] = devices.filter(({ ident }) => cast.get(ident)?.name === 'goesDark');
  const { said } = live(device!, 1_000);
  const gapsMs = said.map(({ timeMs }, at) => timeMs - (said[at - 1]?.timeMs ?? timeMs));
  expect(Math.max(...gapsMs)).toBeGreaterThan(300_000);
  expect(said.at(-1)?.timeMs).toBeGreaterThan(START_MS + 950_000);
});

test('who is to be told of late speeds where no network reaches it, and loses nothing of that', () => {
  const [late] = playing('toldLate');
  const hidden = late?.reachable.filter((reachable) => !reachable).length ?? 0;
  expect(hidden).toBeGreaterThan(100);
  const speeding = late?.said.filter(({ speedKmh }) => (speedKmh ?? 0) > 80) ?? [];
  expect(speeding.length).toBeGreaterThan(12);
});

test('after the opening each vehicle has its share, the oftener the higher the frequency', () => {
  const alarms = (frequency: number) =>
    devices
      .slice(0, 12)
      .filter(({ ident }) => !cast.has(ident))
      .flatMap((device) => live(device, 3_600, frequency).said)
      .filter(({ alarm }) => alarm !== null).length;
  expect(alarms(10)).toBeGreaterThan(alarms(0.01));
});

test('on a route of the user’s own only trackers suffer', () => {
  const fleet = fleetOf(12);
  const create = createIncidents({
    seed: 'test',
    devices: fleet,
    itinerary: roads,
    stage: null,
    frequency: 20,
  });
  for (const device of fleet) {
    const { itinerary } = create(device, START_MS);
    const path = itinerary.first(createRandom('own'));
    expect(path.lengthM).toBe(roads.first(createRandom('own')).lengthM);
  }
});
