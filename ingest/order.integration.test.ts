import { createTestDatabase, type TestDatabase } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import { mergePositions } from '@wayleave/telematics/positions/merge.ts';
import type { Position } from '@wayleave/telematics/positions/position.ts';
import { Doubt } from '@wayleave/telematics/positions/quality/doubts.ts';
import { settleTime } from '@wayleave/telematics/positions/quality/settle-time.ts';
import { toStored } from '@wayleave/telematics/positions/stored-position.ts';
import { journey } from '@wayleave/telematics/positions/testing/arbitrary-journey.ts';
import type { RuleBooks } from '@wayleave/telematics/rules/book/rule-books.ts';
import { replayDevice } from '@wayleave/telematics/rules/replay/replay-device.ts';
import { ruleEngine } from '@wayleave/telematics/rules/rules.ts';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from './batch.ts';
import { KnownDevices } from './known-devices.ts';
import { createTestBooks, createTestWriter } from './testing/test-writer.ts';
import type { WriteBatch } from './write-batch.ts';

const OPERATOR = 7;
let database: TestDatabase;
let pool: Pool;
let jobs: Pool;
let books: RuleBooks;
let owner: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  const log = createLog('test', 'fatal');
  pool = createPool({ url: database.url, role: 'wayleave_ingest', log, maxConnections: 2 });
  jobs = createPool({ url: database.url, role: 'wayleave_jobs', log, maxConnections: 4 });
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(OPERATOR_AND_RULES);
  books = createTestBooks(pool);
});
afterAll(async () => {
  await pool.end();
  await jobs.end();
  await owner.end();
  await database.drop();
});

/** Around the place where every journey begins: where vehicles may be, may not be, and where they are slow. */
const OPERATOR_AND_RULES = `
  INSERT INTO operators (id, name) OVERRIDING SYSTEM VALUE VALUES (${OPERATOR}, 'test');
  INSERT INTO geofences (id, operator_id) OVERRIDING SYSTEM VALUE VALUES (1, ${OPERATOR}), (2, ${OPERATOR}), (3, ${OPERATOR});
  INSERT INTO geofence_versions (operator_id, geofence_id, version, valid_from, name, kind, shape, speed_limit_kmh) VALUES
    (${OPERATOR}, 1, 1, '2020-01-01', 'City', 'territory', '{"type":"Circle","center":[32.5,0.25],"radiusM":30000}', NULL),
    (${OPERATOR}, 2, 1, '2020-01-01', 'Port', 'forbidden', '{"type":"Circle","center":[32.538,0.288],"radiusM":2000}', NULL),
    (${OPERATOR}, 3, 1, '2020-01-01', 'School', 'low_speed', '{"type":"Circle","center":[32.576,0.326],"radiusM":4000}', 30);`;

interface TestWriter {
  known: KnownDevices;
  write: WriteBatch;
}

/** One that knows nothing yet, as after a start or when a shard was taken over. */
const freshWriter = (): TestWriter => {
  const known = new KnownDevices(() => 0);
  return { known, write: createTestWriter(pool, known, books) };
};

/** The job that runs a device's rules again; the writer hears of it when it is done. */
async function replay(deviceId: number, { known }: TestWriter): Promise<void> {
  await replayDevice(
    {
      pool: jobs,
      engine: ruleEngine,
      now: Date.now,
      onChanged: () => {},
      bookOf: (operatorId) => books.ready(operatorId),
      signal: new AbortController().signal,
    },
    deviceId,
  );
  known.forgetDevice(deviceId);
}

const batchOf = (deviceId: number, positions: readonly Position[], isReplay: boolean): Batch => ({
  rows: positions.map((position) => toStored(deviceId, OPERATOR, settleTime(position))),
  refused: [],
  quarantined: [],
  answers: [],
  marks: new Map(),
  isReplay,
  messages: positions.length,
});

/** Journeys on which the tracker raises alarms now and then. */
const alarming = fc
  .tuple(journey, fc.array(fc.constantFrom(null, null, null, 'powerCut', 'sos'), { minLength: 1 }))
  .map(([positions, alarms]) =>
    positions.map((position, at) => ({ ...position, alarm: alarms[at % alarms.length]! })),
  );

