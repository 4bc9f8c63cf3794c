/*
 * How far a vehicle really drove: by its odometer where that can be believed beside the distance between
 * its fixes, by that distance where it cannot. Decided for each part of a range by itself, so that an
 * odometer that was replaced or stuck for an hour costs that hour alone (docs/history.md).
 */

/** What the positions of one device add up to in a part of a range, an hour at the most. */
export interface MileagePart {
  /** Epoch milliseconds. */
  startMs: number;
  /** Good positions. */
  positions: number;
  /** Between good fixes, metres; a leg counts where it ends. */
  distanceM: number;
  /** Of that, what was driven: the fixes of a parked vehicle wander. */
  drivenM: number;
  /** From reading to reading of the odometer, metres; null without such a step. */
  odometerM: number | null;
  /** The odometer went back, was set or replaced. */
  isAnotherScale: boolean;
  /** Without a good fix, seconds, beyond what is usual between two fixes. */
  unseenS: number;
}

export type MileageSource = 'odometer' | 'distance';

export interface BestMileage {
  bestM: number;
  /** Where most of it comes from. */
  bestSource: MileageSource;
}

/** An odometer that counts whole kilometres may be so far off at either end of a part, metres. */
const ROUNDING_M = 1_500;
/** Fixes cut corners, and tyres wear: so much less, or more, than the distance an odometer may well run. */
const LEAST_SHARE = 0.75;
const MOST_SHARE = 1.4;
/** What was driven unseen was driven no faster, m/s. */
const UNSEEN_MPS = 40;

/** Where the mileage of a part comes from. */
export function sourceOf({ odometerM, isAnotherScale, drivenM, unseenS }: MileagePart): MileageSource {
  if (odometerM === null || isAnotherScale) return 'distance';
  const isStuck = odometerM < drivenM * LEAST_SHARE - ROUNDING_M;
  const isTooMuch = odometerM > drivenM * MOST_SHARE + ROUNDING_M + unseenS * UNSEEN_MPS;
  return isStuck || isTooMuch ? 'distance' : 'odometer';
}

/** The best of both for all parts together. */
export function bestMileage(parts: Iterable<MileagePart>): BestMileage {
  const metres: Record<MileageSource, number> = { odometer: 0, distance: 0 };
  let hasOdometer = false;
  for (const part of parts) {
    const source = sourceOf(part);
    metres[source] += source === 'odometer' ? part.odometerM! : part.drivenM;
    hasOdometer ||= source === 'odometer';
  }
  return {
    bestM: metres.odometer + metres.distance,
    bestSource: hasOdometer && metres.odometer >= metres.distance ? 'odometer' : 'distance',
  };
}

/** The first of what a device sent within a range, which may go on from what came before the range. */
export interface FirstOfRange {
  /** Start of the part that it is in, epoch milliseconds. */
  partMs: number;
  atMs: number;
}

export interface FirstGoodFix extends FirstOfRange {
  /** From the good fix before it, metres; null if there is nothing to measure from. */
  distanceM: number | null;
  drivenM: number;
}

export interface FirstReading extends FirstOfRange {
  odometerM: number;
  isAnotherScale: boolean;
}

/** What came last before a range, of the same installation; null if nothing did. */
export interface BeforeRange {
  goodFixMs: number | null;
  odometerM: number | null;
}

/** Longer than this without a good fix is not usual, seconds. */
export const USUAL_GAP_S = 120;

/**
 * Parts with what led into the range: a step of the odometer counts where it ends, as a leg does. The
 * first leg of an installation leads from wherever the device was before it, and does not count.
 */
export function joinedTo(
  before: BeforeRange,
  parts: readonly MileagePart[],
  fix: FirstGoodFix | null,
  reading: FirstReading | null,
): MileagePart[] {
  return parts.map((part) => {
    const joined = { ...part };
    if (fix?.partMs === part.startMs) {
      if (before.goodFixMs === null) {
        joined.distanceM -= fix.distanceM ?? 0;
        joined.drivenM -= fix.drivenM;
      } else {
        joined.unseenS += Math.max(0, (fix.atMs - before.goodFixMs) / 1_000 - USUAL_GAP_S);
      }
    }
    if (reading?.partMs === part.startMs && before.odometerM !== null && !reading.isAnotherScale)
      joined.odometerM = (joined.odometerM ?? 0) + Math.max(0, reading.odometerM - before.odometerM);
    return joined;
  });
}
