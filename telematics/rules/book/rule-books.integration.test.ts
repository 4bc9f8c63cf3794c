import { createTestDatabase, type TestDatabase } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { type Listener, listenTo } from '@wayleave/runtime/notifications.ts';
import { createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RULES_CHANNEL, RuleBooks } from './rule-books.ts';

const log = createLog('test', 'fatal');
let database: TestDatabase;
let pool: Pool;
let owner: pg.Client;
let books: RuleBooks;
let listener: Listener;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ url: database.url, role: 'wayleave_ingest', log, maxConnections: 3 });
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(`
    INSERT INTO operators (name) VALUES ('one'), ('two');
    INSERT INTO vehicles (operator_id, label, kind) VALUES (1, 'first', 'car');
    INSERT INTO vehicle_groups (operator_id, name) VALUES (1, 'all');
    INSERT INTO geofences (operator_id) VALUES (1), (2)`);
  books = new RuleBooks({ pool, log, keepMs: 86_400_000, now: Date.now });
  listener = listenTo({
    databaseUrl: database.url,
    role: 'wayleave_ingest',
    channels: [RULES_CHANNEL],
    log,
    onConnected: () => books.changed(null),
    onNotified: (_channel, operatorId) => books.changed(Number(operatorId)),
  });
});
afterAll(async () => {
  books.close();
  await listener.close();
  await pool.end();
  await owner.end();
  await database.drop();
});

const CAR = [
  {
    vehicle: { id: '1', kind: 'car' as const },
    fromMs: Number.NEGATIVE_INFINITY,
    toMs: Number.POSITIVE_INFINITY,
  },
];

/** What holds for the car in the middle of the geofence so many seconds from now. */
async function inSeconds(seconds: number): Promise<{ limitKmh: number | undefined; names: string[] }> {
  const book = await books.ready(1);
  const ms = Date.now() + seconds * 1_000;
  const { speedLimit, fences } = book.contextAt(ms, CAR).context;
  return {
    limitKmh: speedLimit?.limitKmh,
    names: fences.containing(0.3, 32.5, ms).map(({ name, version }) => `${name} ${version}`),
  };
}

/** The next version of an operator's only geofence, which begins as the one before ends. */
async function draw(operatorId: number, version: number, name: string, group: number | null): Promise<void> {
  await owner.query('BEGIN');
  const { rows } = await owner.query<{ valid_to: Date }>(
    `UPDATE geofence_versions SET valid_to = greatest(valid_from, rules_valid_from())
     WHERE geofence_id = $1 AND valid_to = 'infinity' RETURNING valid_to`,
    [operatorId],
  );
  await owner.query(
    `INSERT INTO geofence_versions (operator_id, geofence_id, version, valid_from, name, kind, shape, group_id)
     VALUES ($1, $1, $2, coalesce($5, rules_valid_from()), $3, 'depot',
             '{"type":"Circle","center":[32.5,0.3],"radiusM":500}', $4)`,
    [operatorId, version, name, group, rows[0]?.valid_to ?? null],
  );
  await owner.query('COMMIT');
}

describe('the books of operators', () => {
  it('hear of a change before it holds', async () => {
    expect(await inSeconds(2)).toEqual({ limitKmh: undefined, names: [] });
    await draw(1, 1, 'Yard', null);
    await expect
      .poll(() => inSeconds(2), { timeout: 900 })
      .toEqual({ limitKmh: undefined, names: ['Yard 1'] });
    // The version says from when on.
    expect((await inSeconds(-2)).names).toEqual([]);
    await draw(1, 2, 'Yard', 1);
    await expect.poll(async () => (await inSeconds(3)).names, { timeout: 900 }).toEqual([]);
    await owner.query(
      'INSERT INTO vehicle_group_members (operator_id, group_id, vehicle_id) VALUES (1, 1, 1)',
    );
    await expect.poll(async () => (await inSeconds(3)).names, { timeout: 900 }).toEqual(['Yard 2']);
    await owner.query(
      `INSERT INTO speed_limits (operator_id, scope, kind, limit_kmh) VALUES (1, 'kind', 'car', 80)`,
    );
    await expect.poll(async () => (await inSeconds(3)).limitKmh, { timeout: 900 }).toBe(80);
    await owner.query(
      `INSERT INTO rule_settings (operator_id, version, settings) VALUES (1, 1, '{"timeZone":"Africa/Kampala"}')`,
    );
    const timeZone = async () =>
      (await books.ready(1)).contextAt(Date.now() + 3_000, CAR).context.settings.timeZone;
    await expect.poll(timeZone, { timeout: 900 }).toBe('Africa/Kampala');
  });

  it('know nothing of another operator', async () => {
    await draw(2, 1, 'Theirs', null);
    const book = await books.ready(2);
    expect([...book.versions.values()].map(({ name }) => name)).toEqual(['Theirs']);
    expect((await inSeconds(3)).names).toEqual(['Yard 2']);
  });

  it('miss nothing of what is changed while they are read', async () => {
    for (let version = 3; version <= 40; version += 1) await draw(1, version, `Yard ${version}`, null);
    await expect.poll(async () => (await inSeconds(3)).names, { timeout: 2_000 }).toEqual(['Yard 40 40']);
  });

  it('are read once for all who ask at the same time', async () => {
    const fresh = new RuleBooks({ pool, log, keepMs: 86_400_000, now: Date.now });
    const [one, other] = await Promise.all([fresh.ready(1), fresh.ready(1)]);
    expect(one).toBe(other);
    expect(fresh.get(1)).toBe(one);
  });

  it('are read again after the database was away', async () => {
    const fresh = new RuleBooks({ pool, log, keepMs: 86_400_000, now: Date.now });
    const before = await fresh.ready(1);
    await owner.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'wayleave-ingest'`,
    );
    fresh.changed(null);
    await draw(1, 41, 'Back', null);
    fresh.changed(1);
    await expect.poll(() => before.versions.size, { timeout: 5_000 }).toBe(41);
  });
});