let nextDevice = 1;

/** Stores batches for a device of its own, each with a checkpoint, and reads what came of them. */
async function storeAs(
  batches: readonly (readonly Position[])[],
  writerOf: (at: number) => TestWriter,
  replayEvery = 1,
): Promise<Outcome> {
  const deviceId = await newDevice();
  for (const [at, positions] of batches.entries()) {
    const writer = writerOf(at);
    await writer.write(batchOf(deviceId, positions, false), [], { reached: [], latest: new Map() });
    if (at % replayEvery === 0) await replay(deviceId, writer);
  }
  await replay(deviceId, freshWriter());
  return await outcomeOf(deviceId);
}

/** A device of its own in a vehicle of its own. */
async function newDevice(): Promise<number> {
  const deviceId = nextDevice++;
  await owner.query(
    `WITH device AS (
       INSERT INTO devices (id, operator_id, ident, secret_hash) OVERRIDING SYSTEM VALUE
       VALUES ($1, $2, 'device-' || $1::bigint, decode(repeat('00', 32), 'hex'))),
     vehicle AS (
       INSERT INTO vehicles (id, operator_id, label, kind) OVERRIDING SYSTEM VALUE VALUES ($1, $2, 'vehicle', 'car'))
     SELECT`,
    [deviceId, OPERATOR],
  );
  await owner.query(
    `INSERT INTO installations (operator_id, vehicle_id, device_id, during) VALUES ($2, $1, $1, '[2020-01-01,)')`,
    [deviceId, OPERATOR],
  );
  return deviceId;
}

interface Outcome {
  positions: unknown[];
  latest: unknown[];
  /** Those that stand. */
  events: unknown[];
  trips: unknown[];
}

async function outcomeOf(deviceId: number): Promise<Outcome> {
  const columns =
    'fix_time, lat, lon, speed_kmh, accuracy_m, odometer_m, ignition, doubts, remarks, distance_m, alarm, attributes';
  const positions = await owner.query(
    `SELECT ${columns} FROM positions WHERE device_id = $1 ORDER BY fix_time`,
    [deviceId],
  );
  const latest = await owner.query(
    `SELECT ${columns}, newest_fix_time FROM latest_positions WHERE device_id = $1`,
    [deviceId],
  );
  const events = await owner.query(
    `SELECT rule, kind, subject, severity, occurred_at, confirmed_at, ended_at, lat, lon, details FROM events
     WHERE device_id = $1 AND retracted_at IS NULL ORDER BY occurred_at, rule, kind, subject`,
    [deviceId],
  );
  const trips = await owner.query(
    `SELECT kind, started_at, confirmed_at, ended_at, start_lat, start_lon, details FROM trips
     WHERE device_id = $1 ORDER BY started_at, kind`,
    [deviceId],
  );
  await requireToldOnce(deviceId);
  return { positions: positions.rows, latest: latest.rows, events: events.rows, trips: trips.rows };
}

/** Every revision of every event is in the outbox, each once. */
async function requireToldOnce(deviceId: number): Promise<void> {
  const { rows } = await owner.query<{ id: string; told: number[]; revision: number }>(
    `SELECT e.id, e.revision, array_agg((o.payload->>'revision')::integer ORDER BY (o.payload->>'revision')::integer) AS told
     FROM events e LEFT JOIN outbox o ON o.queue = 'risk-events' AND o.payload->>'id' = e.id::text
     WHERE e.device_id = $1 GROUP BY e.id`,
    [deviceId],
  );
  for (const { told, revision } of rows)
    expect(told).toEqual(Array.from({ length: revision }, (_, at) => at + 1));
}

/** A way in which a network delivers: shuffled, delayed, some of it twice, cut into batches of some size. */
const delivery = fc.record({
  order: fc.array(fc.nat(1_000_000), { minLength: 100, maxLength: 100 }),
  repeated: fc.array(fc.nat(1_000_000), { maxLength: 6 }),
  batchSize: fc.integer({ min: 1, max: 9 }),
  restartEvery: fc.integer({ min: 1, max: 8 }),
  replayEvery: fc.integer({ min: 1, max: 8 }),
});

