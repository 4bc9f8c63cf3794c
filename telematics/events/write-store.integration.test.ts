import { createTestDatabase, type TestDatabase } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { type Connection, createPool, inTransaction, type Pool } from '@wayleave/runtime/postgres.ts';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EventDraft } from './draft.ts';
import { type EventChange, riskMessage } from './event.ts';
import { ended, idOf, overspeedDraft, START_MS } from './testing/event-drafts.ts';
import { eventsOf, recordFindings, retractEvents, standingEvents } from './write-store.ts';

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

const NOW_MS = START_MS + 12_345;
const record = async (drafts: EventDraft[], nowMs = NOW_MS, pool = ingest) =>
  await inTransaction(pool, async (connection) => await recordFindings(connection, drafts, nowMs));
const retract = async (id: string, supersededBy: string | null = null) =>
  await inTransaction(
    jobs,
    async (connection) =>
      await retractEvents(connection, [{ id, reason: 'late_data', supersededBy }], NOW_MS + 5_000),
  );
const draft = (more: Omit<Parameters<typeof overspeedDraft>[0], 'operatorId'> = {}) =>
  overspeedDraft({ operatorId, ...more });
const whatBecame = (changes: EventChange[]) => changes.map(({ change, event }) => [change, event.revision]);
const reading = async <T>(read: (connection: Connection) => Promise<T>) => await inTransaction(jobs, read);
const stored = async (id: string) =>
  (await reading(async (connection) => await eventsOf(connection, [id])))[0];
const standingOf = async (deviceId: number, afterMs: number, untilMs: number) =>
  await reading(async (connection) => await standingEvents(connection, deviceId, afterMs, untilMs));
/** What was told, in the order of the outbox. */
const told = async () =>
  (
    await owner.query(
      'SELECT key, name, queue, operator_id::int AS operator, payload FROM outbox ORDER BY id',
    )
  ).rows;
const keys = async () => (await told()).map(({ key }) => key);

