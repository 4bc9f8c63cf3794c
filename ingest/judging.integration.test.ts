import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createMetrics } from '@wayleave/runtime/metrics.ts';
import { listenTo } from '@wayleave/runtime/notifications.ts';
import { asOperator, createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import { createRedis, type Redis } from '@wayleave/runtime/redis.ts';
import { createRedisUplinkLog } from '@wayleave/runtime/uplink-log/redis-uplink-log.ts';
import { shardOf, type UplinkLog } from '@wayleave/runtime/uplink-log/uplink-log.ts';
import { EntryPacker } from '@wayleave/runtime/uplink-log/uplink-record.ts';
import { createAdapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import { doubtsOf } from '@wayleave/telematics/positions/quality/doubts.ts';
import { JUDGING_CHANNEL } from '@wayleave/telematics/positions/quality/judging-store.ts';
import { defaultThresholds } from '@wayleave/telematics/positions/quality/thresholds.ts';
import { resetThresholds, setThresholds } from '@wayleave/telematics/positions/quality/thresholds-service.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIngestMetrics } from './ingest-metrics.ts';
import { KnownDevices } from './known-devices.ts';
import { ownShards } from './shard-owner.ts';
import { createTestWriter } from './testing/test-writer.ts';
import { IngestWorker } from './worker.ts';

const SHARDS = 2;
const log = createLog('test', 'fatal');

let database: TestDatabase;
let testRedis: TestRedis;
let owner: pg.Client;
let redis: Redis;
let appPool: Pool;
let uplink: UplinkLog;
let forgotten = 0;
let connected = 0;
let stop: () => Promise<void>;

beforeAll(async () => {
  [database, testRedis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  redis = createRedis(testRedis.url, 'test', log);
  appPool = createPool({ url: database.url, role: 'wayleave_app', log, maxConnections: 1 });
  uplink = createRedisUplinkLog({ redis, shardCount: SHARDS, maxBytes: 16 * 1_024 * 1_024 });
  stop = await startWorker();
});
afterAll(async () => {
  await stop();
  redis.disconnect();
  await appPool.end();
  await owner.end();
  await Promise.all([database.drop(), testRedis.close()]);
});

/** A worker that hears of changes, put together as main.ts does. */
async function startWorker(): Promise<() => Promise<void>> {
  const pool = createPool({ url: database.url, role: 'wayleave_ingest', log, maxConnections: 3 });
  const blockingRedis = createRedis(testRedis.url, 'reader', log);
  const known = new KnownDevices((deviceId) => shardOf(deviceId, SHARDS));
  let hear: () => void;
  const hearing = new Promise<void>((resolve) => (hear = resolve));
  const judging = listenTo({
    databaseUrl: database.url,
    role: 'wayleave_ingest',
    channels: [JUDGING_CHANNEL],
    log,
    onConnected: () => {
      known.forgetOperator(null);
      connected += 1;
      hear();
    },
    onNotified: (_channel, operatorId) => {
      known.forgetOperator(Number(operatorId));
      forgotten += 1;
    },
  });
  const worker = new IngestWorker({
    log,
    uplink: createRedisUplinkLog({ redis, blockingRedis, shardCount: SHARDS, maxBytes: 16 * 1_024 * 1_024 }),
    adapters: createAdapters({ traccarTopic: 'traccar/positions', flespiTopic: 'flespi/+' }),
    known,
    write: createTestWriter(pool, known),
    publish: () => {},
    verifyLeases: () => owned.verify(),
    interruptRead: () => blockingRedis.disconnect(),
    metrics: createIngestMetrics(createMetrics('test'), () => owned.held.size),
  });
  const owned = await ownShards({
    pool,
    worker: 'one',
    shardCount: SHARDS,
    log,
    onAcquired: (lease) => worker.acquired(lease),
    onLost: (shard) => worker.lost(shard),
  });
  worker.start();
  await hearing;
  return async () => {
    await worker.stop();
    await owned.close();
    await judging.close();
    blockingRedis.disconnect();
    await pool.end();
  };
}

interface Installed {
  operatorId: number;
  vehicleId: number;
  deviceId: number;
}

async function insert(sql: string, values: unknown[]): Promise<number> {
  return Number((await owner.query<{ id: string }>(`${sql} RETURNING id`, values)).rows[0]!.id);
}

let idents = 0;
const makeDevice = async (operatorId: number): Promise<number> =>
  await insert('INSERT INTO devices (operator_id, ident, secret_hash) VALUES ($1, $2, $3)', [
    operatorId,
    `judged-${(idents += 1)}`,
    Buffer.alloc(32),
  ]);

const install = async ({ operatorId, vehicleId, deviceId }: Installed): Promise<void> => {
  await owner.query(
    "INSERT INTO installations (operator_id, vehicle_id, device_id, during) VALUES ($1, $2, $3, tstzrange(now() - interval '1 day', NULL))",
    [operatorId, vehicleId, deviceId],
  );
};

async function makeInstalled(kind: string): Promise<Installed> {
  const operatorId = await insert('INSERT INTO operators (name) VALUES ($1)', ['Judged']);
  const vehicleId = await insert('INSERT INTO vehicles (operator_id, label, kind) VALUES ($1, $2, $3)', [
    operatorId,
    'Judged',
    kind,
  ]);
  const installed = { operatorId, vehicleId, deviceId: await makeDevice(operatorId) };
  await heard(1, () => install(installed));
  return installed;
}

/** Makes a change, and waits until the worker was told so often. */
async function heard(times: number, change: () => Promise<unknown>): Promise<void> {
  const before = { forgotten, connected };
  await change();
  // A test beside this one may end every listener of the server; after that all are forgotten.
  const isTold = () => forgotten === before.forgotten + times || connected > before.connected;
  await expect.poll(isTold).toBe(true);
}

const START_MS = Date.now() - 3_600_000;

/** Sends one fix and gives back what the database says against it. */
async function judged(
  { operatorId, deviceId }: Pick<Installed, 'operatorId' | 'deviceId'>,
  minute: number,
  more: object = {},
): Promise<string[]> {
  const time = START_MS + minute * 60_000;
  const packer = new EntryPacker();
  packer.add({
    deviceId,
    operatorId,
    receivedAtMs: Date.now(),
    unaddressed: false,
    topic: 'devices/x/positions',
    payload: Buffer.from(JSON.stringify({ time, lat: 0.25, lon: 32.5, ...more })),
  });
  await uplink.append([{ shard: shardOf(deviceId, SHARDS), bytes: packer.entry() }]);
  const find = async () =>
    (
      await owner.query<{ doubts: number }>(
        'SELECT doubts FROM positions WHERE device_id = $1 AND fix_time = $2',
        [deviceId, new Date(time)],
      )
    ).rows[0];
  await expect.poll(find, { timeout: 5_000 }).toBeDefined();
  return doubtsOf((await find())!.doubts);
}

const CAR = defaultThresholds.car;
/** 111 km a degree: northwards, how far a vehicle comes in a minute at that speed. */
const north = (km: number): object => ({ lat: 0.25 + km / 111.195 });

describe('a worker that is running', () => {
  it('judges by thresholds that its operator sets, from then on, and by the defaults again once they are reset', async () => {
    const device = await makeInstalled('car');
    const set = (minSatellites: number) =>
      asOperator(appPool, String(device.operatorId), async (connection) =>
        setThresholds(connection, 'car', { ...CAR, minSatellites }),
      );
    expect(await judged(device, 1, { satellites: 4 })).toEqual([]);
    await heard(1, () => set(6));
    expect(await judged(device, 2, { satellites: 4 })).toEqual(['few_satellites']);
    await heard(1, () => set(4));
    expect(await judged(device, 3, { satellites: 4 })).toEqual([]);
    await heard(1, () =>
      asOperator(appPool, String(device.operatorId), (connection) => resetThresholds(connection, 'car')),
    );
    expect(await judged(device, 4, { satellites: 2 })).toEqual(['few_satellites']);
    expect(await judged(device, 5, { satellites: 3 })).toEqual([]);
  });

  it('keeps the track over a change, and judges a jump from where the vehicle was by the new top speed', async () => {
    const device = await makeInstalled('car');
    expect(await judged(device, 1, { ...north(0), speedKmh: 120 })).toEqual([]);
    await heard(1, () =>
      asOperator(appPool, String(device.operatorId), (connection) =>
        setThresholds(connection, 'car', { ...CAR, maxSpeedKmh: 60 }),
      ),
    );
    expect(await judged(device, 2, { ...north(2), speedKmh: 120 })).toEqual(['impossible_jump']);
    expect(await judged(device, 3, { ...north(1), speedKmh: 30 })).toEqual([]);
  });

  it('leaves other operators and other kinds of vehicle as they were', async () => {
    const [car, truck, foreign] = [
      await makeInstalled('car'),
      await makeInstalled('truck'),
      await makeInstalled('car'),
    ];
    await heard(1, () =>
      asOperator(appPool, String(car.operatorId), (connection) =>
        setThresholds(connection, 'car', { ...CAR, maxAccuracyM: 10 }),
      ),
    );
    await heard(1, () =>
      asOperator(appPool, String(truck.operatorId), (connection) =>
        setThresholds(connection, 'car', { ...CAR, maxAccuracyM: 10 }),
      ),
    );
    expect(await judged(car, 1, { accuracyM: 50 })).toEqual(['inaccurate']);
    expect(await judged(truck, 1, { accuracyM: 50 })).toEqual([]);
    expect(await judged(foreign, 1, { accuracyM: 50 })).toEqual([]);
  });

  it('judges by the vehicle that a device is in: after it is put into one, and after the vehicle’s kind is set right', async () => {
    const { operatorId, vehicleId, deviceId: first } = await makeInstalled('truck');
    const spare = { operatorId, vehicleId, deviceId: await makeDevice(operatorId) };
    // 3.5 km in a minute, 210 km/h: for a device in no vehicle and a car possible, for a truck not.
    expect(await judged(spare, 1, north(0))).toEqual([]);
    expect(await judged(spare, 2, north(3.5))).toEqual([]);
    await heard(1, () =>
      owner.query('UPDATE installations SET during = tstzrange(lower(during), now()) WHERE device_id = $1', [
        first,
      ]),
    );
    await heard(1, () =>
      owner.query(
        'INSERT INTO installations (operator_id, vehicle_id, device_id, during) VALUES ($1, $2, $3, tstzrange(now(), NULL))',
        [operatorId, vehicleId, spare.deviceId],
      ),
    );
    expect(await judged(spare, 3, north(7))).toEqual(['impossible_jump']);
    await heard(1, () => owner.query("UPDATE vehicles SET kind = 'car' WHERE id = $1", [vehicleId]));
    expect(await judged(spare, 4, north(10.5))).toEqual([]);
  });
});