function delivered(
  positions: readonly Position[],
  { order, repeated, batchSize }: { order: number[]; repeated: number[]; batchSize: number },
): Position[][] {
  const copies = [...positions, ...repeated.map((at) => positions[at % positions.length]!)];
  const shuffled = copies
    .map((position, at) => ({ position, key: order[at % order.length]! + at / 1_000 }))
    .sort((a, b) => a.key - b.key)
    // Each is received when it comes, however much later than its fix.
    .map(({ position }, at) => ({ ...position, receivedAtMs: position.receivedAtMs + at * 61_000 }));
  const batches: Position[][] = [];
  for (let at = 0; at < shuffled.length; at += batchSize)
    batches.push(withoutTwins(shuffled.slice(at, at + batchSize)));
  return batches;
}

/** A batch never holds an instant twice: its builder merges those. */
function withoutTwins(positions: readonly Position[]): Position[] {
  const byInstant = new Map<number, Position>();
  for (const position of positions) {
    const twin = byInstant.get(position.fixTimeMs);
    byInstant.set(position.fixTimeMs, twin ? mergePositions(twin, position) : position);
  }
  return [...byInstant.values()];
}

/** A position as several messages of the same instant tell it, each a part. */
function inPieces(position: Position, cut: number): Position[] {
  const isFix = (position.doubts & Doubt.noFix) === 0;
  const where = { ...position, speedKmh: null, odometerM: null, ignition: null };
  const what = { ...position, lat: null, lon: null, accuracyM: null, satellites: null, doubts: Doubt.noFix };
  if (!isFix || cut === 0) return [position];
  return [cut === 1 ? where : position, cut === 3 ? where : what];
}

describe('what is stored of a journey', () => {
  it('is the same whatever the order, however often, and whoever stores it', async () => {
    await fc.assert(
      fc.asyncProperty(alarming, delivery, async (positions, how) => {
        const one = freshWriter();
        const inOrder = await storeAs([positions], () => one);
        let writer = freshWriter();
        const outOfOrder = await storeAs(
          delivered(positions, how),
          (at) => {
            if (at % how.restartEvery === 0) writer = freshWriter();
            return writer;
          },
          how.replayEvery,
        );
        expect(outOfOrder).toEqual(inOrder);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  }, 120_000);

  it('is the same when each position comes in pieces', async () => {
    const cuts = fc.array(fc.nat(3), { minLength: 40, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(alarming, delivery, cuts, async (positions, how, cut) => {
        const whole = await storeAs([positions], freshWriter);
        let writer = freshWriter();
        const pieces = positions.flatMap((position, at) => inPieces(position, cut[at]!));
        const outOfOrder = await storeAs(
          delivered(pieces, how),
          (at) => {
            if (at % how.restartEvery === 0) writer = freshWriter();
            return writer;
          },
          how.replayEvery,
        );
        expect(outOfOrder).toEqual(whole);
      }),
      { numRuns: 40, endOnFailure: true },
    );
  }, 120_000);

  it('is the same when it is replayed over rows that no checkpoint had covered', async () => {
    await fc.assert(
      fc.asyncProperty(alarming, delivery, async (positions, how) => {
        const inOrder = await storeAs([positions], freshWriter);
        const deviceId = await newDevice();
        for (const batch of delivered(positions, how)) {
          await freshWriter().write(batchOf(deviceId, batch, false), [], { reached: [], latest: new Map() });
        }
        // What a crash leaves: rows ahead of all that was said of the device.
        await owner.query('DELETE FROM latest_positions WHERE device_id = $1', [deviceId]);
        const heir = freshWriter();
        await heir.write(batchOf(deviceId, positions, true), [], { reached: [], latest: new Map() });
        await replay(deviceId, heir);
        expect(await outcomeOf(deviceId)).toEqual(inOrder);
      }),
      { numRuns: 25, endOnFailure: true },
    );
  }, 120_000);
});
