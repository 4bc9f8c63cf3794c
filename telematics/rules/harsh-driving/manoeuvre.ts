import type { GoodFix, PreviousFix } from '../rule.ts';
import type { RuleSettings } from '../settings.ts';

export const manoeuvreKinds = ['harshAcceleration', 'harshBraking', 'harshCornering'] as const;
export type ManoeuvreKind = (typeof manoeuvreKinds)[number];

/** Slower than this the heading of a receiver is noise. */
const MIN_CORNERING_KMH = 15;
/** So far a heading may be off between two fixes, degrees; a turn counts only beyond that. */
const HEADING_NOISE_DEG = 3;
/** No road vehicle does more: a speed or heading that jumps so is a fault of the receiver. */
const MAX_MPS2 = 15;
const KMH_PER_KNOT = 1.852;
/** So near to a whole number a speed counts as rounded to it; an adapter or a `real` column adds this little. */
const ROUNDED_KMH = 0.02;

/** What one leg says of a kind of manoeuvre. */
export interface Sample {
  kind: ManoeuvreKind;
  /** At least so hard, m/s², with rounding and noise in the driver's favour; always positive. */
  mps2: number;
  thresholdMps2: number;
  /** 1 for faster or clockwise, -1 for slower or anticlockwise. */
  direction: 1 | -1;
}

const NOTHING_HARSH: readonly Sample[] = [];

/** What of the way between two fixes was harsh: a change of speed, a turn, or both. */
export function harshSamples(
  from: PreviousFix,
  to: GoodFix,
  settings: RuleSettings['harshDriving'],
): readonly Sample[] {
  const elapsedS = (to.fixTimeMs - from.fixTimeMs) / 1_000;
  if (elapsedS > settings.maxIntervalS || from.speedKmh === null || to.speedKmh === null)
    return NOTHING_HARSH;
  const along = speedChange(from.speedKmh, to.speedKmh, elapsedS, settings);
  const across = turn(from, to, elapsedS, settings);
  if (!along && !across) return NOTHING_HARSH;
  return [along, across].filter((sample) => sample !== null);
}

function speedChange(
  fromKmh: number,
  toKmh: number,
  elapsedS: number,
  { accelerationMps2, brakingMps2 }: RuleSettings['harshDriving'],
): Sample | null {
  const changeKmh = toKmh - fromKmh;
  const mps2 = (Math.abs(changeKmh) - roundingKmh(fromKmh, toKmh)) / 3.6 / elapsedS;
  const isFaster = changeKmh > 0;
  const thresholdMps2 = isFaster ? accelerationMps2 : brakingMps2;
  if (mps2 < thresholdMps2 || mps2 > MAX_MPS2) return null;
  return isFaster
    ? { kind: 'harshAcceleration', mps2, thresholdMps2, direction: 1 }
    : { kind: 'harshBraking', mps2, thresholdMps2, direction: -1 };
}

/** Two speeds that a tracker rounds to whole km/h or knots may differ by one step without a change. */
function roundingKmh(a: number, b: number): number {
  if (isMultiple(a, 1) && isMultiple(b, 1)) return 1;
  return isMultiple(a, KMH_PER_KNOT) && isMultiple(b, KMH_PER_KNOT) ? KMH_PER_KNOT : 0;
}

function isMultiple(speedKmh: number, stepKmh: number): boolean {
  return Math.abs(speedKmh - Math.round(speedKmh / stepKmh) * stepKmh) <= ROUNDED_KMH;
}

/** Across the way: speed by rate of turn. */
function turn(
  from: PreviousFix,
  to: GoodFix,
  elapsedS: number,
  { corneringMps2 }: RuleSettings['harshDriving'],
): Sample | null {
  if (from.headingDeg === null || to.headingDeg === null) return null;
  const slowerKmh = Math.min(from.speedKmh!, to.speedKmh!);
  if (slowerKmh < MIN_CORNERING_KMH) return null;
  const turnedDeg = ((to.headingDeg - from.headingDeg + 540) % 360) - 180;
  const surelyDeg = Math.max(0, Math.abs(turnedDeg) - HEADING_NOISE_DEG);
  const mps2 = (slowerKmh / 3.6) * ((surelyDeg * Math.PI) / 180 / elapsedS);
  if (mps2 < corneringMps2 || mps2 > MAX_MPS2) return null;
  return { kind: 'harshCornering', mps2, thresholdMps2: corneringMps2, direction: turnedDeg > 0 ? 1 : -1 };
}
