import { createTestDatabase, type TestDatabase } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import { mergePositions } from '@wayleave/telematics/positions/merge.ts';
import type { Position } from '@wayleave/telematics/positions/position.ts';
import { Doubt } from '@wayleave/telematics/positions/quality/doubts.ts';
import { settleTime } from '@wayleave/telematics/positions/quality/settle-time.ts';
import { toStored } from '@wayleave/telematics/positions/stored-position.ts';
import { journey } from '@wayleave/telematics/positions/testing/arbitrary-journey.ts';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from './batch.ts';
import { KnownDevices } from './known-devices.ts';
import { createBatchWriter, type WriteBatch } from './write-batch.ts';

const OPERATOR = 7;
let database: TestDatabase;
let pool: Pool;
let owner: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  const log = createLog('test', 'fatal');
  pool = createPool({ url: database.url, role: 'wayleave_ingest', log, maxConnections: 2 });
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
});
afterAll(async () => {
  await pool.end();
  await owner.end();
  await database.drop();
});

/** One that knows nothing yet, as after a start or when a shard was taken over. */
const freshWriter = (): WriteBatch => createBatchWriter(pool, new KnownDevices(() => 0));

const batchOf = (deviceId: number, positions: readonly Position[], isReplay: boolean): Batch => ({
  rows: positions.map((position) => toStored(deviceId, OPERATOR, settleTime(position))),
  raising: [],
  quarantined: [],
  answers: [],
  marks: new Map(),
  isReplay,
  messages: positions.length,
});

let nextDevice = 1;

/** Stores batches for a device of its own, each with a checkpoint, and reads what came of them. */
async function storeAs(
  batches: readonly (readonly Position[])[],
  write: (at: number) => WriteBatch,
  isReplay = false,
): Promise<unknown> {
  const deviceId = nextDevice++;
  for (const [at, positions] of batches.entries()) {
    await write(at)(batchOf(deviceId, positions, isReplay), [], { reached: [], latest: new Map() });
  }
  return await outcomeOf(deviceId);
}

async function outcomeOf(deviceId: number): Promise<{ positions: unknown[]; latest: unknown[] }> {
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
  return { positions: positions.rows, latest: latest.rows };
}

/** A way in which a network delivers: shuffled, delayed, some of it twice, cut into batches of some size. */
const delivery = fc.record({
  order: fc.array(fc.nat(1_000_000), { minLength: 100, maxLength: 100 }),
  repeated: fc.array(fc.nat(1_000_000), { maxLength: 6 }),
  batchSize: fc.integer({ min: 1, max: 9 }),
  restartEvery: fc.integer({ min: 1, max: 8 }),
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
      fc.asyncProperty(journey, delivery, async (positions, how) => {
        const one = freshWriter();
        const inOrder = await storeAs([positions], () => one);
        let writer = freshWriter();
        const outOfOrder = await storeAs(delivered(positions, how), (at) => {
          if (at % how.restartEvery === 0) writer = freshWriter();
          return writer;
        });
        expect(outOfOrder).toEqual(inOrder);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  }, 120_000);

  it('is the same when each position comes in pieces', async () => {
    const cuts = fc.array(fc.nat(3), { minLength: 40, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(journey, delivery, cuts, async (positions, how, cut) => {
        const whole = await storeAs([positions], freshWriter);
        let writer = freshWriter();
        const pieces = positions.flatMap((position, at) => inPieces(position, cut[at]!));
        const outOfOrder = await storeAs(delivered(pieces, how), (at) => {
          if (at % how.restartEvery === 0) writer = freshWriter();
          return writer;
        });
        expect(outOfOrder).toEqual(whole);
      }),
      { numRuns: 40, endOnFailure: true },
    );
  }, 120_000);

  it('is the same when it is replayed over rows that no checkpoint had covered', async () => {
    await fc.assert(
      fc.asyncProperty(journey, delivery, async (positions, how) => {
        const inOrder = (await storeAs([positions], freshWriter)) as { positions: unknown[] };
        const deviceId = nextDevice++;
        for (const batch of delivered(positions, how)) {
          await freshWriter()(batchOf(deviceId, batch, false), [], { reached: [], latest: new Map() });
        }
        // What a crash leaves: rows ahead of all that was said of the device.
        await owner.query('DELETE FROM latest_positions WHERE device_id = $1', [deviceId]);
        const heir = freshWriter();
        await heir(batchOf(deviceId, positions, true), [], { reached: [], latest: new Map() });
        expect(await outcomeOf(deviceId)).toEqual(inOrder);
      }),
      { numRuns: 25, endOnFailure: true },
    );
  }, 120_000);
});
