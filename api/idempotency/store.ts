import type { Connection } from '@wayleave/runtime/postgres.ts';

export interface IdempotencyRow {
  request_hash: Buffer;
  status: number;
  response: unknown;
}

/** Until the transaction ends, requests of the same user and key come one after the other. */
export async function lockKey(connection: Connection, userId: string, key: string): Promise<void> {
  await connection.query(
    `SELECT pg_advisory_xact_lock(hashtextextended(current_operator() || ':' || $1 || ':' || $2, 0))`,
    [userId, key],
  );
}

export async function findAnswer(
  connection: Connection,
  userId: string,
  key: string,
): Promise<IdempotencyRow | undefined> {
  const { rows } = await connection.query<IdempotencyRow>(
    'SELECT request_hash, status, response FROM idempotency_keys WHERE user_id = $1 AND key = $2',
    [userId, key],
  );
  return rows[0];
}

export async function keepAnswer(
  connection: Connection,
  answer: { userId: string; key: string; requestHash: Buffer; status: number; response: unknown },
): Promise<void> {
  await connection.query(
    `INSERT INTO idempotency_keys (operator_id, user_id, key, request_hash, status, response)
     VALUES (current_operator(), $1, $2, $3, $4, $5)`,
    [answer.userId, answer.key, answer.requestHash, answer.status, JSON.stringify(answer.response)],
  );
}
