import { setTimeout as sleep } from 'node:timers/promises';
import { ENGINE_VERSION } from '@wayleave/telematics/rules/engine.ts';
import { deleteOldKeyframes } from '@wayleave/telematics/rules/keyframe-store.ts';
import { describe, expect, it } from 'vitest';
import { resumeRuleReplays } from './rule-replay-upkeep.ts';
import {
  books,
  events,
  owner,
  pool,
  replay,
  replaysUnderTest,
  requested,
  START_MS,
  standing,
  standingAnew,
  stored,
  visit,
  waiting,
} from './test/replays-under-test.ts';

replaysUnderTest();

describe('a replay of much, or of what is long ago', () => {
  it('ends in one part what was thought to end in the next, and in the next what was thought to end before', async () => {
    const standsAt = (from: number, to: number): number[] =>
      Array.from({ length: 10_500 }, (_, at) => (at >= from && at < to ? 100 : 3_000 + (at % 40) * 100));
    await owner.query("UPDATE geofence_versions SET kind = 'forbidden'");
    try {
      await stored(0, standsAt(9_900, 10_100));
      await requested();
      await replay();
      const visits = [
        [9_900, 9_950],
        [9_900, 10_200],
        [9_900, 10_499],
        [9_900, 9_990],
      ] as const;
      for (const [from, to] of visits) {
        await stored(0, standsAt(from, to));
        await requested();
        await replay();
        const found = await standing();
        expect(found).toEqual(await standingAnew());
      }
    } finally {
      await owner.query("UPDATE geofence_versions SET kind = 'depot'");
    }
  }, 60_000);

  it('opens again what did not end, as if its end had never been told', async () => {
    const parked = [...visit(4), ...Array<number>(400).fill(5_000)];
    await stored(0, parked);
    await requested();
    await replay();
    const before = await standing();
    // A while later it seems to have left.
    await stored(200, [5_000, 6_000, 7_000, 8_000, 9_000, 10_000]);
    await requested(200, 203);
    await replay();
    expect(await standing()).not.toEqual(before);
    await owner.query('DELETE FROM positions WHERE fix_time > $1', [new Date(START_MS + 199 * 60_000)]);
    await requested(200, 203);
    await replay();
    const reopened = await standing();
    expect(reopened).toEqual(await standingAnew());
  });

  it('lets stand what came of positions that were deleted since', async () => {
    const DAY_MIN = 1_440;
    const day = [...visit(4), ...Array<number>(90).fill(5_000)];
    for (const at of [-2, -1, 0]) await stored(at * DAY_MIN, day);
    await requested(-3 * DAY_MIN);
    await replay();
    const known = await standing();
    expect(known.length).toBeGreaterThan(10);
    // Kept for two days, and then a fix comes of a time before.
    await owner.query(
      'INSERT INTO position_retention (operator_id, keep_days, compress_after_days) VALUES (1, 2, 3)',
    );
    try {
      await owner.query("DELETE FROM positions WHERE fix_time < '2026-11-18Z'");
      const now = (): number => Date.UTC(2026, 10, 20, 12);
      for (const lateMin of [-2 * DAY_MIN + 30, -DAY_MIN + 30]) {
        await stored(lateMin, [5_000]);
        await requested(lateMin, lateMin);
        expect(await replay({ now })).toBe('done');
      }
      expect(await standing()).toEqual(known);
      // What comes late of the time that is kept is taken up as ever.
      await stored(1.5, [1_500, 1_500, 1_500, 1_500]);
      await requested(1.5, 3);
      await replay({ now });
      expect((await standing()).length).toBeLessThan(known.length);
      expect(
        (await events()).slice(0, 4).every((one) => (one as { retracted: unknown }).retracted === null),
      ).toBe(true);
    } finally {
      await owner.query('DELETE FROM position_retention');
    }
  });

  it('is told of to nobody else as long as it goes on', async () => {
    await stored(0, Array<number>(10_500).fill(5_000));
    await requested();
    const told: number[] = [];
    const old = "UPDATE rule_replays SET worked_at = now() - interval '3 minutes'";
    await replay({
      bookOf: async (operatorId) => {
        // Claimed just now, however long it waited.
        told.push(await resumeRuleReplays(pool));
        await owner.query(old);
        return await books.ready(operatorId);
      },
      onChanged: () => {},
    });
    expect(told).toEqual([0]);
    await requested();
    await owner.query(old);
    const stopping = new AbortController();
    await replay({
      signal: stopping.signal,
      bookOf: async (operatorId) => {
        await owner.query(old);
        return await books.ready(operatorId);
      },
      onChanged: () => stopping.abort(),
    });
    // A part of it is done, and the rest goes on from there.
    expect(await waiting()).toBe(1);
    expect(await resumeRuleReplays(pool)).toBe(0);
  });

  it('fails alone when its connection is lost, and is done by the next job', async () => {
    await stored(0, visit(4));
    await requested();
    const failing = replay({
      bookOf: async (operatorId) => {
        const book = await books.ready(operatorId);
        await owner.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND application_name = 'wayleave-jobs' AND datname = current_database()",
        );
        await sleep(100);
        return book;
      },
      onChanged: () => {},
    });
    await expect(failing).rejects.toThrow();
    expect(await replay()).toBe('done');
    expect(await events()).toHaveLength(2);
  });

  it('has the days of its positions summed up again, however far back it was asked for', async () => {
    for (const day of [0, 1, 2]) await stored(day * 1_440, visit(4));
    for (const since of ['-infinity', '2020-01-01']) {
      await owner.query("SELECT request_rule_replay(1, 1, $1, 'infinity')", [since]);
      await replay();
      const { rows } = await owner.query('DELETE FROM summary_requests RETURNING day::text, vehicle_id');
      // With the days beside them, in which they may be elsewhere on earth.
      const days = ['17', '18', '19', '20', '21'].map((day) => ({ day: `2026-11-${day}`, vehicle_id: '1' }));
      expect(rows.toSorted((a, b) => (a.day < b.day ? -1 : 1))).toEqual(days);
    }
  });

  it('leaves a turn to others when there is much to go through', async () => {
    const atOnce = 10_000;
    for (let at = 0; at < 6 * atOnce; at += atOnce) await stored(at / 2, Array<number>(atOnce).fill(5_000));
    await requested();
    expect(await replay()).toBe('more');
    expect(await waiting()).toBe(1);
    expect(await replay()).toBe('done');
    expect(await waiting()).toBe(0);
  }, 30_000);
});

