import { createTestDatabase, type TestDatabase } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import { emptyPosition } from '@wayleave/telematics/positions/adapters/empty-position.ts';
import type { Position } from '@wayleave/telematics/positions/position.ts';
import { Doubt } from '@wayleave/telematics/positions/quality/doubts.ts';
import { Remark } from '@wayleave/telematics/positions/quality/remarks.ts';
import { toStored } from '@wayleave/telematics/positions/stored-position.ts';
import { createEngine, type Engine } from '@wayleave/telematics/rules/engine.ts';
import type { Rule } from '@wayleave/telematics/rules/rule.ts';
import { ruleEngine, rules } from '@wayleave/telematics/rules/rules.ts';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KnownDevices } from './known-devices.ts';
import { createTestBooks } from './testing/test-writer.ts';
import { createBatchWriter, type WriteBatch, type WriteOutcome } from './write-batch.ts';

const OPERATOR = 1;
const START_MS = Date.UTC(2026, 10, 18, 6);
const MINUTE_S = 60;

let database: TestDatabase;
let pool: Pool;
let owner: pg.Client;
let deviceId = 0;
let known: KnownDevices;
let write: WriteBatch;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({
    url: database.url,
    role: 'wayleave_ingest',
    log: createLog('test', 'fatal'),
    maxConnections: 3,
  });
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(`
    INSERT INTO operators (name) VALUES ('one');
    INSERT INTO geofences (operator_id) VALUES (1);
    INSERT INTO geofence_versions (operator_id, geofence_id, version, valid_from, name, kind, shape) VALUES
      (1, 1, 1, '2020-01-01', 'Port', 'forbidden', '{"type":"Circle","center":[32.5,0.3],"radiusM":500}')`);
});
afterAll(async () => {
  await pool.end();
  await owner.end();
  await database.drop();
});
beforeEach(async () => {
  deviceId += 1;
  await owner.query(
    `INSERT INTO devices (operator_id, ident, secret_hash) VALUES (1, 'device-' || $1::text, decode(repeat('00', 32), 'hex'))`,
    [deviceId],
  );
  await owner.query(`INSERT INTO vehicles (operator_id, label, kind) VALUES (1, 'vehicle', 'car')`);
  await owner.query(
    `INSERT INTO installations (operator_id, vehicle_id, device_id, during) VALUES (1, $1, $1, '[2026-01-01,)')`,
    [deviceId],
  );
  await owner.query('DELETE FROM outbox');
  restart();
});

/** As a process that starts: it knows what is stored. */
function restart(engine: Engine = ruleEngine): void {
  known = new KnownDevices(() => 0);
  write = createBatchWriter({ pool, known, engine, books: createTestBooks(pool) });
}

const at = (second: number, lon: number, more: Partial<Position> = {}): Position => ({
  ...emptyPosition(START_MS + second * 1_000, { receivedAtMs: START_MS + second * 1_000 }),
  lat: 0.3,
  lon,
  doubts: 0,
  ...more,
});
const outside = (second: number): Position => at(second, 32.52);
const inside = (second: number): Position => at(second, 32.5);

const store = async (...positions: Position[]): Promise<WriteOutcome> =>
  await write(
    {
      rows: positions.map((position) => toStored(deviceId, OPERATOR, position)),
      refused: [],
      quarantined: [],
      answers: [],
      marks: new Map(),
      isReplay: false,
      messages: positions.length,
    },
    [],
    { reached: [], latest: new Map() },
  );

const events = async (): Promise<unknown[]> =>
  (
    await owner.query(
      'SELECT kind, ended_at IS NULL AS lasts, revision FROM events WHERE device_id = $1 ORDER BY occurred_at',
      [deviceId],
    )
  ).rows;
const count = async (table: 'rule_replays' | 'rule_keyframes'): Promise<number> =>
  Number((await owner.query(`SELECT count(*) FROM ${table} WHERE device_id = $1`, [deviceId])).rows[0].count);

