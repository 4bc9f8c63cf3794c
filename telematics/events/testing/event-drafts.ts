import type { Finding } from '../../rules/finding.ts';
import { findingId } from '../../rules/finding-id.ts';
import type { EventDraft } from '../draft.ts';

export const START_MS = Date.parse('2026-11-20T10:00:00Z');

/** An overspeed that lasts, of device 7 in no vehicle, with what a test says of it. */
export function overspeedDraft({
  finding = {},
  ...more
}: Partial<Omit<EventDraft, 'finding'>> & { operatorId: number; finding?: Partial<Finding> }): EventDraft {
  return {
    deviceId: 7,
    vehicleId: null,
    severity: 'warning',
    routes: ['queue', 'live'],
    late: false,
    settledMs: START_MS + 10_000,
    ...more,
    finding: {
      rule: 'overspeed',
      kind: 'overspeed',
      subject: '',
      startMs: START_MS,
      confirmedMs: START_MS + 10_000,
      endMs: null,
      lat: 0.3476,
      lon: 32.5825,
      details: { limitKmh: 50, peakKmh: 72.5, source: { scope: 'vehicle', id: '3' }, fixes: [START_MS] },
      ...finding,
    },
  };
}

/** The draft of the same event a minute later, when it is over. */
export function ended(draft: EventDraft, details = draft.finding.details): EventDraft {
  const endMs = draft.finding.startMs + 60_000;
  return { ...draft, settledMs: endMs, finding: { ...draft.finding, endMs, details } };
}

/** The id under which a draft is stored. */
export const idOf = ({ deviceId, finding }: EventDraft): string => findingId(deviceId, finding);
