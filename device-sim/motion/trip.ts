import { between, chance, exponential, type Random } from '../random.ts';
import type { Path } from './path.ts';
import type { Handling } from './vehicle-kind.ts';

/** One drive along a path, with everything that chance decides about it decided at departure. */
export interface Trip {
  path: Path;
  /** Where the vehicle has to stand, in order, and for how long. The last is the end of the path. */
  halts: { atM: number; standS: number }[];
  /** Stretches on which the driver is in a hurry. */
  hurries: { fromM: number; toM: number; factor: number }[];
  /** What this driver makes of a speed limit today. */
  pace: number;
  /** The most a vehicle of this kind can have at each vertex and still take every curve ahead. m/s. */
  curveMps: Float64Array;
  /** On somebody's hook: it moves, and its ignition is off. */
  isTowed: boolean;
  /** How long it is parked afterwards; null where chance decides. */
  parkedS: number | null;
}

/** What is decided about a drive beforehand, so that chance has no say in it. */
export interface Conduct {
  /** How the vehicle is found on this path when the simulation starts: parked at its end for so long, or so far from it. */
  found?: { parkedS: number } | { toGoM: number };
  /** Times the speed limit, all the way and without a halt. */
  haste?: number;
  isTowed?: boolean;
  /** With the engine running, after arriving. */
  idleS?: number;
  parkedS?: number;
}

const RED_SHARE = 0.45;
const RED_S = [8, 45] as const;
const GIVE_WAY_SHARE = 0.35;
const GIVE_WAY_S = [1, 7] as const;
const ROADSIDE_S = [15, 75] as const;
/** Engine still running after arriving. */
const IDLE_S = [3, 15] as const;
const HURRY_SHARE = 0.3;
const HURRY_M = [500, 1600] as const;
const HURRY_FACTOR = [1.3, 1.55] as const;
/** Below this a hurry does not show. */
const HURRY_MIN_PATH_M = 1500;
const HALTS_APART_M = 25;
/** Of the speed limit, on a hook. */
const TOWED_PACE = 0.62;

export function planTrip(path: Path, handling: Handling, random: Random, conduct: Conduct = {}): Trip {
  const { haste, isTowed = false, idleS, parkedS = null } = conduct;
  const isNonStop = haste !== undefined || isTowed;
  return {
    path,
    halts: [
      ...(isNonStop ? [] : haltsOnTheWay(path, handling, random)),
      { atM: path.lengthM, standS: idleS ?? between(random, ...IDLE_S) },
    ],
    hurries: isNonStop
      ? [{ fromM: 0, toM: path.lengthM, factor: haste ?? TOWED_PACE }]
      : planHurries(path, random),
    pace: isNonStop ? 1 : between(random, 0.86, 1.04),
    curveMps: curveSpeeds(path, handling),
    isTowed,
    parkedS,
  };
}

function haltsOnTheWay(path: Path, handling: Handling, random: Random): Trip['halts'] {
  const halts: Trip['halts'] = [];
  for (const { atM, junction } of path.junctions) {
    const lights = junction === 'lights';
    if (chance(random, lights ? RED_SHARE : GIVE_WAY_SHARE)) {
      halts.push({ atM, standS: lights ? between(random, ...RED_S) : between(random, ...GIVE_WAY_S) });
    }
  }
  const apartM = 1000 / handling.stopsPerKm;
  for (let atM = exponential(random, apartM); atM < path.lengthM; atM += exponential(random, apartM)) {
    halts.push({ atM, standS: between(random, ...ROADSIDE_S) });
  }
  // Two halts on each other's heels would be one stop with a twitch in it.
  let lastM = 0;
  return halts
    .toSorted((a, b) => a.atM - b.atM)
    .filter(({ atM }) => {
      const apart = atM - lastM >= HALTS_APART_M && path.lengthM - atM >= HALTS_APART_M;
      if (apart) lastM = atM;
      return apart;
    });
}

function planHurries(path: Path, random: Random): Trip['hurries'] {
  if (path.lengthM < HURRY_MIN_PATH_M || !chance(random, HURRY_SHARE)) return [];
  const fromM = between(random, 0, path.lengthM * 0.7);
  return [{ fromM, toM: fromM + between(random, ...HURRY_M), factor: between(random, ...HURRY_FACTOR) }];
}

/** Backwards over the path: a curve's own limit, or what can still brake down to the next one's. */
function curveSpeeds(path: Path, { corneringMps2, brakingMps2, topSpeedMps }: Handling): Float64Array {
  const speeds = new Float64Array(path.atM.length);
  // At the last vertex the vehicle stands.
  let nextMps = 0;
  for (let i = path.atM.length - 1; i >= 0; i--) {
    const pieceM = (path.atM[i + 1] ?? path.lengthM) - (path.atM[i] ?? 0);
    const brakeable = Math.sqrt(nextMps ** 2 + 2 * brakingMps2 * pieceM);
    nextMps = Math.min(topSpeedMps, brakeable, Math.sqrt(corneringMps2 * (path.radiusM[i] ?? 0)));
    speeds[i] = nextMps;
  }
  return speeds;
}