describe('recording', () => {
  it('stores a new finding, and tells of it under its id', async () => {
    const made = draft();
    const id = idOf(made);
    expect(whatBecame(await record([made]))).toEqual([['detected', 1]]);
    expect(await stored(id)).toEqual({
      id,
      operatorId: String(operatorId),
      deviceId: '7',
      vehicleId: null,
      rule: 'overspeed',
      kind: 'overspeed',
      subject: '',
      severity: 'warning',
      routes: ['queue', 'live'],
      occurredAt: '2026-11-20T10:00:00.000Z',
      confirmedAt: '2026-11-20T10:00:10.000Z',
      endedAt: null,
      detectedAt: '2026-11-20T10:00:12.345Z',
      changedAt: '2026-11-20T10:00:12.345Z',
      late: false,
      revision: 1,
      retractedAt: null,
      retractionReason: null,
      supersededBy: null,
      lat: 0.3476,
      lon: 32.5825,
      details: made.finding.details,
      acknowledgedAt: null,
      acknowledgedBy: null,
      acknowledgementNote: null,
    });
    const [message, ...others] = await told();
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      key: id,
      queue: 'risk-events',
      name: 'telematics.risk.detected',
      operator: operatorId,
    });
    expect(riskMessage.parse(message.payload)).toEqual(message.payload);
    expect(message.payload).toMatchObject({
      id,
      revision: 1,
      change: 'detected',
      details: made.finding.details,
    });
  });

  it('of nothing asks the database nothing', async () => {
    const silent = { query: () => Promise.reject(new Error('asked')) } as unknown as Connection;
    expect(await recordFindings(silent, [], NOW_MS)).toEqual([]);
    expect(await retractEvents(silent, [], NOW_MS)).toEqual([]);
    expect(await eventsOf(silent, [])).toEqual([]);
  });

  it('changes nothing and tells nothing however often it is repeated', async () => {
    const made = draft({
      finding: { details: { ratio: 0.1 + 0.2, zero: -0, deep: [{ b: 1, a: [1e21, 5e-324] }] } },
    });
    await record([made]);
    const before = await stored(idOf(made));
    for (const pool of [ingest, jobs, ingest])
      expect(await record([made], NOW_MS + 60_000, pool)).toEqual([]);
    expect(await stored(idOf(made))).toEqual(before);
    expect(await keys()).toEqual([idOf(made)]);
  });

  it('makes one revision of its end, one of another figure, and tells each', async () => {
    const made = draft();
    const id = idOf(made);
    await record([made]);
    expect(whatBecame(await record([ended(made)], NOW_MS + 1_000))).toEqual([['ended', 2]]);
    expect(whatBecame(await record([ended(made, { peakKmh: 75 })], NOW_MS + 2_000))).toEqual([
      ['amended', 3],
    ]);
    expect(await stored(id)).toMatchObject({
      endedAt: '2026-11-20T10:01:00.000Z',
      detectedAt: '2026-11-20T10:00:12.345Z',
      changedAt: '2026-11-20T10:00:14.345Z',
      details: { peakKmh: 75 },
    });
    expect(await keys()).toEqual([id, `${id}.2`, `${id}.3`]);
    expect((await told()).map(({ payload }) => [payload.change, payload.revision])).toEqual([
      ['detected', 1],
      ['ended', 2],
      ['amended', 3],
    ]);
  });

  it.each([
    ['confirmedMs', START_MS + 20_000],
    ['lat', 0.5],
    ['lon', null],
  ] as const)('another %s is an amendment', async (field, value) => {
    const made = draft();
    await record([made]);
    expect(whatBecame(await record([{ ...made, finding: { ...made.finding, [field]: value } }]))).toEqual([
      ['amended', 2],
    ]);
  });

  it('keeps severity, routes, lateness and detection as they were first', async () => {
    const made = draft();
    await record([made]);
    await record([{ ...ended(made), severity: 'critical', routes: [], late: true }], NOW_MS + 1_000);
    expect(await stored(idOf(made))).toMatchObject({
      severity: 'warning',
      routes: ['queue', 'live'],
      late: false,
      detectedAt: '2026-11-20T10:00:12.345Z',
    });
    expect(await keys()).toHaveLength(2);
  });

  it('of several of one event in a call keeps the last, as one revision', async () => {
    const made = draft();
    expect(whatBecame(await record([made, ended(made)]))).toEqual([['detected', 1]]);
    expect(await stored(idOf(made))).toMatchObject({ endedAt: '2026-11-20T10:01:00.000Z', revision: 1 });
    const [message] = await told();
    expect(message.payload.endedAt).toBe('2026-11-20T10:01:00.000Z');
  });

  it('remembers which fix told it last without calling that a change', async () => {
    const made = draft();
    await record([ended(made)]);
    expect(await record([{ ...ended(made), settledMs: START_MS + 90_000 }], NOW_MS + 1_000)).toEqual([]);
    const [standing] = await standingOf(7, START_MS + 80_000, Infinity);
    expect(standing).toMatchObject({ id: idOf(made), settledMs: START_MS + 90_000 });
    expect(await stored(idOf(made))).toMatchObject({ revision: 1, changedAt: '2026-11-20T10:00:12.345Z' });
    expect(await keys()).toEqual([idOf(made)]);
  });

  it('stores what is not routed to the queue without a message', async () => {
    const quiet = draft({ routes: ['live'] });
    const silent = draft({ deviceId: 8, routes: [] });
    expect(whatBecame(await record([quiet, silent]))).toEqual([
      ['detected', 1],
      ['detected', 1],
    ]);
    expect(await stored(idOf(silent))).toMatchObject({ routes: [] });
    await record([ended(quiet), ended(silent)]);
    await retract(idOf(quiet));
    expect(await told()).toEqual([]);
  });

  it('takes what no text of PostgreSQL can hold', async () => {
    const odd = draft({
      finding: { rule: 'alarms', kind: 'x\0', subject: '\ud800', details: { note: '\0' } },
    });
    await record([odd]);
    expect(await stored(idOf(odd))).toMatchObject({
      kind: 'x\ufffd',
      subject: '\ufffd',
      details: { note: '\ufffd' },
    });
    expect(await record([odd])).toEqual([]);
  });

  it('rolls back with its transaction, the message too', async () => {
    const made = draft();
    const failing = inTransaction(ingest, async (connection) => {
      await recordFindings(connection, [made], NOW_MS);
      throw new Error('crashed');
    });
    await expect(failing).rejects.toThrow('crashed');
    expect(await stored(idOf(made))).toBeUndefined();
    expect(await told()).toEqual([]);
    expect(whatBecame(await record([made]))).toEqual([['detected', 1]]);
  });
});

