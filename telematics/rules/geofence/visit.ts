import type { AppliedFence } from '../fences.ts';
import type { Finding } from '../finding.ts';
import { type GoodFix, NOTHING_FOUND } from '../rule.ts';
import { type GeofenceSettings, isCertain, isUnsure, withFix } from './evidence.ts';
import { dwelt, ended, endedBy, foundBy, isoTime, secondsBetween } from './found.ts';
import type { Visit, Within } from './state.ts';

export interface VisitStep {
  /** Null once it no longer matters. The same object if nothing changed. */
  visit: Visit | null;
  found: readonly Finding[];
  /** That it entered was refuted: fixes that seemed to be inside were strays, or all of a short passage. */
  refuted: boolean;
}

/** How a fix stands to a geofence that holds for the vehicle. */
export interface Sight {
  fix: GoodFix;
  fence: AppliedFence;
  isInside: boolean;
  isActive: boolean;
  /** The vehicle stands, and its fixes wandered over the boundary. */
  drifted: boolean;
  settings: GeofenceSettings;
}

/** Whether a fix changes nothing of a visit: the usual case, which has to be quick. */
export function isSteady(visit: Visit, { fixTimeMs }: GoodFix, fence: AppliedFence): boolean {
  const { within, change, drifted } = visit;
  if (within === null || change !== null || drifted || !fence.isActiveAt(fixTimeMs)) return false;
  if ((within.episode !== null) !== (fence.kind === 'forbidden')) return false;
  return within.dwelt || fence.dwellS === null || fixTimeMs < within.sinceMs + fence.dwellS * 1_000;
}

export function nextVisit(before: Visit, sight: Sight): VisitStep {
  const { drifted } = sight;
  const visit = before.drifted === drifted ? before : { ...before, drifted };
  if (drifted) return stays(visit);
  return visit.within === null ? whileOutside(visit, sight) : whileWithin(visit, visit.within, sight);
}

const stays = (visit: Visit | null, found = NOTHING_FOUND): VisitStep => ({ visit, found, refuted: false });

function whileOutside(visit: Visit, sight: Sight): VisitStep {
  const { fix, fence, isInside, isActive, settings } = sight;
  const refuted = visit.change !== null;
  if (!isActive) {
    if (!isInside) return { visit: null, found: NOTHING_FOUND, refuted };
    if (!refuted && visit.unseen === 'windowOpened') return stays(visit);
    return stays({ ...visit, change: null, unseen: 'windowOpened', from: null });
  }
  if (!isInside) {
    if (refuted && isUnsure(fence, fix, settings)) return stays(visit);
    return { visit: null, found: NOTHING_FOUND, refuted };
  }
  if (isUnsure(fence, fix, settings)) return stays(visit);
  const reason = visit.unseen === 'windowOpened' ? visit.unseen : null;
  const change = { ...withFix(visit.change, fix), reason };
  if (!isCertain(change, settings)) return stays({ ...visit, change });

  const firstSeen = visit.unseen === 'firstSeen';
  const isForbidden = fence.kind === 'forbidden';
  const enter = foundBy('geofenceEnter', fence, change, isForbidden, {
    ...(firstSeen && { firstSeen }),
    ...(reason && { reason }),
  });
  const isTold = isForbidden || (fence.kind !== 'territory' && !firstSeen);
  const within: Within = {
    sinceMs: change.fixes[0]!,
    version: fence.version,
    firstSeen,
    reason,
    dwelt: false,
    episode: isForbidden ? enter : null,
  };
  return dwelling(
    { geofenceId: visit.geofenceId, within, change: null, unseen: null, drifted: false, from: null },
    within,
    sight,
    isTold ? [enter] : NOTHING_FOUND,
  );
}

function whileWithin(visit: Visit, within: Within, sight: Sight): VisitStep {
  const { fix, fence, isInside, isActive, settings } = sight;
  if (isInside && isActive) {
    if (visit.change === null) return dwelling(visit, within, sight, NOTHING_FOUND);
    if (isUnsure(fence, fix, settings)) return stays(visit);
    return dwelling({ ...visit, change: null }, within, sight, NOTHING_FOUND);
  }
  // A closed window is no matter of accuracy.
  if (isActive && isUnsure(fence, fix, settings)) return stays(visit);
  const reason = visit.change ? visit.change.reason : isInside ? 'windowClosed' : null;
  const change = { ...withFix(visit.change, fix), reason };
  if (!isCertain(change, settings)) return stays({ ...visit, change });

  const exitedMs = change.fixes[0]!;
  const insideS = secondsBetween(within.sinceMs, exitedMs);
  const left: Visit | null = isInside
    ? {
        geofenceId: visit.geofenceId,
        within: null,
        change: null,
        unseen: 'windowOpened',
        drifted: false,
        from: null,
      }
    : null;
  if (within.episode !== null) {
    const more = {
      insideS,
      endFixes: change.fixes.map(isoTime),
      ...(within.version !== fence.version && { leftVersion: fence.version }),
      ...(reason && { endedBecause: reason }),
    };
    return stays(left, [ended(within.episode, exitedMs, more)]);
  }
  if (fence.kind === 'territory' || fence.kind === 'forbidden') return stays(left);
  const exit = foundBy('geofenceExit', fence, change, false, {
    enteredAt: isoTime(within.sinceMs),
    insideS,
    ...(within.firstSeen && { firstSeen: true }),
    ...(within.version !== fence.version && { enteredVersion: within.version }),
    ...(reason && { reason }),
  });
  return stays(left, [exit]);
}

/** A fix that is still inside: whether it stays for long, and whether the geofence is still of the same kind. */
function dwelling(visit: Visit, before: Within, sight: Sight, already: readonly Finding[]): VisitStep {
  const { fix, fence } = sight;
  let within = before;
  const found = [...already];
  if (within.episode !== null && fence.kind !== 'forbidden') {
    found.push(endedBy(within.episode, fix.fixTimeMs, 'fenceChanged'));
    within = { ...within, episode: null };
  } else if (within.episode === null && fence.kind === 'forbidden') {
    const episode = foundBy('geofenceEnter', fence, withFix(null, fix), true, { reason: 'fenceChanged' });
    found.push(episode);
    within = { ...within, episode };
  }
  const { dwellS } = fence;
  if (!within.dwelt && dwellS !== null && fix.fixTimeMs >= within.sinceMs + dwellS * 1_000) {
    found.push(dwelt(fence, within, dwellS, fix));
    within = { ...within, dwelt: true };
  }
  return stays(within === before ? visit : { ...visit, within }, found);
}
