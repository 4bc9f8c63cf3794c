import type { AppliedFence } from '../fences.ts';
import type { Finding } from '../finding.ts';
import { type GoodFix, type Moment, NOTHING_FOUND } from '../rule.ts';
import { hasStood, isInReachOfDrift } from './evidence.ts';
import { endedBy } from './found.ts';
import { compareIds, inOrder } from './ids.ts';
import { type GeofenceState, MAX_VISITS, type Place, type Visit } from './state.ts';
import { isSteady, nextVisit } from './visit.ts';

export interface VisitsStep {
  /** The same array if nothing changed. */
  visits: readonly Visit[];
  found: readonly Finding[];
  /** Those whose entering was refuted by this fix. */
  refuted: readonly Visit[];
}

/** Takes a good fix to every geofence that holds it or that matters already. */
export function nextVisits(state: GeofenceState, fix: GoodFix, moment: Moment): VisitsStep {
  const { visits } = state;
  if (areSteady(visits, fix, moment.inside)) return { visits, found: NOTHING_FOUND, refuted: [] };
  const stood = hasStood(fix, moment);
  const inside = new Map(moment.inside.map((fence) => [fence.geofenceId, fence]));
  const next: Visit[] = [];
  const found: Finding[] = [];
  const refuted: Visit[] = [];
  for (const visit of [...visits, ...newVisits(state, fix, moment, stood)]) {
    const { geofenceId } = visit;
    const isInside = inside.has(geofenceId);
    const fence = inside.get(geofenceId) ?? moment.fences.get(geofenceId, fix.fixTimeMs);
    if (fence === null) {
      const episode = visit.within?.episode;
      if (episode) found.push(endedBy(episode, fix.fixTimeMs, 'fenceRemoved'));
      continue;
    }
    const isActive = fence.isActiveAt(fix.fixTimeMs);
    const drifted = stood && isActive && isDrifted(visit, fence, isInside, fix, moment);
    const { geofence: settings } = moment.settings;
    const step = nextVisit(visit, { fix, fence, isInside, isActive, drifted, settings });
    found.push(...step.found);
    if (step.refuted) refuted.push(visit);
    if (step.visit !== null) next.push(step.visit);
  }
  return { visits: inOrder(visits, next), found, refuted };
}

/** Whether a fix changes nothing of any geofence: the usual case, which has to be quick. */
export function areSteady(visits: readonly Visit[], fix: GoodFix, inside: readonly AppliedFence[]): boolean {
  if (visits.length !== inside.length) return false;
  for (let at = 0; at < visits.length; at += 1) {
    const visit = visits[at]!;
    const fence = inside[at]!;
    if (visit.geofenceId !== fence.geofenceId || !isSteady(visit, fix, fence)) return false;
  }
  return true;
}

/** Whether the fix of a vehicle that stands is beyond the boundary only because its fixes wander. */
function isDrifted(
  { geofenceId, within, change, drifted }: Visit,
  fence: AppliedFence,
  isInside: boolean,
  fix: GoodFix,
  { previous, fences, settings }: Moment,
): boolean {
  if (change !== null || isInside === (within !== null)) return false;
  if (!isInReachOfDrift(fence, fix, settings.geofence)) return false;
  if (drifted || within === null) return drifted;
  // If the fix before was beyond already, unsure as it may have been, the vehicle drove there.
  return fences
    .containing(previous!.lat, previous!.lon, fix.fixTimeMs)
    .some((held) => held.geofenceId === geofenceId);
}

/** Those that hold the fix and were not watched, as many as may be. */
function newVisits(
  { visits, crossings }: GeofenceState,
  fix: GoodFix,
  { inside, previous, fences }: Moment,
  stood: boolean,
): Visit[] {
  const watched = new Set(visits.map(({ geofenceId }) => geofenceId));
  const added = inside
    .filter(({ geofenceId }) => !watched.has(geofenceId))
    .sort(
      (a, b) =>
        Number(b.kind === 'forbidden') - Number(a.kind === 'forbidden') ||
        compareIds(a.geofenceId, b.geofenceId),
    )
    .slice(0, MAX_VISITS - visits.length);
  if (added.length === 0) return [];
  // As it is now: if it held the fix before, it is the geofence that is new there, not the vehicle.
  const held = new Set(
    previous &&
      fences.containing(previous.lat, previous.lon, fix.fixTimeMs).map(({ geofenceId }) => geofenceId),
  );
  return added.map(({ geofenceId }) => {
    const visit = { geofenceId, within: null, change: null, drifted: false };
    if (previous === null || held.has(geofenceId)) return { ...visit, unseen: 'firstSeen', from: null };
    // If it seemed to have passed through before, it is there that it came from.
    const passed = crossings.find((one) => one.geofenceId === geofenceId);
    return { ...visit, unseen: null, drifted: stood, from: passed?.from ?? placeOf(previous) };
  });
}

export function placeOf({ fixTimeMs, lat, lon }: Place): Place {
  return { fixTimeMs, lat, lon };
}
