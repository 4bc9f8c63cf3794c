import { MAX_CROSSING_M } from '../../geofences/shape/way.ts';
import { distanceM } from '../../positions/distance.ts';
import type { AppliedFence } from '../fences.ts';
import type { Finding } from '../finding.ts';
import { type GoodFix, type Moment, NOTHING_FOUND, type PreviousFix } from '../rule.ts';
import { isCertain, isUnsure, withFix } from './evidence.ts';
import { foundBy, isoTime } from './found.ts';
import { compareIds, inOrder } from './ids.ts';
import { type Crossing, type Evidence, MAX_CROSSINGS, type Place, type Visit } from './state.ts';
import { placeOf } from './visits.ts';

export interface CrossingsStep {
  /** The same array if nothing changed. */
  crossings: readonly Crossing[];
  found: readonly Finding[];
}

const NONE: readonly AppliedFence[] = [];

/** The geofences that the way from the good fix before leads through without ending or beginning there. */
export function cutBy(fix: GoodFix, moment: Moment): readonly AppliedFence[] {
  return moment.previous === null ? NONE : cutWithinGap(moment.previous, fix, moment);
}

/** Of more than can be watched, those whose passing matters most come first. */
const URGENCY: Readonly<Partial<Record<AppliedFence['kind'], number>>> = { forbidden: 0, border: 1 };
const OTHERS_URGENCY = 2;

/**
 * Passages of a geofence that holds neither of two good fixes. A stray fix beyond and the way back pass
 * twice, and so does a vehicle that stands near a boundary: a passage counts once fixes beyond agree that
 * are further from the boundary than their accuracy, and a way back before that takes it back.
 * @param cut what `cutBy` says of this fix
 * @param visits before and after this fix: a geofence that is visited is not passed
 * @param refuted those that held fixes, but not long enough to be a visit
 */
export function nextCrossings(
  crossings: readonly Crossing[],
  fix: GoodFix,
  moment: Moment,
  cut: readonly AppliedFence[],
  visits: { before: readonly Visit[]; after: readonly Visit[]; refuted: readonly Visit[] },
): CrossingsStep {
  if (crossings.length === 0 && cut.length === 0 && visits.refuted.length === 0)
    return { crossings, found: NOTHING_FOUND };
  const { previous, settings } = moment;
  const found: Finding[] = [];
  const next: Crossing[] = [];
  const goOn = (crossing: Crossing, fence: AppliedFence): void => {
    if (isUnsure(fence, fix, settings.geofence)) {
      next.push(crossing);
      return;
    }
    const change = withFix(crossing.change, fix);
    if (isCertain(change, settings.geofence)) found.push(crossedBy(crossing, change, fence));
    else next.push({ ...crossing, change });
  };

  for (const { crossing, fence } of stillBeyond(crossings, fix, moment)) goOn(crossing, fence);
  const known = new Set(
    [...crossings, ...visits.before, ...visits.after].map(({ geofenceId }) => geofenceId),
  );
  const begun = cut
    .filter(({ geofenceId }) => !known.has(geofenceId))
    .map((fence) => ({ from: placeOf(previous!), fence }));
  for (const { geofenceId, from } of visits.refuted) {
    const fence = from && cutWithinGap(from, fix, moment).find((one) => one.geofenceId === geofenceId);
    if (fence) begun.push({ from, fence });
  }
  const added = begun
    .filter(({ fence }) => fence.kind !== 'territory' && fence.isActiveAt(fix.fixTimeMs))
    .sort(byUrgency)
    .slice(0, MAX_CROSSINGS - next.length);
  for (const { from, fence } of added) goOn({ geofenceId: fence.geofenceId, from, change: null }, fence);
  return { crossings: inOrder(crossings, next), found };
}

/** Those whose geofence is there still, and which the way to this fix neither ended in nor took back. */
function stillBeyond(
  crossings: readonly Crossing[],
  fix: GoodFix,
  { previous, inside, fences, settings }: Moment,
): { crossing: Crossing; fence: AppliedFence }[] {
  if (crossings.length === 0 || previous === null || !settings.geofence.crossing) return [];
  // Of so long a way nobody can tell whether it led back.
  if (distanceM(previous.lat, previous.lon, fix.lat, fix.lon) > MAX_CROSSING_M) return [];
  // However long it took, unlike where a passage begins.
  const cut = fences.crossed(previous, fix, fix.fixTimeMs);
  const met = new Set([...cut, ...inside].map(({ geofenceId }) => geofenceId));
  return crossings.flatMap((crossing) => {
    const fence = met.has(crossing.geofenceId) ? null : fences.get(crossing.geofenceId, fix.fixTimeMs);
    return fence === null ? [] : [{ crossing, fence }];
  });
}

/** The geofences that the straight way between two good fixes leads through, if it can be taken for their way. */
function cutWithinGap(
  from: Place | PreviousFix,
  fix: GoodFix,
  { fences, settings }: Moment,
): readonly AppliedFence[] {
  const { crossing, crossingMaxGapS } = settings.geofence;
  if (!crossing || (from.lat === fix.lat && from.lon === fix.lon)) return NONE;
  if (fix.fixTimeMs - from.fixTimeMs > crossingMaxGapS * 1_000) return NONE;
  return fences.crossed(from, fix, fix.fixTimeMs);
}

function byUrgency({ fence: a }: { fence: AppliedFence }, { fence: b }: { fence: AppliedFence }): number {
  const urgency = (URGENCY[a.kind] ?? OTHERS_URGENCY) - (URGENCY[b.kind] ?? OTHERS_URGENCY);
  return urgency || compareIds(a.geofenceId, b.geofenceId);
}

/** It began with the first fix beyond: when exactly the boundary was passed nobody saw. */
function crossedBy({ from }: Crossing, change: Evidence, fence: AppliedFence): Finding {
  const found = foundBy('geofenceCrossed', fence, change, false, {});
  const fixes = [from.fixTimeMs, ...change.fixes].map(isoTime);
  return { ...found, details: { ...found.details, fixes, from: { lat: from.lat, lon: from.lon } } };
}
