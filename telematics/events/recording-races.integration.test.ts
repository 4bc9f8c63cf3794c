import { createTestDatabase, type TestDatabase } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createPool, inTransaction, type Pool } from '@wayleave/runtime/postgres.ts';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EventDraft } from './draft.ts';
import type { EventChange } from './event.ts';
import { ended, idOf, overspeedDraft, START_MS } from './testing/event-drafts.ts';
import { eventsOf, recordFindings } from './write-store.ts';

let database: TestDatabase;
let owner: pg.Client;
let ingest: Pool;
let jobs: Pool;
let operatorId: number;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  const log = createLog('test', 'fatal');
  ingest = createPool({ url: database.url, role: 'wayleave_ingest', log, maxConnections: 4 });
  jobs = createPool({ url: database.url, role: 'wayleave_jobs', log, maxConnections: 4 });
  const { rows } = await owner.query("INSERT INTO operators (name) VALUES ('north') RETURNING id");
  operatorId = Number(rows[0].id);
});
afterAll(async () => {
  await Promise.all([ingest.end(), jobs.end()]);
  await owner.end();
  await database.drop();
});
beforeEach(async () => {
  await owner.query('TRUNCATE events, outbox');
});

const record = async (drafts: EventDraft[], nowMs = START_MS, pool = ingest) =>
  await inTransaction(pool, async (connection) => await recordFindings(connection, drafts, nowMs));
const draft = (deviceId = 7) => overspeedDraft({ operatorId, deviceId });
const whatBecame = (changes: EventChange[]) => changes.map(({ change, event }) => [change, event.revision]);
const keys = async () => (await owner.query('SELECT key FROM outbox ORDER BY id')).rows.map(({ key }) => key);

describe('two connections at once', () => {
  /** Resolves once the other connection waits for a lock. */
  const someoneWaits = async () =>
    await expect
      .poll(
        async () =>
          (
            await owner.query(
              "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
            )
          ).rowCount,
        { timeout: 5_000 },
      )
      .toBeGreaterThan(0);

  const race = async (first: EventDraft[], second: EventDraft[]) => {
    let other: Promise<EventChange[]> | undefined;
    const changes = await inTransaction(ingest, async (connection) => {
      const mine = await recordFindings(connection, first, START_MS);
      other = record(second, START_MS + 1, jobs);
      await someoneWaits();
      return mine;
    });
    return [whatBecame(changes), whatBecame(await other!)];
  };

  it('that record the same new finding store and tell it once', async () => {
    const made = draft();
    expect(await race([made], [made])).toEqual([[['detected', 1]], []]);
    expect(await keys()).toEqual([idOf(made)]);
  });

  it('that record the same end make one revision', async () => {
    const made = draft();
    await record([made]);
    expect(await race([ended(made)], [ended(made)])).toEqual([[['ended', 2]], []]);
    expect(await keys()).toEqual([idOf(made), `${idOf(made)}.2`]);
  });

  it('of which one finds it and the other its end tell both, one after the other', async () => {
    const made = draft();
    expect(await race([made], [ended(made)])).toEqual([[['detected', 1]], [['ended', 2]]]);
    expect(await keys()).toEqual([idOf(made), `${idOf(made)}.2`]);
  });

  it('never wait for each other in a circle, whatever the order of their findings', async () => {
    const drafts = Array.from({ length: 40 }, (_, index) => draft(index + 1));
    const shuffled = fc.sample(fc.shuffledSubarray(drafts, { minLength: 30 }), { numRuns: 24, seed: 1 });
    const rounds = shuffled.map(async (some, index) => {
      const pool = index % 2 === 0 ? ingest : jobs;
      return await record(index % 3 === 0 ? some.map((one) => ended(one)) : some, START_MS, pool);
    });
    const changes = (await Promise.all(rounds)).flat();
    const ids = drafts.map(idOf);
    expect(new Set(changes.map(({ event }) => event.id))).toEqual(new Set(ids));
    const revisions = changes.map(({ event }) => `${event.id} ${event.revision}`);
    expect(new Set(revisions).size).toBe(revisions.length);
    expect(await keys()).toHaveLength(changes.length);
    const after = await inTransaction(jobs, async (connection) => await eventsOf(connection, ids));
    for (const { id, revision } of after) {
      expect(changes.filter(({ event }) => event.id === id)).toHaveLength(revision);
    }
  });
});
