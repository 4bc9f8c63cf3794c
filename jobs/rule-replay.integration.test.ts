import { asOperator, createPool } from '@wayleave/runtime/postgres.ts';
import { REPLAYS_CHANNEL } from '@wayleave/telematics/rules/replay/replay-store.ts';
import { describe, expect, it } from 'vitest';
import { resumeRuleReplays } from './rule-replay-upkeep.ts';
import {
  books,
  changes,
  database,
  events,
  log,
  OPERATOR,
  owner,
  pool,
  replay,
  replaysUnderTest,
  requested,
  START_MS,
  stored,
  visit,
  waiting,
} from './test/replays-under-test.ts';

replaysUnderTest();

describe('a replay', () => {
  it('raises what stored positions come to, late, and tells the worker that it is done', async () => {
    await stored(0, visit(4));
    await requested();
    const heard = new Promise<string | undefined>((resolve) =>
      owner.once('notification', ({ payload }) => resolve(payload)),
    );
    await owner.query(`LISTEN ${REPLAYS_CHANNEL}`);
    expect(await replay()).toBe('done');
    expect(await heard).toBe('1');
    await owner.query(`UNLISTEN ${REPLAYS_CHANNEL}`);
    expect(await events()).toEqual([
      { kind: 'geofenceEnter', vehicle: 1, step: 3, late: true, retracted: null },
      { kind: 'geofenceExit', vehicle: 1, step: 7, late: true, retracted: null },
    ]);
    expect(await waiting()).toBe(0);
    expect(changes.map(({ change }) => change)).toContain('detected');
    expect(await replay()).toBe('done');
    expect(await events()).toHaveLength(2);
  });

  it('takes back what proves false, and says so to whoever was told', async () => {
    await stored(0, visit(4));
    await requested();
    await replay();
    // What came late shows that it was a receiver's slip.
    await stored(1.5, [1_500, 1_500, 1_500, 1_500]);
    await requested(1.5, 3);
    await replay();
    expect(await events()).toMatchObject([
      { kind: 'geofenceEnter', retracted: 'late_data' },
      { kind: 'geofenceExit', retracted: 'late_data' },
    ]);
    const { rows } = await owner.query(
      `SELECT name, payload->>'kind' AS kind FROM outbox WHERE queue = 'risk-events' AND payload->>'rule' = 'geofence'
       AND payload->>'revision' = '2' ORDER BY kind`,
    );
    expect(rows).toEqual([
      { name: 'telematics.risk.retracted', kind: 'geofenceEnter' },
      { name: 'telematics.risk.retracted', kind: 'geofenceExit' },
    ]);
  });

  it('puts the same visit with an earlier beginning in the place of the one that was known', async () => {
    await stored(0, visit(4));
    await requested();
    await replay();
    await stored(1, [100]);
    await requested(1, 1);
    await replay();
    expect(await events()).toEqual([
      { kind: 'geofenceEnter', vehicle: 1, step: 2, late: true, retracted: null },
      { kind: 'geofenceEnter', vehicle: 1, step: 3, late: true, retracted: 'superseded' },
      { kind: 'geofenceExit', vehicle: 1, step: 7, late: true, retracted: null },
    ]);
    const { rows } = await owner.query(
      'SELECT old.superseded_by = new.id AS is_named FROM events old, events new WHERE old.retracted_at IS NOT NULL AND new.retracted_at IS NULL AND new.kind = old.kind',
    );
    expect(rows).toEqual([{ is_named: true }]);
  });

  it('comes to the same in parts, with a process that stops between two of them', async () => {
    const long = Array.from({ length: 25_000 }, (_, at) => (at % 1_000 < 20 ? 100 : 5_000));
    await stored(0, long);
    await requested();
    const stopping = new AbortController();
    books.ready(OPERATOR).catch(() => {});
    const first = replay({ signal: stopping.signal, onChanged: () => stopping.abort() });
    expect(await first).toBe('more');
    expect(await waiting()).toBe(1);
    const some = (await events()).length;
    expect(some).toBeGreaterThan(5);
    expect(some).toBeLessThan(45);
    expect(await replay()).toBe('done');
    // In the first one it was found; from there nothing was seen to enter.
    expect(await events()).toHaveLength(49);
    expect(await waiting()).toBe(0);
  });

  it('ends where the state is as it was, and leaves what follows untouched', async () => {
    const day = [...visit(4), ...Array<number>(60).fill(5_000)];
    await stored(0, [...day, ...day, ...day, ...day, ...day, ...day]);
    await requested();
    await replay();
    const keyframes = () => owner.query('SELECT fix_time, xmin::text FROM rule_keyframes ORDER BY fix_time');
    const before = (await keyframes()).rows;
    expect(before.length).toBeGreaterThan(5);
    await stored(1, [100]);
    await requested(1, 1);
    await replay();
    expect(await events()).toHaveLength(13);
    expect((await events()).filter((one) => (one as { retracted: string | null }).retracted)).toMatchObject([
      { kind: 'geofenceEnter', step: 3, retracted: 'superseded' },
    ]);
    const after = (await keyframes()).rows;
    expect(after.at(-1)).toEqual(before.at(-1));
    expect(after.at(-2)).toEqual(before.at(-2));
  });

  it('is one job’s at a time', async () => {
    await stored(0, visit(4));
    await requested();
    expect((await Promise.all([replay(), replay(), replay()])).toSorted()).toContain('busy');
    expect(await waiting()).toBe(0);
    expect(await events()).toHaveLength(2);
  });

  it('looks again when something changed while it ran', async () => {
    await stored(0, visit(4));
    await requested();
    const slow = replay({
      bookOf: async (operatorId) => {
        await stored(60, visit(3));
        await requested(60, 65);
        return await books.ready(operatorId);
      },
      onChanged: () => {},
    });
    expect(['done', 'more']).toContain(await slow);
    await replay();
    expect(await waiting()).toBe(0);
    expect(await events()).toHaveLength(4);
  });
});

