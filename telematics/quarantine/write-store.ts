import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { RefusalReason } from '../positions/adapters/adapter.ts';
import { storableText } from '../positions/adapters/storable-text.ts';
import { storableDetail } from './detail.ts';

/** Something that a tracker sent and no adapter could read, kept whole. */
export interface QuarantinedMessage {
  operatorId: number;
  deviceId: number;
  receivedAtMs: number;
  topic: string;
  reason: RefusalReason;
  detail: string;
  payload: Buffer;
  /** Where it stands in the uplink log: its identity, should that be read again. */
  logEntry: string;
  logRecord: number;
  logItem: number;
}

const QUARANTINE = `
  INSERT INTO quarantine (operator_id, device_id, received_at, topic, reason, detail, payload, log_entry, log_record, log_item)
  SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::text[], $9::integer[], $10::integer[])
  ON CONFLICT (log_entry, log_record, log_item) DO NOTHING`;

/** Keeps what could not be read; for connections under the role `wayleave_ingest`. */
export async function quarantine(
  connection: Connection,
  messages: readonly QuarantinedMessage[],
): Promise<void> {
  if (messages.length === 0) return;
  await connection.query(QUARANTINE, [
    messages.map((message) => message.operatorId),
    messages.map((message) => message.deviceId),
    messages.map((message) => new Date(message.receivedAtMs).toISOString()),
    messages.map((message) => storableText(message.topic)),
    messages.map((message) => message.reason),
    messages.map((message) => storableDetail(message.detail)),
    messages.map((message) => message.payload),
    messages.map((message) => message.logEntry),
    messages.map((message) => message.logRecord),
    messages.map((message) => message.logItem),
  ]);
}
