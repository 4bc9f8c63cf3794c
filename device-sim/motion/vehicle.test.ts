import type { VehicleKind } from '@wayleave/telematics/vehicles/vehicle.ts';
import { expect, test } from 'vitest';
import { layOutCity } from '../city/city.ts';
import { createCityItinerary } from '../city/itinerary.ts';
import { distanceM } from '../geo.ts';
import { createRandom } from '../random.ts';
import { placeOnPath } from './path.ts';
import { createVehicle, nextVehicle, type VehicleState, whereIs } from './vehicle.ts';
import { HANDLING } from './vehicle-kind.ts';

const itinerary = createCityItinerary(layOutCity('test'));
const KINDS = Object.keys(HANDLING) as VehicleKind[];
const HOUR_S = 3_600;

/** Each second of some hours in a vehicle's life. */
function life(kind: VehicleKind, seed: string, seconds: number): VehicleState[] {
  const random = createRandom(`${kind} ${seed}`);
  const states = [createVehicle(kind, itinerary, random)];
  for (let s = 0; s < seconds; s++) {
    const last = states.at(-1);
    if (last) states.push(nextVehicle(last, 1, itinerary, random));
  }
  return states;
}

const lives = KINDS.flatMap((kind) => ['a', 'b'].map((seed) => life(kind, seed, 2 * HOUR_S)));

/** Calls back with every second and the one before it. */
function eachSecond(visit: (before: VehicleState, now: VehicleState) => void): void {
  for (const states of lives) {
    for (const [i, now] of states.entries()) {
      const before = states[i - 1];
      if (before) visit(before, now);
    }
  }
}

/** The seconds of which something is not true. */
function exceptions(
  holds: (before: VehicleState, now: VehicleState) => boolean,
): [VehicleState, VehicleState][] {
  const found: [VehicleState, VehicleState][] = [];
  eachSecond((before, now) => {
    if (!holds(before, now)) found.push([before, now]);
  });
  return found;
}

test('the same seed gives the same drive', () => {
  const last = (seed: string) => {
    const state = life('car', seed, 1_000).at(-1);
    return state && { ...whereIs(state, 0), odometerM: state.odometerM, phase: state.phase };
  };
  expect(last('x')).toEqual(last('x'));
  expect(last('x')).not.toEqual(last('y'));
});

test('no vehicle is faster than its kind can be or drives backwards', () => {
  expect(
    exceptions((_, { kind, speedMps }) => speedMps >= 0 && speedMps <= HANDLING[kind].topSpeedMps),
  ).toHaveLength(0);
});

test('speed changes no faster than engine and brakes allow', () => {
  const tooSudden = exceptions((before, { kind, speedMps }) => {
    const changeMps2 = speedMps - before.speedMps;
    const { accelerationMps2, brakingMps2 } = HANDLING[kind];
    return changeMps2 <= accelerationMps2 + 1e-9 && changeMps2 > -1.6 * brakingMps2;
  });
  expect(tooSudden).toHaveLength(0);
});

test('the speed limit is kept but for now and then, and then it is clearly broken', () => {
  let driving = 0;
  let over = 0;
  let worst = 0;
  eachSecond((_, { phase, speedMps, trip, vertex }) => {
    if (phase !== 'driving') return;
    const share = speedMps / (trip.path.limitMps[vertex] ?? 1);
    driving++;
    if (share > 1.1) over++;
    worst = Math.max(worst, share);
  });
  expect(over / driving).toBeGreaterThan(0.003);
  expect(over / driving).toBeLessThan(0.12);
  expect(worst).toBeGreaterThan(1.25);
});

test('a vehicle can always still brake to what the next curve allows', () => {
  const tooFast = exceptions((_, { kind, phase, speedMps, trip, vertex, atM }) => {
    const gapM = (trip.path.atM[vertex + 1] ?? 0) - atM;
    const curveMps = trip.curveMps[vertex + 1] ?? 0;
    return (
      phase !== 'driving' ||
      speedMps <= Math.sqrt(curveMps ** 2 + 2 * HANDLING[kind].brakingMps2 * gapM) + 0.5
    );
  });
  expect(tooFast.length).toBe(0);
  const slowest = lives.flatMap((states) => states.map(({ trip, vertex }) => trip.curveMps[vertex + 1] ?? 0));
  expect(slowest.filter((mps) => mps > 0 && mps < 8).length).toBeGreaterThan(1_000);
});

