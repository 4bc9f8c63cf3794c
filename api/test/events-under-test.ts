import { inTransaction } from '@wayleave/runtime/postgres.ts';
import type { EventDraft } from '@wayleave/telematics/events/draft.ts';
import type { EventChange } from '@wayleave/telematics/events/event.ts';
import { overspeedDraft } from '@wayleave/telematics/events/testing/event-drafts.ts';
import { recordFindings, retractEvents } from '@wayleave/telematics/events/write-store.ts';
import type { ApiUnderTest, OperatorName } from './api-under-test.ts';

export type DraftOf = (more?: Omit<Parameters<typeof overspeedDraft>[0], 'operatorId'>) => EventDraft;

/** Makes drafts of an operator's events. */
export function draftsOf(api: ApiUnderTest, operator: OperatorName): DraftOf {
  return (more = {}) => overspeedDraft({ ...more, operatorId: Number(api.operatorIds[operator]) });
}

/** Records findings as ingest does. */
export async function storeEvents(
  api: ApiUnderTest,
  drafts: EventDraft[],
  nowMs = Date.now(),
): Promise<EventChange[]> {
  return await inTransaction(
    api.ingestPool,
    async (connection) => await recordFindings(connection, drafts, nowMs),
  );
}

/** Retracts an event as a replay does. */
export async function retractEvent(
  api: ApiUnderTest,
  id: string,
  nowMs = Date.now(),
): Promise<EventChange[]> {
  return await inTransaction(
    api.ingestPool,
    async (connection) =>
      await retractEvents(connection, [{ id, reason: 'late_data', supersededBy: null }], nowMs),
  );
}
