import type { Connection } from '@wayleave/runtime/postgres.ts';
import { type QuarantineFilter, type QuarantineState, topicPattern } from './filter.ts';

/*
 * What the API does, on connections under the role `wayleave_app`. Ingest writes (write-store.ts)
 * and a job replays (replay-store.ts).
 */

export interface QuarantineRow {
  id: string;
  received_at: Date;
  device_id: string;
  topic: string;
  reason: string;
  detail: string;
  /** The whole payload's length. */
  payload_bytes: number;
  /** Its beginning, as much as was asked for. */
  payload_start: Buffer;
  replay_requested_at: Date | null;
  replay_failed_at: Date | null;
  replayed_at: Date | null;
}

// Cut here, so that what is not shown never leaves the database.
const columns = (maxPayloadBytes: number): string =>
  `id, received_at, device_id, topic, reason, detail, replay_requested_at, replay_failed_at, replayed_at,
   octet_length(payload) AS payload_bytes, substring(payload FROM 1 FOR ${Math.floor(maxPayloadBytes)}) AS payload_start`;

/** Conditions and their parameters, so that one that is not asked for costs the planner nothing. */
function conditionsOf(
  filter: QuarantineFilter,
  first: readonly unknown[],
): { sql: string; values: unknown[] } {
  const values = [...first];
  const parts: string[] = [];
  const add = (condition: string, value: unknown): void => {
    values.push(value);
    parts.push(` AND ${condition} $${values.length}`);
  };
  if (filter.reason !== undefined) add('reason =', filter.reason);
  if (filter.deviceId !== undefined) add('device_id =', filter.deviceId);
  if (filter.topic !== undefined) add('topic ~', topicPattern(filter.topic));
  return { sql: parts.join(''), values };
}

/** Newest first, from before `beforeId`, each with the first `maxPayloadBytes` of its payload. */
export async function listQuarantine(
  connection: Connection,
  { state, ...filter }: QuarantineFilter & { state: QuarantineState },
  beforeId: string,
  limit: number,
  maxPayloadBytes: number,
): Promise<QuarantineRow[]> {
  const conditions = conditionsOf(filter, [beforeId, limit]);
  const isReplayed = state === 'replayed' ? 'IS NOT NULL' : 'IS NULL';
  const { rows } = await connection.query<QuarantineRow>(
    `SELECT ${columns(maxPayloadBytes)} FROM quarantine
     WHERE id < $1 AND replayed_at ${isReplayed}${conditions.sql} ORDER BY id DESC LIMIT $2`,
    conditions.values,
  );
  return rows;
}

/** With the first `maxPayloadBytes` of its payload. */
export async function findQuarantined(
  connection: Connection,
  id: string,
  maxPayloadBytes: number,
): Promise<QuarantineRow | undefined> {
  const { rows } = await connection.query<QuarantineRow>(
    `SELECT ${columns(maxPayloadBytes)} FROM quarantine WHERE id = $1`,
    [id],
  );
  return rows[0];
}

/** All of its bytes. */
export async function findPayload(connection: Connection, id: string): Promise<Buffer | undefined> {
  const { rows } = await connection.query<{ payload: Buffer }>(
    'SELECT payload FROM quarantine WHERE id = $1',
    [id],
  );
  return rows[0]?.payload;
}

const IS_OPEN = 'replayed_at IS NULL AND replay_requested_at IS NULL';

/** Marks those of `ids` that are open and not marked yet; how many. */
export async function requestReplayOf(connection: Connection, ids: readonly string[]): Promise<number> {
  const { rowCount } = await connection.query(
    `UPDATE quarantine SET replay_requested_at = now() WHERE id = ANY($1::bigint[]) AND ${IS_OPEN}`,
    [ids],
  );
  return rowCount ?? 0;
}

/**
 * Marks `limit` of those that fit, are open and not marked yet; how many. The oldest first, but
 * what failed before comes after what was never tried, or it would be in the way of it for ever.
 */
export async function requestReplayWhere(
  connection: Connection,
  filter: QuarantineFilter,
  limit: number,
): Promise<number> {
  const conditions = conditionsOf(filter, [limit]);
  const { rowCount } = await connection.query(
    `UPDATE quarantine SET replay_requested_at = now() WHERE id IN (
       SELECT id FROM quarantine WHERE ${IS_OPEN}${conditions.sql}
       ORDER BY replay_failed_at NULLS FIRST, id LIMIT $1 FOR UPDATE SKIP LOCKED)`,
    conditions.values,
  );
  return rowCount ?? 0;
}
