import type { Finding } from '../finding.ts';
import { fixTimes } from '../fix-times.ts';
import { type Moment, NOTHING_FOUND, type PreviousFix, type Rule } from '../rule.ts';
import { harshSamples, type ManoeuvreKind, manoeuvreKinds, type Sample } from './manoeuvre.ts';

/** Harsh again so soon is the same manoeuvre. */
const COOL_DOWN_MS = 5_000;
/** A tracker that told of harsh driving within so long measures it itself, and better. */
const TRACKER_TELLS_MS = 24 * 3_600_000;

/** A manoeuvre under way. */
export interface Manoeuvre {
  /** The fix before the first harsh one. */
  startMs: number;
  lat: number;
  lon: number;
  fromKmh: number;
  toKmh: number;
  direction: 1 | -1;
  peakMps2: number;
  thresholdMps2: number;
  /** The last harsh fix. */
  lastMs: number;
  /** Harsh legs. */
  legs: number;
}

export interface HarshState {
  /** When the tracker last told of harsh driving itself; null if it did not within a day. */
  toldMs: number | null;
  /** At most one of each kind. */
  open: { readonly [kind in ManoeuvreKind]?: Manoeuvre };
}

const initial: HarshState = { toldMs: null, open: {} };
const NONE_OPEN: HarshState['open'] = {};

/**
 * Harsh acceleration, braking and cornering, from speed and heading of fixes that follow one another
 * closely. A manoeuvre is told once, with its peak, when it is over.
 */
export const harshDrivingRule: Rule<HarshState> = {
  initial,

  next(before, moment) {
    const { fix, settings } = moment;
    const nowMs = fix.fixTimeMs;
    const toldMs = tellsItself(moment) ? nowMs : recent(before.toldMs, nowMs);
    if (toldMs !== null || !settings.harshDriving.enabled)
      return { state: stateOf(before, toldMs, NONE_OPEN), found: NOTHING_FOUND };
    const over = manoeuvreKinds.filter((kind) => {
      const manoeuvre = before.open[kind];
      return manoeuvre !== undefined && nowMs - manoeuvre.lastMs > COOL_DOWN_MS;
    });
    const found = over.map((kind) => findingOf(kind, before.open[kind]!, nowMs));
    let open = over.length === 0 ? before.open : without(before.open, over);
    const { good, previous } = moment;
    if (good !== null && previous !== null) {
      for (const sample of harshSamples(previous, good, settings.harshDriving))
        open = withSample(open, sample, previous, { atMs: nowMs, speedKmh: good.speedKmh! });
    }
    return {
      state: stateOf(before, toldMs, open),
      found: found.length === 0 ? NOTHING_FOUND : found,
    };
  },

  close: ({ open }, atMs) =>
    manoeuvreKinds.flatMap((kind) => {
      const manoeuvre = open[kind];
      return manoeuvre ? [findingOf(kind, manoeuvre, atMs)] : [];
    }),
};

function tellsItself({ fix }: Moment): boolean {
  if (fix.alarm === null) return false;
  const raised = fix.alarm.split(',');
  return manoeuvreKinds.some((kind) => raised.includes(kind));
}

function recent(toldMs: number | null, nowMs: number): number | null {
  return toldMs !== null && nowMs - toldMs <= TRACKER_TELLS_MS ? toldMs : null;
}

function stateOf(before: HarshState, toldMs: number | null, open: HarshState['open']): HarshState {
  const isEmpty = Object.keys(open).length === 0;
  if (isEmpty && toldMs === null) return initial;
  const isSame = open === before.open || (isEmpty && Object.keys(before.open).length === 0);
  return isSame && toldMs === before.toldMs ? before : { toldMs, open };
}

function without(open: HarshState['open'], kinds: readonly ManoeuvreKind[]): HarshState['open'] {
  return Object.fromEntries(
    Object.entries(open).filter(([kind]) => !kinds.includes(kind as ManoeuvreKind)),
  ) as HarshState['open'];
}

/** Kinds in one order, so that equal states are equal as text too. */
function withOpen(
  open: HarshState['open'],
  changed: ManoeuvreKind,
  manoeuvre: Manoeuvre,
): HarshState['open'] {
  const all = { ...open, [changed]: manoeuvre };
  return Object.fromEntries(manoeuvreKinds.filter((kind) => all[kind]).map((kind) => [kind, all[kind]!]));
}

function withSample(
  open: HarshState['open'],
  { kind, mps2, thresholdMps2, direction }: Sample,
  previous: PreviousFix,
  { atMs, speedKmh }: { atMs: number; speedKmh: number },
): HarshState['open'] {
  const opposite = reversedBy(open, kind, direction, previous.fixTimeMs);
  // There and back at once is a speed, or a heading, that was wrong for one fix.
  if (opposite !== null) return without(open, [opposite]);
  const running = open[kind];
  if (running) {
    const peakMps2 = Math.max(running.peakMps2, mps2);
    return withOpen(open, kind, {
      ...running,
      peakMps2,
      toKmh: speedKmh,
      lastMs: atMs,
      legs: running.legs + 1,
    });
  }
  return withOpen(open, kind, {
    startMs: previous.fixTimeMs,
    lat: previous.lat,
    lon: previous.lon,
    fromKmh: previous.speedKmh!,
    toKmh: speedKmh,
    direction,
    peakMps2: mps2,
    thresholdMps2,
    lastMs: atMs,
    legs: 1,
  });
}

const OPPOSITE: Record<ManoeuvreKind, ManoeuvreKind> = {
  harshAcceleration: 'harshBraking',
  harshBraking: 'harshAcceleration',
  harshCornering: 'harshCornering',
};

/** The kind of the manoeuvre of a single leg, the one just before, that this one takes back. */
function reversedBy(
  open: HarshState['open'],
  kind: ManoeuvreKind,
  direction: 1 | -1,
  sinceMs: number,
): ManoeuvreKind | null {
  const opposite = OPPOSITE[kind];
  const before = open[opposite];
  const isReversed = before !== undefined && before.direction !== direction;
  return isReversed && before.legs === 1 && before.lastMs === sinceMs ? opposite : null;
}

function findingOf(kind: ManoeuvreKind, manoeuvre: Manoeuvre, confirmedMs: number): Finding {
  const { startMs, lat, lon, lastMs } = manoeuvre;
  return {
    rule: 'harsh_driving',
    kind,
    subject: '',
    startMs,
    confirmedMs,
    endMs: startMs,
    lat,
    lon,
    details: {
      peakMps2: Math.round(manoeuvre.peakMps2 * 100) / 100,
      thresholdMps2: manoeuvre.thresholdMps2,
      fromKmh: tenths(manoeuvre.fromKmh),
      toKmh: tenths(manoeuvre.toKmh),
      durationS: (lastMs - startMs) / 1_000,
      ...(kind === 'harshCornering' && { turn: manoeuvre.direction === 1 ? 'right' : 'left' }),
      fixes: fixTimes(startMs, lastMs),
    },
  };
}

const tenths = (kmh: number): number => Math.round(kmh * 10) / 10;
