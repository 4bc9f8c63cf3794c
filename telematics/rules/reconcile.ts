import type { Finding } from './finding.ts';
import { findingKey } from './finding-key.ts';
import type { RuleSettings } from './settings.ts';

/** A finding that is stored, under its id. */
export interface StandingFinding {
  id: string;
  finding: Finding;
  /** Fix time of the fix that told its end, or what else of it changed last. */
  settledMs: number;
  vehicleId: string | null;
}

/** A finding with the fix time of the fix that told it. */
export interface ToldFinding {
  finding: Finding;
  settledMs: number;
  /** Whom it is of, and how it is handled, by what held then. */
  vehicleId: string | null;
  settings: RuleSettings;
}

export interface FalseFinding {
  standing: StandingFinding;
  /** `superseded`: the same thing was found with another beginning. `late_data`: it did not happen. */
  reason: 'superseded' | 'late_data';
  /** The finding in its place; null if there is none. */
  supersededBy: Finding | null;
}

/** What makes stored findings those that a replay found. */
export interface Reconciliation {
  record: ToldFinding[];
  /** Those that were certain before the window, and whose end within it was none: they last. */
  reopen: StandingFinding[];
  retract: FalseFinding[];
}

/** The window that was replayed, in fix time: everything after `afterMs` up to and with `untilMs`. */
export interface ReplayedWindow {
  afterMs: number;
  untilMs: number;
  /** It ended where the state came out as it was, not where the positions or the part of a replay did. */
  isConverged: boolean;
  /** Positions before it may have been deleted: what they led to stands. */
  keptSinceMs: number;
}

/**
 * Compares what is stored of a window with what a replay of it found.
 * @param standing findings that were confirmed in the window, and those confirmed before it that last or
 *   were settled after its beginning
 * @param found what the replay found, each identity once with what it told last
 */
export function reconcile(
  standing: readonly StandingFinding[],
  found: ReadonlyMap<string, ToldFinding>,
  { afterMs, untilMs, isConverged, keptSinceMs }: ReplayedWindow,
): Reconciliation {
  const stored = new Map(standing.map((one) => [findingKey(one.finding), one]));
  const isNew = (finding: Finding): boolean => !stored.has(findingKey(finding));
  const difference: Reconciliation = { record: [], reopen: [], retract: [] };
  for (const [key, told] of found) {
    // What was told of it after the window follows from a state that came out the same.
    const settledMs = stored.get(key)?.settledMs ?? Number.NEGATIVE_INFINITY;
    if (!isConverged || settledMs <= untilMs) difference.record.push(told);
  }
  const candidates = [...found.values()].map(({ finding }) => finding).filter(isNew);
  for (const [key, one] of stored) {
    const { finding, settledMs } = one;
    if (found.has(key)) continue;
    if (finding.confirmedMs > afterMs) {
      if (finding.confirmedMs < keptSinceMs) continue;
      const supersededBy = candidates.find((other) => isSameMatter(other, finding)) ?? null;
      difference.retract.push({
        standing: one,
        reason: supersededBy ? 'superseded' : 'late_data',
        supersededBy,
      });
    } else if (finding.endMs !== null && settledMs > Math.max(afterMs, keptSinceMs) && settledMs <= untilMs) {
      difference.reopen.push(one);
    }
  }
  return difference;
}

/** Whether two findings that overlap are of the same kind and subject: one thing, known better. */
function isSameMatter(a: Finding, b: Finding): boolean {
  if (a.rule !== b.rule || a.kind !== b.kind || a.subject !== b.subject) return false;
  return Math.max(a.startMs, b.startMs) <= Math.min(endOf(a), endOf(b));
}

/** A momentary finding spans the time until it was certain. */
function endOf({ endMs, confirmedMs }: Finding): number {
  return endMs === null ? Number.POSITIVE_INFINITY : Math.max(endMs, confirmedMs);
}
