import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { QuarantineEntryView } from './entry.ts';
import * as store from './read-store.ts';

/** @returns what could not be read, newest first, from before `beforeId` */
export async function listQuarantine(
  connection: Connection,
  beforeId: string,
  limit: number,
): Promise<QuarantineEntryView[]> {
  const rows = await store.listQuarantine(connection, beforeId, limit);
  return rows.map((row) => ({
    id: row.id,
    receivedAt: row.received_at.toISOString(),
    deviceId: row.device_id,
    topic: row.topic,
    reason: row.reason,
    detail: row.detail,
    payloadBase64: row.payload.toString('base64'),
  }));
}