describe('retraction', () => {
  it('keeps the event with its reason, and tells it once', async () => {
    const made = draft();
    const instead = draft({ finding: { startMs: START_MS + 1_000 } });
    const id = idOf(made);
    await record([made, instead]);
    expect(whatBecame(await retract(id, idOf(instead)))).toEqual([['retracted', 2]]);
    expect(await retract(id)).toEqual([]);
    expect(await retract('00000000-0000-5000-8000-000000000000')).toEqual([]);
    expect(await stored(id)).toMatchObject({
      retractedAt: '2026-11-20T10:00:17.345Z',
      retractionReason: 'late_data',
      supersededBy: idOf(instead),
      revision: 2,
    });
    const last = (await told()).at(-1);
    expect(last).toMatchObject({ key: `${id}.2`, name: 'telematics.risk.retracted' });
    expect(riskMessage.parse(last.payload)).toMatchObject({
      change: 'retracted',
      retractionReason: 'late_data',
      supersededBy: idOf(instead),
    });
  });

  it('is undone where the same is found again, and that is told', async () => {
    const made = draft();
    const id = idOf(made);
    await record([made]);
    await retract(id);
    expect(whatBecame(await record([ended(made)], NOW_MS + 9_000))).toEqual([['reinstated', 3]]);
    expect(await stored(id)).toMatchObject({
      retractedAt: null,
      retractionReason: null,
      supersededBy: null,
      endedAt: '2026-11-20T10:01:00.000Z',
    });
    expect(await keys()).toEqual([id, `${id}.2`, `${id}.3`]);
    expect((await told()).map(({ name }) => name)).toEqual([
      'telematics.risk.detected',
      'telematics.risk.retracted',
      'telematics.risk.reinstated',
    ]);
  });
});

describe('what stands', () => {
  const standing = async (afterMs: number, untilMs: number, deviceId = 7) =>
    (await standingOf(deviceId, afterMs, untilMs)).map(({ finding }) => (finding.startMs - START_MS) / 1_000);
  /** Certain ten seconds after it began. */
  const from = (startS: number, endS: number | null, more: object = {}) => {
    const startMs = START_MS + startS * 1_000;
    const endMs = endS === null ? null : START_MS + endS * 1_000;
    const settledMs = endMs ?? startMs + 10_000;
    return draft({ settledMs, finding: { startMs, confirmedMs: startMs + 10_000, endMs, ...more } });
  };

  it('is what became certain in the span, and what had before and lasted into it', async () => {
    await record([
      from(0, 50),
      from(100, 190),
      from(140, null),
      from(200, 300),
      from(290, null),
      from(291, 400),
    ]);
    expect(await standing(START_MS + 150_000, START_MS + 300_000)).toEqual([100, 140, 200, 290]);
    expect(await standing(START_MS + 190_000, START_MS + 210_000)).toEqual([140, 200]);
    expect(await standing(-Infinity, Infinity)).toEqual([0, 100, 140, 200, 290, 291]);
    expect(await standing(-Infinity, Infinity, 8)).toEqual([]);
  });

  it('leaves out what was retracted and what rules beside the engine found', async () => {
    const made = from(0, 50);
    const undated = from(1, 50, { rule: 'undated_alarm', kind: 'sos' });
    const silence = from(2, null, { rule: 'silence', kind: 'silence' });
    await record([made, from(3, 50), undated, silence]);
    await retract(idOf(made));
    expect(await standing(-Infinity, Infinity)).toEqual([3]);
  });

  it('comes back as the very finding that was recorded', async () => {
    const made = ended(
      draft({ finding: { details: { peakKmh: 72.3, source: { id: '3' }, fixes: [START_MS] } } }),
    );
    await record([made]);
    expect(await standingOf(7, -Infinity, Infinity)).toEqual([
      { id: idOf(made), finding: made.finding, settledMs: made.settledMs, vehicleId: null },
    ]);
  });
});
