import { count, duration, kilometresExact, words } from '../format/units.ts';
import { clockTime } from '../replay/day.ts';

/** What an event tells of itself: JSON, of which nothing is sure before it is looked at. */
export type Details = Readonly<Record<string, unknown>>;

/** The first of the named details that is a text. */
export function textOf(details: Details, ...names: string[]): string | null {
  for (const name of names) {
    const value = details[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}

export function numberOf(details: Details, ...names: string[]): number | null {
  for (const name of names) {
    const value = details[name];
    if (typeof value === 'number' && Number.isFinite(value)) return value;
  }
  return null;
}

export const objectOf = (value: unknown): Details | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Details) : null;

/** Most fixes that are looked at, of an event that lists more. */
const MAX_FIXES = 200;

/** The times of the fixes that made an event, epoch milliseconds, oldest first. */
export function fixTimesOf(details: Details): number[] {
  const { fixes } = details;
  if (!Array.isArray(fixes)) return [];
  return (fixes as readonly unknown[])
    .slice(0, MAX_FIXES)
    .map((fix) => {
      const time = objectOf(fix)?.time ?? objectOf(fix)?.fixTime ?? objectOf(fix)?.fixTimeMs ?? fix;
      return typeof time === 'number' ? time : typeof time === 'string' ? Date.parse(time) : Number.NaN;
    })
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
}

export interface Limit {
  limitKmh: number;
  /** Where it came from; null if that is not told. */
  source: { scope: string; id: string | null; name: string | null } | null;
}

const sourceOf = (details: Details): Details | null =>
  objectOf(details.limitFrom) ?? objectOf(details.limitSource) ?? objectOf(details.source);

/** The speed limit that an event was about. */
export function limitOf(details: Details): Limit | null {
  const nested = objectOf(details.limit);
  const limitKmh = numberOf(details, 'limitKmh') ?? (nested && numberOf(nested, 'limitKmh'));
  if (limitKmh === null) return null;
  const source = sourceOf(details) ?? (nested && objectOf(nested.source));
  if (!source) return { limitKmh, source: null };
  const scope = textOf(source, 'scope') ?? 'other';
  return {
    limitKmh,
    source: {
      scope,
      id: textOf(source, 'id'),
      name: textOf(source, 'name') ?? (scope === 'geofence' ? textOf(details, 'geofenceName') : null),
    },
  };
}

export interface AboutGeofence {
  id: string | null;
  name: string | null;
  kind: string | null;
  version: number | null;
}

/** The geofence that an event was about, as it was then; null for none. */
export function geofenceOf(details: Details): AboutGeofence | null {
  const nested = objectOf(details.geofence);
  const source = limitOf(details)?.source;
  const about = {
    id: textOf(details, 'geofenceId') ?? (nested && textOf(nested, 'id', 'geofenceId')),
    name:
      textOf(details, 'geofenceName') ??
      (textOf(details, 'geofenceId') && textOf(details, 'name')) ??
      (nested && textOf(nested, 'name')),
    kind: textOf(details, 'geofenceKind') ?? (nested && textOf(nested, 'kind')),
    version:
      numberOf(details, 'geofenceVersion', 'version') ?? (nested && numberOf(nested, 'version')) ?? null,
  };
  if (about.id === null && source?.scope === 'geofence') {
    const sourceObject = sourceOf(details);
    about.id = source.id;
    about.name ??= source.name;
    about.version ??= sourceObject && numberOf(sourceObject, 'version', 'geofenceVersion');
  }
  return about.id === null && about.name === null && about.kind === null ? null : about;
}

export interface Figure {
  name: string;
  value: string;
}

/** Units at the end of names, the longest first. */
const UNITS: readonly [suffix: string, write: (value: number) => string][] = [
  ['Mps2', (value) => `${round(value, 1)} m/s²`],
  ['Percent', (value) => `${round(value, 0)} %`],
  ['Kmh', (value) => `${round(value, 0)} km/h`],
  ['Deg', (value) => `${round(value, 0)}°`],
  ['Ms', (value) => clockTime(value)],
  ['M', distance],
  ['S', span],
  ['V', (value) => `${round(value, 1)} V`],
];

const FIGURE_NAMES: Readonly<Record<string, string>> = {
  peakKmh: 'Highest speed',
  meanKmh: 'Mean speed',
  limitKmh: 'Limit',
  toleranceKmh: 'Tolerance',
  distanceM: 'Distance',
  durationS: 'Lasted',
  furthestM: 'Furthest away',
  straightM: 'As the crow flies',
  longestGapS: 'Longest gap between fixes',
  leftAfterMs: 'Last seen there',
  peakSpeedKmh: 'Highest speed',
  maxSpeedKmh: 'Highest speed',
  meanSpeedKmh: 'Mean speed',
  endedBecause: 'Ended because',
  reason: 'Counts because',
  firstSeen: 'Was there when first seen',
  insideS: 'Inside for',
  outsideS: 'Outside for',
  enteredAt: 'Entered',
  peakAt: 'Fastest at',
  thresholdMps2: 'Harsh from',
  peakMps2: 'Strongest',
  fromKmh: 'Speed before',
  toKmh: 'Speed after',
  minDurationS: 'Told from',
  speedDerived: 'Speed derived from the way',
  wasParked: 'Was parked',
  lastFixMs: 'Last fix',
  afterS: 'Silence told from',
  sleepHeartbeatS: 'When parked, from',
  gnssDistanceM: 'By the fixes',
  beforeM: 'Odometer before',
  afterM: 'Odometer after',
  batteryV: 'Battery',
  repeats: 'Told again',
  event: 'As the tracker calls it',
  dwellS: 'Longest stay allowed',
  accuracyM: 'Accuracy of the fix',
  odometerM: 'By the odometer',
  confirmFixes: 'Fixes that agreed',
};

/** Why what lasted began or ended without the vehicle having done so. */
const CAUSE_WORDS: Readonly<Record<string, string>> = {
  windowOpened: 'the geofence became active',
  windowClosed: 'the geofence is not active any more',
  fenceRemoved: 'the geofence was deleted',
  fenceChanged: 'the geofence was changed',
  uninstalled: 'the tracker was taken out',
  disabled: 'the rule was switched off',
  cleared: 'the tracker took it back',
  not_repeated: 'the tracker did not repeat it',
  notRepeated: 'the tracker did not repeat it',
  returned: 'the vehicle came back',
  night_ended: 'the night was over',
  nightEnded: 'the night was over',
  ignitionOn: 'the ignition went on',
  atRest: 'the vehicle came to rest',
  heard: 'the tracker was heard again',
  slowedDown: 'the vehicle slowed down',
  gap: 'nothing was heard for too long',
  limitChanged: 'another limit came to hold',
};

/** What is told in other words, or would tell a reader nothing. */
const UNTOLD = new Set(
  (
    'fixes endFixes geofence geofenceId geofenceName geofenceKind geofenceVersion name version reported ' +
    'inferred placeFrom dwellS limitKmh limit limitFrom limitSource source class since evidence peakLat ' +
    'peakLon returnedTo lat lon fixCount'
  ).split(' '),
);

/** The plain figures of an event, with their units in words. Objects and lists are left out. */
export function figuresOf(details: Details): Figure[] {
  return Object.entries(details).flatMap(([key, value]) => {
    if (UNTOLD.has(key) || key.endsWith('Id')) return [];
    const unit = typeof value === 'number' ? UNITS.find(([suffix]) => hasUnit(key, suffix)) : undefined;
    const name = FIGURE_NAMES[key] ?? words(unit ? key.slice(0, -unit[0].length) : key);
    if (typeof value === 'number') return [{ name, value: unit ? unit[1](value) : count(value) }];
    if (typeof value === 'boolean') return [{ name, value: value ? 'Yes' : 'No' }];
    if ((key === 'endedBecause' || key === 'reason') && typeof value === 'string') {
      return [{ name, value: CAUSE_WORDS[value] ?? words(value).toLowerCase() }];
    }
    if (typeof value === 'string' && value !== '') {
      const atMs = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? Date.parse(value) : Number.NaN;
      return [{ name, value: Number.isNaN(atMs) ? value : clockTime(atMs) }];
    }
    return [];
  });
}

/** `speedM` is in metres, `FROM` is not. */
const hasUnit = (key: string, suffix: string) =>
  key.length > suffix.length && key.endsWith(suffix) && /[a-z0-9]/.test(key.at(-suffix.length - 1) ?? '');

const round = (value: number, digits: number) => Number(value.toFixed(digits)).toLocaleString('en');

/** `340 m`, `1.2 km`. */
export function distance(metres: number): string {
  return metres < 1000 ? `${Math.round(metres)} m` : kilometresExact(metres);
}

/** `40 s`, `4 min 20 s`, `3 h 5 min`, `2 d`. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return whole % 60 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${whole / 60} min`;
  const minutes = Math.floor((whole % 3600) / 60);
  if (whole < 48 * 3600)
    return minutes ? `${Math.floor(whole / 3600)} h ${minutes} min` : `${Math.floor(whole / 3600)} h`;
  return duration(whole);
}