describe('what asks for a replay', () => {
  it('is an installation that begins or ends in the past', async () => {
    await stored(0, visit(4));
    await requested();
    await replay();
    await owner.query(
      'INSERT INTO latest_positions (device_id, operator_id, newest_fix_time) VALUES (1, 1, $1)',
      [new Date(START_MS + 10 * 60_000)],
    );
    const boundary = new Date(START_MS - 1_000).toISOString();
    await owner.query(`UPDATE installations SET during = tstzrange(lower(during), $1)`, [boundary]);
    await owner.query(
      'INSERT INTO installations (operator_id, vehicle_id, device_id, during) VALUES (1, 2, 1, tstzrange($1, NULL))',
      [boundary],
    );
    expect(await waiting()).toBe(1);
    await replay();
    expect(await events()).toMatchObject([
      { kind: 'geofenceEnter', vehicle: 2, retracted: null },
      { kind: 'geofenceExit', vehicle: 2, retracted: null },
    ]);
  });

  it('is an installation that its operator makes over the API, and that no other operator sees', async () => {
    await owner.query(
      `DELETE FROM installations;
       INSERT INTO latest_positions (device_id, operator_id, newest_fix_time) VALUES (1, 1, '2026-11-18T06:10:00Z')`,
    );
    const app = createPool({ url: database.url, role: 'wayleave_app', log, maxConnections: 1 });
    try {
      await asOperator(app, '1', async (connection) => {
        await connection.query(
          `INSERT INTO installations (operator_id, vehicle_id, device_id, during) VALUES (1, 1, 1, '[2026-11-18,)')`,
        );
      });
      expect(await waiting()).toBe(1);
      const seen = await asOperator(app, '2', async (connection) => {
        const { rows } = await connection.query('SELECT device_id FROM rule_replays');
        return rows;
      });
      expect(seen).toEqual([]);
    } finally {
      await app.end();
    }
  });

  it('tells the queue once, and once more if nobody has worked on it for long', async () => {
    await requested(5, 6);
    await requested(2, 3);
    const told = () => owner.query("SELECT payload FROM outbox WHERE queue = 'reprocess'");
    expect((await told()).rows).toEqual([{ payload: { deviceId: '1', operatorId: '1' } }]);
    expect(await resumeRuleReplays(pool)).toBe(0);
    await owner.query("UPDATE rule_replays SET worked_at = now() - interval '3 minutes'");
    // A device that goes on sending asks all the time, which is no sign that anybody works on it.
    await requested(5, 6);
    expect(await resumeRuleReplays(pool)).toBe(1);
    expect(await resumeRuleReplays(pool)).toBe(0);
    expect((await told()).rows).toHaveLength(2);
    const { rows } = await owner.query('SELECT from_time, until_time FROM rule_replays');
    expect(rows).toEqual([
      { from_time: new Date(START_MS + 120_000), until_time: new Date(START_MS + 360_000) },
    ]);
  });
});