describe('rules on fixes in order', () => {
  it('raise an event with the positions that make it certain, and end it', async () => {
    await store(outside(0), outside(60));
    expect((await store(inside(120))).events).toEqual([]);
    const raised = await store(inside(180));
    expect(raised.events).toMatchObject([
      { change: 'detected', event: { kind: 'geofenceEnter', severity: 'critical' } },
    ]);
    expect(await events()).toEqual([{ kind: 'geofenceEnter', lasts: true, revision: 1 }]);
    await store(outside(240), outside(300));
    expect(await events()).toEqual([{ kind: 'geofenceEnter', lasts: false, revision: 2 }]);
  });

  it('go on where they were after a restart, and tell nothing twice', async () => {
    await store(outside(0), inside(60));
    restart();
    await store(inside(120));
    restart();
    await store(outside(180));
    restart();
    await store(outside(240));
    expect(await events()).toEqual([{ kind: 'geofenceEnter', lasts: false, revision: 2 }]);
    const { rows } = await owner.query("SELECT name FROM outbox WHERE queue = 'risk-events' ORDER BY id");
    expect(rows).toEqual([{ name: 'telematics.risk.detected' }, { name: 'telematics.risk.ended' }]);
  });

  it('keep their state now and then, so that little has to be read to take a device up', async () => {
    for (let minute = 0; minute < 90; minute += 10) {
      await store(...Array.from({ length: 20 }, (_, half) => outside(minute * MINUTE_S + half * 30)));
    }
    expect(await count('rule_keyframes')).toBe(6);
    const { rows } = await owner.query(
      'SELECT max(fix_time) AS last FROM rule_keyframes WHERE device_id = $1',
      [deviceId],
    );
    // What came before is not looked at again: without it the vehicle is first seen inside.
    await owner.query('DELETE FROM positions WHERE device_id = $1 AND fix_time < $2', [
      deviceId,
      rows[0].last,
    ]);
    restart();
    await store(inside(91 * MINUTE_S), inside(92 * MINUTE_S));
    const { rows: told } = await owner.query(
      'SELECT details FROM events WHERE device_id = $1 AND rule = $2',
      [deviceId, 'geofence'],
    );
    expect(told[0].details).not.toHaveProperty('firstSeen');
  });

  it('leave to a job what changed behind them, and what comes until it is done', async () => {
    await store(outside(0), outside(300));
    const late = await store(inside(100), inside(200));
    expect(late).toMatchObject({ events: [], replays: 1 });
    expect(await store(inside(400), inside(500))).toMatchObject({ events: [], replays: 1 });
    const { rows } = await owner.query(
      'SELECT from_time, until_time FROM rule_replays WHERE device_id = $1',
      [deviceId],
    );
    expect(rows).toEqual([
      { from_time: new Date(START_MS + 100_000), until_time: new Date(START_MS + 500_000) },
    ]);
    restart();
    expect(await store(inside(600))).toMatchObject({ events: [], replays: 1 });
    await owner.query('DELETE FROM rule_replays');
    known.forgetDevice(deviceId);
    expect((await store(inside(700))).events.map(({ change }) => change)).toContain('detected');
  });

  it('leave an alarm without a time to its vehicle, also while a job has the rest, and where the database refuses the row', async () => {
    const undated = (second: number): Position => ({
      ...at(second, 32.52, { alarm: 'sos' }),
      doubts: Doubt.clockUnset,
      remarks: Remark.placedAtReceipt,
    });
    await store(outside(0), outside(300));
    await store(inside(100), undated(310));
    await store(undated(320));
    await write(
      {
        rows: [],
        refused: [toStored(deviceId, OPERATOR, undated(330))],
        quarantined: [],
        answers: [],
        marks: new Map(),
        isReplay: false,
        messages: 1,
      },
      [],
      null,
    );
    const { rows } = await owner.query(
      "SELECT vehicle_id FROM events WHERE device_id = $1 AND rule = 'undated_alarm'",
      [deviceId],
    );
    expect(rows.map((row) => row.vehicle_id)).toEqual(Array(3).fill(String(deviceId)));
  });

  it('are not asked again for a message that adds nothing', async () => {
    await store(outside(0), outside(60));
    expect((await store(outside(0), outside(60))).replays).toBe(0);
    expect(await count('rule_replays')).toBe(0);
  });

  it('that fail keep no position from being stored, and are tried again by the job', async () => {
    const broken: Rule<null> = {
      initial: null,
      next: (_state, { fix }) => {
        if (fix.batteryV === 13) throw new Error('broken');
        return { state: null, found: [] };
      },
      close: () => [],
    };
    restart(createEngine({ ...rules, tow: broken }));
    await store(outside(0));
    const outcome = await store(at(60, 32.52, { batteryV: 13 }), outside(120));
    expect(outcome).toMatchObject({ added: 2, replays: 1, failed: [{ deviceId }] });
    expect(await count('rule_replays')).toBe(1);
    await owner.query('DELETE FROM rule_replays');
    restart(createEngine({ ...rules, tow: broken }));
    expect(await store(outside(180))).toMatchObject({ added: 1, failed: [{ deviceId }] });
    expect(await count('rule_replays')).toBe(1);
  });

  it('that tell what the database does not take keep no position from being stored', async () => {
    const impossible: Rule<null> = {
      initial: null,
      next: (_state, { fix }) => ({
        state: null,
        found: [
          {
            rule: 'tow',
            kind: 'tow',
            subject: '',
            startMs: fix.fixTimeMs,
            confirmedMs: fix.fixTimeMs,
            endMs: fix.fixTimeMs,
            lat: null,
            lon: null,
            details: {},
          },
        ],
      }),
      close: () => [],
    };
    await owner.query("ALTER TABLE events ADD CONSTRAINT no_tow CHECK (rule <> 'tow') NOT VALID");
    try {
      restart(createEngine({ ...rules, tow: impossible }));
      expect(await store(outside(0), outside(60))).toMatchObject({
        added: 2,
        replays: 1,
        failed: [{ deviceId: null }],
      });
      expect(await count('rule_replays')).toBe(1);
    } finally {
      await owner.query('ALTER TABLE events DROP CONSTRAINT no_tow');
    }
  });
});
