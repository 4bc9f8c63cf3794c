import type { Connection } from '@wayleave/runtime/postgres.ts';

/**
 * Until the transaction ends, changes of one thing by the transaction's operator come one after the
 * other: where the row to lock does not exist yet, or its rows are counted before another is added.
 */
export async function lockForOperator(
  connection: Connection,
  thing: 'geofences' | 'vehicle groups' | 'speed limits' | 'rule settings',
): Promise<void> {
  await connection.query(
    `SELECT pg_advisory_xact_lock(hashtextextended(current_operator() || ':' || $1, 0))`,
    [thing],
  );
}
