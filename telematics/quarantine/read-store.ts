import type { Connection } from '@wayleave/runtime/postgres.ts';

export interface QuarantineRow {
  id: string;
  received_at: Date;
  device_id: string;
  topic: string;
  reason: string;
  detail: string;
  payload: Buffer;
}

/** Newest first, from before `beforeId`. */
export async function listQuarantine(
  connection: Connection,
  beforeId: string,
  limit: number,
): Promise<QuarantineRow[]> {
  const { rows } = await connection.query<QuarantineRow>(
    `SELECT id, received_at, device_id, topic, reason, detail, payload
     FROM quarantine WHERE id < $1 ORDER BY id DESC LIMIT $2`,
    [beforeId, limit],
  );
  return rows;
}