describe('keyframes', () => {
  const keptAfter = async (keyframes: readonly { days: number; engine?: number }[]): Promise<number[]> => {
    await owner.query(
      `INSERT INTO rule_keyframes (device_id, fix_time, engine, state)
       SELECT 1, date_trunc('day', now(), 'UTC') - days * INTERVAL '1 day', engine, 'null'
       FROM unnest($1::float8[], $2::integer[]) AS kept (days, engine)`,
      [keyframes.map(({ days }) => days), keyframes.map(({ engine = ENGINE_VERSION }) => engine)],
    );
    const client = await pool.connect();
    try {
      while ((await deleteOldKeyframes(client, { keepAllDays: 14, keepDays: 401 }, 2)) === 2);
    } finally {
      client.release();
    }
    const { rows } = await owner.query(
      `SELECT extract(epoch FROM date_trunc('day', now(), 'UTC') - fix_time)::float8 / 86400 AS days FROM rule_keyframes ORDER BY 1`,
    );
    return rows.map(({ days }) => days);
  };

  it('that are old are thinned out to one a day, and go when no fix can come that late', async () => {
    const days = [0.25, 0.5, 10.25, 10.5, 16.25, 16.5, 16.75, 17.25, 500, 501];
    expect(await keptAfter(days.map((one) => ({ days: one })))).toEqual([
      0.25, 0.5, 10.25, 10.5, 16.25, 17.25,
    ]);
  });

  it('stay where they are a device’s last, or say where rules began anew', async () => {
    expect(await keptAfter([{ days: 600 }, { days: 650 }])).toEqual([600]);
    const upgraded = [{ days: 16.25 }, { days: 16.5, engine: 0 }, { days: 502, engine: 0 }];
    expect(await keptAfter(upgraded)).toEqual([16.25, 16.5]);
  });
});
