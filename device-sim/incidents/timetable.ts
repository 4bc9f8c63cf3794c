import type { SimulatedDevice } from '../fleet-file.ts';
import { createRandom, index } from '../random.ts';
import type { OutageName } from './outages.ts';
import type { SceneName } from './scenes.ts';

/** Something that happens: what the vehicle does, what happens to its tracker, or both. */
export interface Incident {
  scene?: SceneName;
  outage?: OutageName;
  /** From the beginning of the scene's own drives, or of all, seconds. */
  outageAfterS?: number;
  /** Told backwards when the network is back. */
  newestFirst?: boolean;
  /** Of which vehicles and trackers it can be seen. */
  suits?: (device: SimulatedDevice) => boolean;
}

const isMotorcycle = ({ kind }: SimulatedDevice): boolean => kind === 'motorcycle';
const speaks =
  (...named: readonly SimulatedDevice['format'][]) =>
  ({ format }: SimulatedDevice): boolean =>
    named.includes(format);

const tellsIgnition = ({ format }: SimulatedDevice): boolean =>
  format !== 'hsl-hfp' && format !== 'navixy-ngp';
const tellsPowerCut = speaks(
  'native-json',
  'teltonika-json',
  'teltonika-codec',
  'traccar-forward',
  'flespi',
  'owntracks',
  'navixy-ngp',
);
const tellsUnplug = speaks('native-json', 'navixy-ngp', 'traccar-forward', 'ruptela-json');
const tellsJamming = speaks(
  'native-json',
  'navixy-ngp',
  'traccar-forward',
  'flespi',
  'teltonika-json',
  'teltonika-codec',
);

/** What may happen, by name. */
export const incidents = {
  speeding: { scene: 'race', suits: isMotorcycle },
  schoolRun: { scene: 'schoolRun', suits: isMotorcycle },
  leavesTerritory: { scene: 'leave' },
  trespass: { scene: 'trespass' },
  tow: { scene: 'tow', suits: tellsIgnition },
  idle: { scene: 'idle', suits: tellsIgnition },
  powerCut: { outage: 'powerCut', suits: tellsPowerCut },
  unplug: { outage: 'unplug', suits: tellsUnplug },
  jamming: { outage: 'jamming', suits: tellsJamming },
  goesDark: { outage: 'dark', suits: tellsIgnition },
  toldLate: { scene: 'race', outage: 'hidden', outageAfterS: 4, newestFirst: true, suits: isMotorcycle },
} as const satisfies Record<string, Incident>;
export type IncidentName = keyof typeof incidents;

export const incidentNames = Object.keys(incidents) as IncidentName[];

/** An incident of the first minutes: from the start of the fleet, seconds until it begins. */
export interface Billed {
  name: IncidentName;
  /** Until its vehicle sets out, or its tracker suffers. */
  atS: number;
}

/**
 * The first minutes, for whoever has just opened the map: every kind of incident once, some twice, and
 * one to be seen every 10 to 20 seconds. A race is told some 30 s after it began, a tow after a minute,
 * a silence after as long as the operator waits.
 */
export const OPENING: readonly Billed[] = [
  { name: 'speeding', atS: 2 },
  { name: 'powerCut', atS: 20 },
  { name: 'leavesTerritory', atS: 6 },
  { name: 'goesDark', atS: 30 },
  { name: 'tow', atS: 27 },
  { name: 'jamming', atS: 62 },
  { name: 'schoolRun', atS: 50 },
  { name: 'trespass', atS: 60 },
  { name: 'unplug', atS: 108 },
  { name: 'toldLate', atS: 5 },
  { name: 'idle', atS: 0 },
  { name: 'speeding', atS: 118 },
  { name: 'tow', atS: 125 },
  { name: 'leavesTerritory', atS: 140 },
];

/** Who plays what in the first minutes: each device one part at most, the same for the same seed. */
export function castOpening(seed: string, devices: readonly SimulatedDevice[]): Map<string, Billed> {
  const random = createRandom(`${seed} opening`);
  const free = [...devices];
  const cast = new Map<string, Billed>();
  for (const billed of OPENING) {
    const { suits }: Incident = incidents[billed.name];
    const suitable = free.filter((device) => suits?.(device) ?? true);
    const chosen = suitable[index(random, suitable.length)];
    if (!chosen) continue;
    cast.set(chosen.ident, billed);
    free.splice(free.indexOf(chosen), 1);
  }
  return cast;
}
