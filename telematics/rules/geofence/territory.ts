import type { AppliedFence } from '../fences.ts';
import type { Finding } from '../finding.ts';
import { type GoodFix, type Moment, NOTHING_FOUND } from '../rule.ts';
import { hasStood, isCertain, isInReachOfDrift, isUnsure, withFix } from './evidence.ts';
import { type EndCause, ended, endedBy, foundBy, isoTime, secondsBetween } from './found.ts';
import { byGeofenceId } from './ids.ts';
import { type Evidence, MAX_TERRITORIES_MEASURED, type TerritoryWatch } from './state.ts';

export interface TerritoryStep {
  /** The same object if nothing changed. */
  watch: TerritoryWatch | null;
  found: readonly Finding[];
}

const UNKNOWN: TerritoryWatch = { status: null, last: null, change: null, drifted: false, episode: null };
const ASLEEP: TerritoryWatch = { ...UNKNOWN, status: 'asleep' };

/** Whether a fix changes nothing: the usual case, which has to be quick. */
export function isSteadyTerritory(
  watch: TerritoryWatch | null,
  { fixTimeMs }: GoodFix,
  { inside, fences }: Moment,
): boolean {
  if (watch === null) return fences.territories(fixTimeMs).length === 0;
  if (watch.status !== 'in' || watch.change !== null || watch.drifted) return false;
  for (const fence of inside)
    if (fence.geofenceId === watch.last && fence.kind === 'territory') return fence.isActiveAt(fixTimeMs);
  return false;
}

/** The active territories of a vehicle are one: where one ends and another begins nothing is left. */
export function nextTerritory(watch: TerritoryWatch | null, fix: GoodFix, moment: Moment): TerritoryStep {
  const { fixTimeMs } = fix;
  const isActive = (fence: AppliedFence): boolean => fence.isActiveAt(fixTimeMs);
  const holding = moment.inside
    .filter((fence) => fence.kind === 'territory' && isActive(fence))
    .sort(byGeofenceId);
  if (holding.length > 0)
    return whileHeld(settled(watch ?? UNKNOWN, 'in', fix, holding, moment), fix, holding, moment);
  const all = moment.fences.territories(fixTimeMs);
  if (all.length === 0) return ends(watch, null, 'fenceRemoved', fixTimeMs);
  const active = all.filter(isActive).sort(byGeofenceId);
  if (active.length === 0)
    return ends(watch, watch?.status === 'asleep' ? watch : ASLEEP, 'windowClosed', fixTimeMs);
  return whileOutside(settled(watch ?? UNKNOWN, 'out', fix, active, moment), fix, active, moment);
}

/**
 * The watch, with whether the fix of a vehicle that stands is on another side than it only because its
 * fixes wander.
 * @param side on which the fix is
 * @param territories that hold it, or all of them
 */
function settled(
  watch: TerritoryWatch,
  side: 'in' | 'out',
  fix: GoodFix,
  territories: readonly AppliedFence[],
  moment: Moment,
): TerritoryWatch {
  const { status, change } = watch;
  const isBeyond = (status === 'in' || status === 'out') && status !== side && change === null;
  if (!isBeyond || !hasStood(fix, moment)) return watch.drifted ? { ...watch, drifted: false } : watch;
  const measured = territories.slice(0, MAX_TERRITORIES_MEASURED);
  const isNear = (fence: AppliedFence): boolean => isInReachOfDrift(fence, fix, moment.settings.geofence);
  const isNearEnough = side === 'in' ? measured.every(isNear) : measured.some(isNear);
  const drifted = isNearEnough && (watch.drifted || wasHeld(fix, moment) === (status === 'in'));
  return drifted === watch.drifted ? watch : { ...watch, drifted };
}

/** Whether an active territory held the fix before; if it did not hold what the watch says, the vehicle drove there. */
function wasHeld({ fixTimeMs }: GoodFix, { previous, fences }: Moment): boolean {
  return fences
    .containing(previous!.lat, previous!.lon, fixTimeMs)
    .some((fence) => fence.kind === 'territory' && fence.isActiveAt(fixTimeMs));
}