test('the odometer grows by the distance driven and by nothing else', () => {
  for (const states of lives) {
    let drivenM = 0;
    for (const [i, now] of states.entries()) {
      const before = states[i - 1];
      if (!before) continue;
      drivenM += now.trip === before.trip ? now.atM - before.atM : now.atM;
    }
    expect((states.at(-1)?.odometerM ?? 0) - (states[0]?.odometerM ?? 0)).toBeCloseTo(drivenM, 3);
    expect(drivenM).toBeGreaterThan(8_000);
  }
});

test('places are as far apart as the odometer says', () => {
  const torn = exceptions((before, now) => {
    const apartM = distanceM(whereIs(before, 0), whereIs(now, 0));
    const drivenM = now.odometerM - before.odometerM;
    // A chord over a corner is a little shorter than the way round it.
    return now.trip !== before.trip || (apartM <= drivenM + 0.01 && apartM > drivenM * 0.7 - 0.1);
  });
  expect(torn).toHaveLength(0);
});

test('a new trip begins where the last one ended', () => {
  eachSecond((before, now) => {
    if (now.trip === before.trip) return;
    const end = placeOnPath(before.trip.path, before.trip.path.atM.length - 2, before.trip.path.lengthM);
    expect(distanceM(end, placeOnPath(now.trip.path, 0, 0))).toBeLessThan(0.1);
    expect(before.phase).toBe('parked');
  });
});

test('a parked vehicle has its ignition off and stays where it is, any other has it on', () => {
  const parked = (state: VehicleState) => state.phase === 'parked';
  expect(exceptions((_, now) => now.ignition !== parked(now))).toHaveLength(0);
  expect(exceptions((_, now) => !parked(now) || now.speedMps === 0)).toHaveLength(0);
  const moved = exceptions(
    (before, now) => !parked(before) || !parked(now) || now.odometerM === before.odometerM,
  );
  expect(moved).toHaveLength(0);
  expect(exceptions((_, now) => !parked(now)).length).toBeGreaterThan(1_000);
});

test('most of the time most vehicles drive, and some stand with the engine on', () => {
  const phases = { driving: 0, standing: 0, parked: 0 };
  eachSecond((_, { phase }) => {
    phases[phase]++;
  });
  const total = phases.driving + phases.standing + phases.parked;
  expect(phases.driving / total).toBeGreaterThan(0.45);
  expect(phases.standing / total).toBeGreaterThan(0.04);
  expect(phases.parked / total).toBeGreaterThan(0.1);
});

test('the battery charges with the engine on and rests with it off', () => {
  const odd = exceptions((before, { kind, batteryV, ignition }) => {
    const systems = HANDLING[kind].systemV / 12;
    const rises = batteryV >= before.batteryV;
    const falls = batteryV <= before.batteryV;
    const rightWay = before.ignition !== ignition || (ignition ? rises : falls);
    return rightWay && batteryV >= 12.4 * systems && batteryV <= 14.2 * systems;
  });
  expect(odd).toHaveLength(0);
});

test('a step leaves the state that it was given as it was', () => {
  const random = createRandom('frozen');
  const state = Object.freeze(createVehicle('van', itinerary, random));
  const copy = { ...state };
  nextVehicle(state, 30, itinerary, random);
  expect(state).toEqual(copy);
});

test('one long step ends where many short ones do, up to the odd metre', () => {
  const still = () => 0.5;
  const start = createVehicle('car', itinerary, createRandom('steps'));
  let short = start;
  for (let i = 0; i < 40; i++) short = nextVehicle(short, 0.5, itinerary, still);
  const long = nextVehicle(start, 20, itinerary, still);
  expect(long.odometerM).toBeCloseTo(short.odometerM, 6);
});
