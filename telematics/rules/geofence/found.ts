import type { AppliedFence } from '../fences.ts';
import type { Finding } from '../finding.ts';
import type { Json } from '../json.ts';
import type { Evidence, Within } from './state.ts';

type Details = Finding['details'];

/** Why something that lasted ended without the vehicle having moved. */
export type EndCause = 'windowClosed' | 'fenceRemoved' | 'fenceChanged' | 'uninstalled' | 'disabled';

export const isoTime = (epochMs: number): string => new Date(epochMs).toISOString();
export const secondsBetween = (fromMs: number, toMs: number): number => (toMs - fromMs) / 1_000;

/** What every event of a geofence says of it. */
function fenceDetails({ geofenceId, version, name, kind }: AppliedFence): Details {
  return { geofenceId, version, name, geofenceKind: kind };
}

/** An event that began with the first fix of the evidence, and is certain with the last. */
export function foundBy(
  kind: Finding['kind'],
  fence: AppliedFence,
  { fixes, lat, lon }: Evidence,
  lasts: boolean,
  more: { [key: string]: Json },
): Finding {
  const startMs = fixes[0]!;
  return {
    rule: 'geofence',
    kind,
    subject: fence.geofenceId,
    startMs,
    confirmedMs: fixes.at(-1)!,
    endMs: lasts ? null : startMs,
    lat,
    lon,
    details: { ...fenceDetails(fence), fixes: fixes.map(isoTime), ...more },
  };
}

export function dwelt(
  fence: AppliedFence,
  { sinceMs, firstSeen }: Within,
  dwellS: number,
  fix: { fixTimeMs: number; lat: number; lon: number },
): Finding {
  const startMs = sinceMs + dwellS * 1_000;
  return {
    rule: 'geofence',
    kind: 'geofenceDwell',
    subject: fence.geofenceId,
    startMs,
    confirmedMs: fix.fixTimeMs,
    endMs: startMs,
    lat: fix.lat,
    lon: fix.lon,
    details: {
      ...fenceDetails(fence),
      fixes: [isoTime(sinceMs), isoTime(fix.fixTimeMs)],
      dwellS,
      enteredAt: isoTime(sinceMs),
      ...(firstSeen && { firstSeen }),
    },
  };
}

/** What lasted, with its end. */
export function ended(episode: Finding, endMs: number, more: { [key: string]: Json }): Finding {
  return { ...episode, endMs, details: { ...episode.details, ...more } };
}

/** What lasted and ended for another cause than the vehicle's way. */
export function endedBy(episode: Finding, endMs: number, endedBecause: EndCause): Finding {
  return ended(episode, endMs, { endedBecause });
}