function ends(
  before: TerritoryWatch | null,
  watch: TerritoryWatch | null,
  cause: EndCause,
  atMs: number,
): TerritoryStep {
  return { watch, found: before?.episode ? [endedBy(before.episode, atMs, cause)] : NOTHING_FOUND };
}

/** @param holding the active territories that hold the fix, by their ids */
function whileHeld(
  watch: TerritoryWatch,
  fix: GoodFix,
  holding: readonly AppliedFence[],
  { settings: { geofence: settings } }: Moment,
): TerritoryStep {
  const { status, change: before, last } = watch;
  if (watch.drifted) return { watch, found: NOTHING_FOUND };
  if ((status !== 'in' || before !== null) && holding.every((fence) => isUnsure(fence, fix, settings)))
    return { watch, found: NOTHING_FOUND };
  const within = holding.find(({ geofenceId }) => geofenceId === last) ?? holding[0]!;
  if (status === 'in' && before === null && within.geofenceId === last)
    return { watch, found: NOTHING_FOUND };
  const isIn: TerritoryWatch = {
    status: 'in',
    last: within.geofenceId,
    change: null,
    drifted: false,
    episode: null,
  };
  if (status === 'in') return { watch: isIn, found: NOTHING_FOUND };

  const change = { ...withFix(before?.to === 'in' ? before : null, fix), to: 'in' as const };
  if (!isCertain(change, settings)) return { watch: { ...watch, change }, found: NOTHING_FOUND };
  const { episode } = watch;
  if (episode === null) return { watch: isIn, found: NOTHING_FOUND };
  const backMs = change.fixes[0]!;
  const back = ended(episode, backMs, {
    outsideS: secondsBetween(episode.startMs, backMs),
    returnedTo: within.geofenceId,
    endFixes: change.fixes.map(isoTime),
  });
  return { watch: isIn, found: [back] };
}

/** @param active the territories that the fix is outside of, by their ids, at least one */
function whileOutside(
  watch: TerritoryWatch,
  fix: GoodFix,
  active: readonly AppliedFence[],
  { settings: { geofence: settings } }: Moment,
): TerritoryStep {
  const { status, change: before, last } = watch;
  const isNear = (fence: AppliedFence): boolean => isUnsure(fence, fix, settings);
  if (watch.drifted) return { watch, found: NOTHING_FOUND };
  if (status === 'out' && before === null) return { watch, found: NOTHING_FOUND };
  if (active.slice(0, MAX_TERRITORIES_MEASURED).some(isNear)) return { watch, found: NOTHING_FOUND };
  if (status === 'out') return { watch: { ...watch, change: null }, found: NOTHING_FOUND };

  const change = { ...withFix(before?.to === 'out' ? before : null, fix), to: 'out' as const };
  if (!isCertain(change, settings)) return { watch: { ...watch, change }, found: NOTHING_FOUND };
  const left = active.find(({ geofenceId }) => geofenceId === last) ?? nearestTo(change, active);
  const episode = foundBy('geofenceExit', left, change, true, {
    territories: active.length,
    ...(status === null && { firstSeen: true }),
    ...(status === 'asleep' && { reason: 'windowOpened' }),
  });
  return { watch: { status: 'out', last: null, change: null, drifted: false, episode }, found: [episode] };
}

/** The nearest of those that are measured; of equally near ones the first. */
function nearestTo({ lat, lon }: Evidence, territories: readonly AppliedFence[]): AppliedFence {
  const measured = territories.slice(0, MAX_TERRITORIES_MEASURED);
  let nearest = measured[0]!;
  if (measured.length === 1) return nearest;
  let nearestM = Number.POSITIVE_INFINITY;
  for (const fence of measured) {
    const distanceM = fence.distanceToBoundaryM(lat, lon);
    if (distanceM < nearestM) [nearest, nearestM] = [fence, distanceM];
  }
  return nearest;
}
