import { createTestDatabase, type TestDatabase } from '@wayleave/local/testing.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from './log.ts';
import { createPool, inTransaction, type Pool } from './postgres.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  const log = createLog('test', 'fatal');
  pool = createPool({ url: database.url, role: 'wayleave_jobs', log, maxConnections: 2 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const END_SELF = 'SELECT pg_terminate_backend(pg_backend_pid())';

describe('a transaction', () => {
  it('whose connection is lost rejects, and the next one has another', async () => {
    await expect(inTransaction(pool, (connection) => connection.query(END_SELF))).rejects.toThrow();
    const { rows } = await inTransaction(pool, (connection) => connection.query('SELECT 1 AS one'));
    expect(rows).toEqual([{ one: 1 }]);
  });

  it('whose connection is lost while nothing is asked of it does not end the process', async () => {
    const lost = inTransaction(pool, async (connection) => {
      const { rows } = await connection.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await pool.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await connection.query('SELECT 1');
    });
    await expect(lost).rejects.toThrow();
    expect((await pool.query('SELECT 1')).rowCount).toBe(1);
  });

  it('runs under the role of its pool and under no other', async () => {
    const { rows } = await inTransaction(pool, (connection) =>
      connection.query('SELECT current_user AS role'),
    );
    expect(rows).toEqual([{ role: 'wayleave_jobs' }]);
  });
});
