import { addToOutbox } from '@wayleave/runtime/outbox/store.ts';
import type { Connection } from '@wayleave/runtime/postgres.ts';
import { LISTED_PAYLOAD_BYTES, type QuarantineEntryView, SHOWN_PAYLOAD_BYTES } from './entry.ts';
import { quarantineEntryNotFound } from './errors.ts';
import type { QuarantineFilter, QuarantineState } from './filter.ts';
import * as store from './read-store.ts';
import { MAX_MARKED_PER_REQUEST, type NewReplay, type ReplayView } from './replay-request.ts';
import { replayMessage } from './reprocess.ts';

/** @returns what could not be read and fits, newest first, from before `beforeId` */
export async function listQuarantine(
  connection: Connection,
  filter: QuarantineFilter & { state: QuarantineState },
  beforeId: string,
  limit: number,
): Promise<QuarantineEntryView[]> {
  const rows = await store.listQuarantine(connection, filter, beforeId, limit, LISTED_PAYLOAD_BYTES);
  return rows.map(viewOf);
}

/** @throws `quarantine_entry_not_found` */
export async function getQuarantined(connection: Connection, id: string): Promise<QuarantineEntryView> {
  const row = await store.findQuarantined(connection, id, SHOWN_PAYLOAD_BYTES);
  if (!row) throw quarantineEntryNotFound();
  return viewOf(row);
}

/** All the bytes as the tracker sent them. @throws `quarantine_entry_not_found` */
export async function getQuarantinedPayload(connection: Connection, id: string): Promise<Buffer> {
  const payload = await store.findPayload(connection, id);
  if (!payload) throw quarantineEntryNotFound();
  return payload;
}

/**
 * Asks for open messages to be decoded anew, and tells so within the caller's transaction. What
 * waits already or was replayed is not asked for again, so a repeated request changes nothing.
 */
export async function requestReplay(
  connection: Connection,
  operatorId: string,
  replay: NewReplay,
): Promise<ReplayView> {
  const requested =
    'ids' in replay
      ? await store.requestReplayOf(connection, replay.ids)
      : await store.requestReplayWhere(connection, replay.filter, MAX_MARKED_PER_REQUEST);
  if (requested > 0) await addToOutbox(connection, [replayMessage(operatorId)]);
  return { requested };
}

function viewOf(row: store.QuarantineRow): QuarantineEntryView {
  return {
    id: row.id,
    receivedAt: row.received_at.toISOString(),
    deviceId: row.device_id,
    topic: row.topic,
    reason: row.reason,
    detail: row.detail,
    payloadBytes: row.payload_bytes,
    payloadBase64: row.payload_start.toString('base64'),
    payloadTruncated: row.payload_start.length < row.payload_bytes,
    replayRequestedAt: row.replay_requested_at?.toISOString() ?? null,
    replayFailedAt: row.replay_failed_at?.toISOString() ?? null,
    replayedAt: row.replayed_at?.toISOString() ?? null,
  };
}
