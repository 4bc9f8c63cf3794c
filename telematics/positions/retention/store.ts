import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { PositionRetention } from './retention.ts';

export interface PositionRetentionRow {
  keep_days: number;
  compress_after_days: number;
  updated_at: Date;
}

/** What the transaction's operator has set, if it has. */
export async function findRetention(connection: Connection): Promise<PositionRetentionRow | undefined> {
  const { rows } = await connection.query<PositionRetentionRow>(
    'SELECT keep_days, compress_after_days, updated_at FROM position_retention',
  );
  return rows[0];
}

/** How long an operator keeps positions, if it has set that; on connections under `wayleave_jobs`. */
export async function findKeepDays(connection: Connection, operatorId: number): Promise<number | undefined> {
  const { rows } = await connection.query<{ keep_days: number }>(
    'SELECT keep_days FROM position_retention WHERE operator_id = $1',
    [operatorId],
  );
  return rows[0]?.keep_days;
}

export async function putRetention(
  connection: Connection,
  { keepDays, compressAfterDays }: PositionRetention,
): Promise<void> {
  await connection.query(
    `INSERT INTO position_retention (operator_id, keep_days, compress_after_days)
     VALUES (current_operator(), $1, $2)
     ON CONFLICT (operator_id) DO UPDATE
     SET keep_days = excluded.keep_days, compress_after_days = excluded.compress_after_days, updated_at = now()`,
    [keepDays, compressAfterDays],
  );
}
