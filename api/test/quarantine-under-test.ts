import { randomUUID } from 'node:crypto';
import type { ApiUnderTest, OperatorName } from './api-under-test.ts';

export interface TestQuarantined {
  deviceId?: string;
  topic?: string;
  reason?: string;
  detail?: string;
  payload?: Buffer;
}

/** Quarantines a message as ingest does; its id. */
export async function quarantineMessage(
  api: ApiUnderTest,
  operator: OperatorName,
  {
    deviceId = '42',
    topic = 'devices/x/positions',
    reason = 'malformed',
    detail = 'not JSON',
    payload = Buffer.from('{broken'),
  }: TestQuarantined = {},
): Promise<string> {
  const { rows } = await api.ingestPool.query<{ id: string }>(
    `INSERT INTO quarantine (operator_id, device_id, received_at, topic, reason, detail, payload, log_entry, log_record, log_item)
     VALUES ($1, $2, '2026-11-01T00:00:00Z', $3, $4, $5, $6, $7, 0, 0) RETURNING id`,
    [api.operatorIds[operator], deviceId, topic, reason, detail, payload, randomUUID()],
  );
  return rows[0]!.id;
}
