import { storableText } from '../positions/adapters/storable-text.ts';
import type { EventRoute, Severity } from '../rules/event-kinds.ts';
import type { Finding } from '../rules/finding.ts';
import { findingId } from '../rules/finding-id.ts';
import { storableDetails } from './event-details.ts';

/** A finding on its way into the table, with how its operator has such events handled. */
export interface EventDraft {
  finding: Finding;
  /** Fix time of the fix that told this of it, epoch milliseconds. */
  settledMs: number;
  operatorId: number;
  deviceId: number;
  /** The vehicle that the device was in when it began; null if in none. */
  vehicleId: string | null;
  /** These three count when the event is first recorded, and never again. */
  severity: Severity;
  routes: readonly EventRoute[];
  late: boolean;
  /** A known event takes on this severity and these routes: what it is about turned out worse. */
  isRestated?: boolean;
}

/** A draft as the database takes it. */
export interface EventRecord extends EventDraft {
  id: string;
  kind: string;
  subject: string;
  /** JSON of bounded length. */
  details: string;
}

/**
 * Drafts under their ids: of several of the same event the last one, which knows most; in order of
 * their ids, so that two transactions that record the same events never wait for each other in a circle.
 */
export function recordsOf(drafts: readonly EventDraft[]): EventRecord[] {
  const last = new Map(drafts.map((draft) => [findingId(draft.deviceId, draft.finding), draft]));
  return [...last]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([id, draft]) => ({
      ...draft,
      id,
      kind: storableText(draft.finding.kind),
      subject: storableText(draft.finding.subject),
      details: storableDetails(draft.finding.details),
    }));
}
