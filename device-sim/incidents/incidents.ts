import type { SimulatedDevice } from '../fleet-file.ts';
import type { Path } from '../motion/path.ts';
import type { Conduct } from '../motion/trip.ts';
import type { Itinerary } from '../motion/vehicle.ts';
import { createRandom, exponential, index, type Random } from '../random.ts';
import type { Observation } from '../tracker/observation.ts';
import { createSufferer } from './outages.ts';
import { approach, type Leg, type Scene, type Stage, scenes } from './scenes.ts';
import { type Billed, castOpening, type Incident, incidentNames, incidents } from './timetable.ts';

/** What happens to one vehicle and its tracker. */
export interface Part {
  /** Its own: where it would drive anyway, unless an incident leads it elsewhere. */
  itinerary: Itinerary;
  /** It sends what it buffered newest first. */
  newestFirst: boolean;
  /** Lets simulated time go on; told before each of its instants. */
  at(timeMs: number): void;
  /** Whether the network may reach the tracker. */
  isReachable(): boolean;
  /** What the tracker says instead of what it observed; null for nothing. */
  say(observed: Observation): Observation | null;
}

export interface IncidentsOptions {
  seed: string;
  devices: readonly SimulatedDevice[];
  /** Where they would drive anyway. */
  itinerary: Itinerary;
  /** Null where there is no city: then only trackers suffer. */
  stage: Stage | null;
  /** How many times as often as usual; above 0. */
  frequency: number;
}

/** After the first minutes, between two incidents of a vehicle on average: of forty one a minute. */
const EVERY_S = 2_400;
/** The first minutes belong to what is billed. */
const OPENING_S = 240;
/** A vehicle that is about to arrive has so far to go. */
const ARRIVING_M = 120;

/** The same seed and fleet have the same incidents. */
export function createIncidents(
  options: IncidentsOptions,
): (device: SimulatedDevice, startMs: number) => Part {
  const cast = castOpening(options.seed, options.devices);
  return (device, startMs) => createPart(options, device, startMs, cast.get(device.ident));
}

function createPart(
  { seed, itinerary, stage, frequency }: IncidentsOptions,
  device: SimulatedDevice,
  startMs: number,
  opening: Billed | undefined,
): Part {
  // A source of its own: what happens must not depend on how the others drive.
  const random = createRandom(`${seed} incidents ${device.ident}`);
  const sufferer = createSufferer();
  const conducts = new WeakMap<Path, Conduct>();
  const first: Incident | undefined = opening && incidents[opening.name];
  const suitable = incidentNames.map((name): Incident => incidents[name]).filter(isPossible);
  let nowMs = startMs;
  let nextMs = startMs + 1_000 * OPENING_S + waitMs(random, frequency);
  /** Drives that are to follow. */
  let legs: Leg[] = [];
  /** The scene that waits for the end of the present drive. */
  let waiting: Incident | null = null;
  /** The path with which what is to happen to the tracker begins. */
  let cue: { path: Path; incident: Incident } | null = null;
  let suffersAt: { incident: Incident; timeMs: number } | null = null;

  function isPossible({ scene, suits, newestFirst }: Incident): boolean {
    return (scene === undefined || stage !== null) && !newestFirst && (suits?.(device) ?? true);
  }

  /** Lays out a scene, from where the vehicle is or, if it is only to be found, from its beginning. */
  const lay = (incident: Incident, from: number | undefined, found?: Conduct): void => {
    if (!incident.scene || !stage) return;
    const scene: Scene = scenes[incident.scene](stage, random);
    const way = approach(stage, from, { ...scene, arrival: { ...scene.arrival, ...found } });
    legs = way ? [way, ...scene.legs] : [...scene.legs];
    const [begin] = scene.legs;
    cue = incident.outage && begin ? { path: begin.path, incident } : null;
  };

  const take = (): Path | null => {
    const leg = legs.shift();
    if (!leg) return null;
    conducts.set(leg.path, leg.conduct);
    if (cue?.path === leg.path) {
      suffersAt = { incident: cue.incident, timeMs: nowMs + 1_000 * (cue.incident.outageAfterS ?? 0) };
      cue = null;
    }
    return leg.path;
  };

  if (opening && first) {
    if (first.scene) lay(first, undefined, foundFor(first, opening.atS));
    else suffersAt = { incident: first, timeMs: startMs + 1_000 * opening.atS };
  }

  return {
    newestFirst: first?.newestFirst ?? false,
    itinerary: {
      laneM: itinerary.laneM,
      conductOf: (path) => conducts.get(path) ?? itinerary.conductOf?.(path),
      first: (own) => take() ?? (first ? onTheRoad(itinerary, own, conducts) : itinerary.first(own)),
      after: (done, own) => {
        if (legs.length === 0 && waiting) {
          const incident = waiting;
          waiting = null;
          lay(incident, stage?.roads.endOf(done));
        }
        return take() ?? itinerary.after(done, own);
      },
    },
    at(timeMs) {
      nowMs = timeMs;
      if (suffersAt && timeMs >= suffersAt.timeMs) {
        const { outage } = suffersAt.incident;
        if (outage) sufferer.begin(outage, timeMs);
        suffersAt = null;
      }
      if (timeMs < nextMs || sufferer.isSuffering(timeMs) || legs.length > 0) return;
      nextMs = timeMs + waitMs(random, frequency);
      const incident = suitable[index(random, suitable.length)];
      if (!incident) return;
      if (incident.scene) waiting = incident;
      else suffersAt = { incident, timeMs };
    },
    isReachable: () => sufferer.isReachable(nowMs),
    say: (observed) => sufferer.say(observed, nowMs),
  };
}

const waitMs = (random: Random, frequency: number): number =>
  exponential(random, (1_000 * EVERY_S) / frequency);

/** How the vehicle of an opening scene is found: about to arrive, or waiting for its hour. */
function foundFor({ scene }: Incident, atS: number): Conduct {
  if (scene === 'idle') return { found: { toGoM: ARRIVING_M } };
  if (scene === 'tow') return { found: { toGoM: ARRIVING_M }, parkedS: atS };
  return { found: { parkedS: atS } };
}

/** A tracker that is about to suffer does so on the road, with the ignition on. */
function onTheRoad(itinerary: Itinerary, random: Random, conducts: WeakMap<Path, Conduct>): Path {
  const path = itinerary.first(random);
  conducts.set(path, { found: { toGoM: path.lengthM * 0.9 } });
  return path;
}
