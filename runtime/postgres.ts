import pg from 'pg';
import { messageOf } from './errors.ts';
import type { Log } from './log.ts';

/** The database roles of migrations/sql/0001: one per kind of process. */
export type DatabaseRole =
  | 'wayleave_app'
  | 'wayleave_auth'
  | 'wayleave_broker'
  | 'wayleave_ingest'
  | 'wayleave_jobs';

export type Pool = pg.Pool;
/** A connection inside a transaction, or anything else that runs one statement after another. */
export type Connection = pg.ClientBase;

export interface PoolOptions {
  url: string;
  /** Taken at connect, so that no statement ever runs with the login's own rights. */
  role: DatabaseRole;
  log: Log;
  maxConnections: number;
  /** A statement that runs longer is cancelled; 0 lets it run. */
  statementTimeoutMs?: number;
}

export function createPool({
  url,
  role,
  log,
  maxConnections,
  statementTimeoutMs = 15_000,
}: PoolOptions): Pool {
  const pool = new pg.Pool({
    ...clientOptions(url, role),
    max: maxConnections,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 30_000,
  });
  // An idle connection that breaks emits here; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection broke'));
  return pool;
}

/**
 * A late fix of a compressed day opens the segments it falls into, and a batch of them more than
 * TimescaleDB allows a transaction by default (100,000 rows): ingest would try the same batch for
 * ever. What a batch may hold is bounded where it is made. Without the extension it means nothing.
 */
const NO_DECOMPRESSION_LIMIT = 'timescaledb.max_tuples_decompressed_per_dml_transaction=0';

/** Options of a single connection under a role, for LISTEN and for COPY. */
export function clientOptions(url: string, role: DatabaseRole): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: role.replace('_', '-'),
    options: `-c role=${role} -c timezone=UTC -c ${NO_DECOMPRESSION_LIMIT}`,
    keepAlive: true,
  };
}

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it throws.
 * A connection whose ROLLBACK fails is closed instead of going back to the pool.
 */
export async function inTransaction<T>(pool: Pool, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await pool.connect();
  let broken: Error | undefined;
  // A connection that is lost emits; in the pool's hands the pool listens, in ours we have to.
  const onLost = (error: Error): void => {
    broken = error;
  };
  connection.on('error', onLost);
  try {
    await connection.query('BEGIN');
    const result = await work(connection);
    await connection.query('COMMIT');
    return result;
  } catch (error) {
    try {
      await connection.query('ROLLBACK');
    } catch (rollbackError) {
      broken ??= new Error(`the connection is lost: ${messageOf(rollbackError)}`);
    }
    throw error;
  } finally {
    connection.off('error', onLost);
    connection.release(broken);
  }
}

/** A transaction that sees and writes one operator's rows only; row security does the filtering. */
export async function asOperator<T>(
  pool: Pool,
  operatorId: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  return await inTransaction(pool, async (connection) => {
    await connection.query("SELECT set_config('wayleave.operator_id', $1, true)", [operatorId]);
    return await work(connection);
  });
}

/** The SQLSTATE of a database error, if it is one. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/** The name of the constraint that a statement violated, if it did. */
export function violatedConstraint(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.constraint : undefined;
}
