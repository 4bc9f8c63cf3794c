import { createTestDatabase, type TestDatabase } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { addToOutbox, claimUnsent, deleteSent, markSent } from '@wayleave/runtime/outbox/store.ts';
import { createPool, inTransaction, type Pool } from '@wayleave/runtime/postgres.ts';
import { commandedDevices } from '@wayleave/telematics/commands/testing/commanded-devices.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  deleteCommands,
  deleteIdempotencyKeys,
  deleteQuarantined,
  expireCommands,
  makePositionPartitions,
} from './maintenance-store.ts';

let database: TestDatabase;
let pool: Pool;
let owner: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({
    url: database.url,
    role: 'wayleave_jobs',
    log: createLog('test', 'fatal'),
    maxConnections: 2,
  });
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
});
afterAll(async () => {
  await pool.end();
  await owner.end();
  await database.drop();
});

const count = async (table: string): Promise<number> =>
  Number((await owner.query<{ count: string }>(`SELECT count(*) FROM ${table}`)).rows[0]!.count);

describe('maintenance, under the role of jobs', () => {
  it('makes partitions once and finds them the next time', async () => {
    await makePositionPartitions(pool, 20);
    expect(await makePositionPartitions(pool, 20)).toBe(0);
  });

  it('deletes what was quarantined too long ago, a few at a time, and nothing else', async () => {
    await owner.query(`
      INSERT INTO quarantine (operator_id, device_id, received_at, topic, reason, detail, payload, log_entry, log_record, log_item)
      SELECT 1, 1, now() - make_interval(days => day), 't', 'malformed', 'd', 'p', day::text, 0, 0
      FROM generate_series(1, 100) AS day`);
    expect(await deleteQuarantined(pool, 90, 6)).toBe(6);
    expect(await deleteQuarantined(pool, 90, 6)).toBe(5);
    expect(await count('quarantine')).toBe(89);
  });

  it('forgets idempotency keys after a day', async () => {
    await owner.query("INSERT INTO operators (name) VALUES ('Test')");
    await owner.query(`
      INSERT INTO idempotency_keys (operator_id, user_id, key, request_hash, status, response, created_at)
      SELECT id, 1, hour::text, 'h', 201, '{}', now() - make_interval(hours => hour)
      FROM operators, generate_series(1, 30) AS hour`);
    expect(await deleteIdempotencyKeys(pool, 24, 100)).toBe(7);
    expect(await count('idempotency_keys')).toBe(23);
  });

  it('closes commands whose time is over, a few at a time, and leaves the others', async () => {
    const fleet = await commandedDevices(owner);
    const deviceId = await fleet.makeDevice();
    const ids = await fleet.ask(deviceId, 'native', ...Array.from({ length: 6 }, () => 'report'));
    const states = ['queued', 'sent', 'delivered', 'answered', 'expired', 'queued'];
    for (const [at, id] of ids.entries()) {
      await owner.query(
        `UPDATE device_commands SET state = $2, answer = CASE WHEN $2 = 'answered' THEN 'ok' END,
           answered_at = CASE WHEN $2 = 'answered' THEN now() END WHERE id = $1`,
        [id, states[at]],
      );
    }
    await fleet.age(ids.slice(0, 5), 86_400);
    expect(await expireCommands(pool, 2)).toBe(2);
    expect(await expireCommands(pool, 2)).toBe(1);
    expect(await expireCommands(pool, 2)).toBe(0);
    const { rows } = await owner.query('SELECT state FROM device_commands ORDER BY id');
    expect(rows.map(({ state }) => state)).toEqual([
      'expired',
      'expired',
      'expired',
      'answered',
      'expired',
      'queued',
    ]);
    await fleet.age(ids.slice(0, 3), 90 * 86_400);
    expect(await deleteCommands(pool, 90, 2)).toBe(2);
    expect(await deleteCommands(pool, 90, 2)).toBe(1);
    expect(await count('device_commands')).toBe(3);
  });

  it('deletes outbox rows only after they were sent, and long ago', async () => {
    const messages = ['old', 'new', 'unsent'].map((key) => ({
      operatorId: 1,
      queue: 'q',
      name: 'n',
      key,
      payload: {},
    }));
    await inTransaction(pool, (connection) => addToOutbox(connection, messages));
    await inTransaction(pool, async (connection) => {
      const claimed = await claimUnsent(connection, 2);
      await markSent(
        connection,
        claimed.map(({ id }) => id),
      );
    });
    await owner.query("UPDATE outbox SET sent_at = now() - interval '8 days' WHERE key = 'old'");
    expect(await inTransaction(pool, (connection) => deleteSent(connection, 7, 100))).toBe(1);
    const { rows } = await owner.query('SELECT key FROM outbox ORDER BY id');
    expect(rows.map((row) => row.key)).toEqual(['new', 'unsent']);
  });
});
