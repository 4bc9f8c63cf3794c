import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createMetrics } from '@wayleave/runtime/metrics.ts';
import type { Listener as ChangeListener } from '@wayleave/runtime/notifications.ts';
import { createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import { createRedis, type Redis } from '@wayleave/runtime/redis.ts';
import { createRedisUplinkLog } from '@wayleave/runtime/uplink-log/redis-uplink-log.ts';
import { shardOf, type UplinkLog } from '@wayleave/runtime/uplink-log/uplink-log.ts';
import { unpackEntry } from '@wayleave/runtime/uplink-log/uplink-record.ts';
import { credentialsById, credentialsByIdent } from '@wayleave/telematics/devices/credential-store.ts';
import { hashDeviceSecret } from '@wayleave/telematics/devices/device-secret.ts';
import { devicesOfGateway } from '@wayleave/telematics/devices/routing-store.ts';
import mqtt, { type MqttClient } from 'mqtt';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Broker, createBroker } from './broker.ts';
import { createBrokerMetrics } from './broker-metrics.ts';
import { createCredentialLookup } from './credential-lookup.ts';
import type { AskRoutes } from './gateway-routes.ts';
import { limits } from './limits.ts';
import { type Listener, listenTcp } from './listeners.ts';
import { keepSessionsAllowed } from './session-checks.ts';
import { FLEET_TOPIC, testAdapters } from './test/fleet-format.ts';
import { noCommands } from './test/no-commands.ts';
import { UplinkWriter } from './uplink-writer.ts';

const KEY = Buffer.alloc(32, 7);
const SECRET = 'a secret of the gateway';
const SHARDS = 4;
const log = createLog('test', 'fatal');

let database: TestDatabase;
let testRedis: TestRedis;
let owner: pg.Client;
let pool: Pool;
let redis: Redis;
let broker: Broker;
let listener: Listener;
let revocations: ChangeListener;
let writer: UplinkWriter;
/** Shards of the log that take nothing. */
let fullShards = new Set<number>();
/** Set to answer instead of the database. */
let askInstead: AskRoutes | null = null;
/** How often the broker was told that gateways speak for others than before. */
let changesHeard = 0;
let clients: MqttClient[] = [];
let operator: number;
let otherOperator: number;

beforeAll(async () => {
  [database, testRedis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  pool = createPool({ url: database.url, role: 'wayleave_broker', log, maxConnections: 2 });
  redis = createRedis(testRedis.url, 'test', log);
  [operator, otherOperator] = (
    await owner.query("INSERT INTO operators (name) VALUES ('One'), ('Other') RETURNING id")
  ).rows.map(({ id }) => Number(id)) as [number, number];
});

afterAll(async () => {
  await pool.end();
  redis.disconnect();
  await owner.end();
  await Promise.all([database.drop(), testRedis.close()]);
});

beforeEach(async () => {
  await redis.flushall();
  fullShards = new Set();
  askInstead = null;
  const real = createRedisUplinkLog({ redis, shardCount: SHARDS, maxBytes: 64 * 1_024 * 1_024 });
  const gated: UplinkLog = {
    ...real,
    append: async (entries) => {
      const taken = await real.append(entries.filter(({ shard }) => !fullShards.has(shard)));
      return entries.map(({ shard }) => (fullShards.has(shard) ? 'full' : taken.shift()!));
    },
  };
  writer = new UplinkWriter(gated, log, () => {});
  broker = await createBroker({
    lookup: createCredentialLookup((asked) => credentialsByIdent(pool, asked)),
    secretKey: KEY,
    askRoutes: (gatewayId, asked) =>
      (askInstead ?? ((id, list) => devicesOfGateway(pool, id, list)))(gatewayId, asked),
    adapters: testAdapters,
    writer,
    commands: noCommands,
    metrics: createBrokerMetrics(createMetrics('test')),
    log,
    maxFrameBytes: 256 * 1_024,
    maxPublishesPerS: 10,
    maxGatewayPublishesPerS: 1_000,
  });
  changesHeard = 0;
  const forgetRoutes = (gatewayId: number | null): void => {
    changesHeard += 1;
    broker.forgetRoutes(gatewayId);
  };
  revocations = keepSessionsAllowed({
    databaseUrl: database.url,
    log,
    broker: { ...broker, forgetRoutes },
    credentialsOf: (deviceIds) => credentialsById(pool, deviceIds),
  });
  listener = await listenTcp({
    host: '127.0.0.1',
    port: 0,
    maxConnections: 100,
    onConnection: broker.accept,
  });
  // Once it listens it forgets what it knew, which must not come in between later.
  await expect.poll(() => changesHeard).toBe(1);
});

afterEach(async () => {
  for (const client of clients) client.end(true);
  clients = [];
  fullShards.clear();
  await broker.close();
  await listener.close();
  await revocations.close();
  await writer.close();
});

let made = 0;
interface Account {
  id: number;
  ident: string;
}

async function provision(
  operatorId: number,
  kind: 'tracker' | 'gateway' = 'tracker',
  speaksFor: string | null = null,
): Promise<Account> {
  const ident = `${kind}-${(made += 1)}`;
  const { rows } = await owner.query(
    'INSERT INTO devices (operator_id, kind, speaks_for, ident, secret_hash) VALUES ($1, $2, $3, $4, $5) RETURNING id',
    [operatorId, kind, speaksFor, ident, hashDeviceSecret(KEY, SECRET)],
  );
  return { id: Number(rows[0].id), ident };
}

async function provisionSeveral(count: number): Promise<Account[]> {
  const devices: Account[] = [];
  while (devices.length < count) devices.push(await provision(operator));
  return devices;
}

const provisionGateway = async (devices: Account[], speaksFor = 'listed'): Promise<Account> => {
  const gateway = await provision(operator, 'gateway', speaksFor);
  for (const { id } of devices) await addToList(gateway, id);
  return gateway;
};

/** Returns when the broker has heard of it. */
async function addToList(gateway: Account, deviceId: number): Promise<void> {
  const heardBefore = changesHeard;
  await owner.query('INSERT INTO gateway_devices (operator_id, gateway_id, device_id) VALUES ($1, $2, $3)', [
    operator,
    gateway.id,
    deviceId,
  ]);
  await expect.poll(() => changesHeard, { interval: 5 }).toBeGreaterThan(heardBefore);
}

async function logIn({ ident }: Account, options: mqtt.IClientOptions = {}): Promise<MqttClient> {
  const client = mqtt.connect(`mqtt://127.0.0.1:${listener.port}`, {
    username: ident,
    password: SECRET,
    reconnectPeriod: 0,
    ...options,
  });
  clients.push(client);
  client.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('error', reject);
    client.once('close', () => reject(new Error('closed before CONNACK')));
  });
  return client;
}

interface Logged {
  deviceId: number;
  unaddressed: boolean;
  payload: string;
}

/** Everything in the log; that of one shard in the order of its appends. */
async function logged(): Promise<Logged[]> {
  const messages: Logged[] = [];
  for (const key of (await redis.keys('{uplink:*}')).sort()) {
    for (const [, fields] of await redis.xrangeBuffer(key, '-', '+')) {
      unpackEntry(fields[1]!, ({ deviceId, operatorId, unaddressed, payload }) => {
        expect(operatorId).toBe(operator);
        messages.push({ deviceId, unaddressed, payload: payload.toString() });
      });
    }
  }
  return messages;
}

const topicOf = ({ ident }: Account): string => `devices/${ident}/positions`;
const say = async (client: MqttClient, device: Account, payload: string): Promise<unknown> =>
  await client.publishAsync(topicOf(device), payload, { qos: 1 });
const closed = (client: MqttClient): Promise<void> =>
  new Promise((resolve) => client.once('close', () => resolve()));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a gateway', () => {
  it.each([0, 1, 2] as const)(
    'speaks with QoS %i for the devices on its list, under their ids',
    async (qos) => {
      const devices = [await provision(operator), await provision(operator)];
      const client = await logIn(await provisionGateway(devices));
      for (const device of devices) await client.publishAsync(topicOf(device), device.ident, { qos });
      await expect
        .poll(async () => new Map((await logged()).map((message) => [message.deviceId, message])))
        .toEqual(
          new Map(devices.map(({ id, ident }) => [id, { deviceId: id, unaddressed: false, payload: ident }])),
        );
    },
  );

  it('does not speak for devices unlisted, unknown or of another operator, nor for gateways', async () => {
    const listed = await provision(operator);
    const gateway = await provisionGateway([listed]);
    const client = await logIn(gateway);
    const strangers = [
      await provision(operator),
      await provision(otherOperator),
      { id: 0, ident: 'nobody' },
      await provisionGateway([]),
      gateway,
    ];
    for (const stranger of strangers) await say(client, stranger, stranger.ident);
    await say(client, listed, 'mine');
    const messages = await logged();
    expect(messages.filter(({ deviceId }) => deviceId !== gateway.id)).toEqual([
      { deviceId: listed.id, unaddressed: false, payload: 'mine' },
    ]);
    expect(messages.filter(({ deviceId }) => deviceId === gateway.id)).toEqual(
      strangers.map(({ ident }) => ({ deviceId: gateway.id, unaddressed: true, payload: ident })),
    );
  });

  it('that speaks for all of its operator’s devices does so for later ones too, and for no other’s', async () => {
    const gateway = await provisionGateway([], 'all');
    const client = await logIn(gateway);
    const device = await provision(operator);
    const foreign = await provision(otherOperator);
    await say(client, device, 'own');
    await say(client, foreign, 'foreign');
    expect((await logged()).toSorted((a, b) => a.payload.localeCompare(b.payload))).toEqual([
      { deviceId: gateway.id, unaddressed: true, payload: 'foreign' },
      { deviceId: device.id, unaddressed: false, payload: 'own' },
    ]);
  });

  it('has what no format reads kept under its own id', async () => {
    const gateway = await provisionGateway([], 'all');
    const client = await logIn(gateway);
    await client.publishAsync('nowhere/known', 'x', { qos: 1 });
    await client.publishAsync(FLEET_TOPIC, '{broken', { qos: 1 });
    expect(await logged()).toEqual([
      { deviceId: gateway.id, unaddressed: false, payload: 'x' },
      { deviceId: gateway.id, unaddressed: false, payload: '{broken' },
    ]);
  });

  it('may not publish where only brokers do, and hears nothing', async () => {
    const device = await provision(operator);
    const gateway = await provisionGateway([device]);
    const client = await logIn(gateway);
    for (const filter of [`devices/${device.ident}/commands`, `devices/${gateway.ident}/commands`, '#']) {
      await expect(client.subscribeAsync(filter)).rejects.toThrow(/128|Unspecified/);
    }
    const gone = closed(client);
    client.publish('$SYS/broker/connection/x/state', '1', { qos: 1 });
    await gone;
    expect(await logged()).toEqual([]);
  });

  it('publishes at a rate of its own, above that of a device', async () => {
    const device = await provision(operator);
    const gateway = await provisionGateway([device]);
    const messages = 300;
    const publishAll = async (client: MqttClient): Promise<number> => {
      const startedAtMs = performance.now();
      await Promise.all(Array.from({ length: messages }, (_, at) => say(client, device, `${at}`)));
      return performance.now() - startedAtMs;
    };
    // Ten a second: a hundred go through as a burst, the rest would take twenty seconds.
    const slow = await logIn(device);
    let isSlowDone = false;
    const slowly = publishAll(slow).then(
      () => {
        isSlowDone = true;
      },
      () => {},
    );
    expect(await publishAll(await logIn(gateway))).toBeLessThan(5_000);
    expect(isSlowDone).toBe(false);
    slow.end(true);
    void slowly;
  });
});

describe('a tracker', () => {
  it('may not use a topic of gateways, where it could speak for others', async () => {
    const [device, victim] = [await provision(operator), await provision(operator)];
    const client = await logIn(device);
    const gone = closed(client);
    client.publish(FLEET_TOPIC, JSON.stringify([{ ident: victim.ident }]), { qos: 1 });
    await gone;
    expect(await logged()).toEqual([]);
  });

  it('is what it says it is still, when a gateway speaks for it too', async () => {
    const device = await provision(operator);
    const own = await logIn(device);
    const gateway = await logIn(await provisionGateway([device]));
    await say(own, device, 'own');
    await say(gateway, device, 'through the gateway');
    expect(await logged()).toEqual([
      { deviceId: device.id, unaddressed: false, payload: 'own' },
      { deviceId: device.id, unaddressed: false, payload: 'through the gateway' },
    ]);
  });
});

describe('a message for several devices', () => {
  it('goes to the shard of each, and is acknowledged only once every part is on disk', async () => {
    const devices = await provisionSeveral(8);
    const shards = new Set(devices.map(({ id }) => shardOf(id, SHARDS)));
    expect(shards.size).toBe(SHARDS);
    const gateway = await provisionGateway(devices.slice(1));
    const client = await logIn(gateway);
    fullShards = new Set([shardOf(devices[7]!.id, SHARDS)]);
    let isAcknowledged = false;
    const items = devices.map(({ ident }) => ({ ident, time: 1 }));
    const publishing = client.publishAsync(FLEET_TOPIC, JSON.stringify(items), { qos: 1 }).then(() => {
      isAcknowledged = true;
    });
    const isOnFullShard = (id: number): boolean => fullShards.has(shardOf(id, SHARDS));
    const owners = [gateway, ...devices.slice(1)];
    const early = owners.filter(({ id }) => !isOnFullShard(id)).length;
    await expect.poll(async () => (await logged()).length).toBe(early);
    await pause(100);
    expect(isAcknowledged).toBe(false);
    expect(broker.flow.messages).toBe(1);
    fullShards.clear();
    await publishing;
    expect((await logged()).toSorted((a, b) => a.payload.localeCompare(b.payload))).toEqual(
      devices
        .map((device, at) => ({
          // The first one is not on the list.
          deviceId: at === 0 ? gateway.id : device.id,
          unaddressed: at === 0,
          payload: JSON.stringify(items[at]),
        }))
        .toSorted((a, b) => a.payload.localeCompare(b.payload)),
    );
    expect(broker.flow).toMatchObject({ messages: 0, bytes: 0, pausedCount: 0 });
  });

  it('holds back the acknowledgements of those after it, which leave in their order', async () => {
    const devices = await provisionSeveral(4);
    const client = await logIn(await provisionGateway(devices));
    const [first, second] = [devices[0]!, devices[1]!];
    fullShards = new Set([shardOf(first.id, SHARDS)]);
    const order: string[] = [];
    const publishing = [
      say(client, first, 'first').then(() => order.push('first')),
      say(client, second, 'second').then(() => order.push('second')),
    ];
    await expect.poll(async () => (await logged()).length).toBe(1);
    await pause(50);
    expect(order).toEqual([]);
    fullShards.clear();
    await Promise.all(publishing);
    expect(order).toEqual(['first', 'second']);
  });
});

it('what a gateway says of many unknown devices is one record, and counts as many publishes', async () => {
  const client = await logIn(await provisionGateway([]));
  const items = Array.from({ length: 250 }, (_, at) => ({ ident: `unknown-${at}`, time: 1 }));
  const payload = JSON.stringify(items);
  await client.publishAsync(FLEET_TOPIC, payload, { qos: 1 });
  expect(await logged()).toMatchObject([{ unaddressed: true, payload }]);
  // What is saved up is ten seconds of the rate: 10,000 parts. The rest comes at 1,000 a second.
  const startedAtMs = performance.now();
  const more = Array.from({ length: 47 }, () => client.publishAsync(FLEET_TOPIC, payload, { qos: 1 }));
  await Promise.all(more);
  expect(performance.now() - startedAtMs).toBeGreaterThan(500);
  expect(await logged()).toHaveLength(48);
});

it('the result of a command that a gateway brings is of the device that its topic names', async () => {
  const device = await provision(operator);
  const client = await logIn(await provisionGateway([device]));
  await client.publishAsync(`devices/${device.ident}/commands/7/result`, '{"result":"ok"}', { qos: 1 });
  expect(await logged()).toEqual([{ deviceId: device.id, unaddressed: false, payload: '{"result":"ok"}' }]);
});

describe('what changes for a gateway', () => {
  /** Publishes again and again until the log shows that it has the wanted effect; how long that took. */
  async function untilLogged(
    client: MqttClient,
    device: Account,
    expected: Partial<Logged>,
  ): Promise<number> {
    const startedAtMs = performance.now();
    for (let attempt = 0; performance.now() - startedAtMs < 10_000; attempt += 1) {
      const payload = `attempt ${attempt}`;
      await say(client, device, payload);
      const message = (await logged()).find((one) => one.payload === payload);
      if (Object.entries(expected).every(([name, value]) => message?.[name as keyof Logged] === value)) break;
    }
    return performance.now() - startedAtMs;
  }

  it.each([
    ['revoked', 'revoked_at = now()'],
    ['given a new secret', "secret_hash = decode(repeat('ab', 32), 'hex')"],
  ])('as its account is %s disconnects it within a second', async (_, change) => {
    const device = await provision(operator);
    const gateway = await provisionGateway([device]);
    const client = await logIn(gateway);
    await say(client, device, 'before');
    const gone = closed(client);
    const startedAtMs = performance.now();
    await owner.query(`UPDATE devices SET ${change} WHERE id = $1`, [gateway.id]);
    await gone;
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
    await expect(logIn(gateway)).rejects.toMatchObject({ code: 4 });
  });

  it.each([
    ['a device is taken off its list', 'DELETE FROM gateway_devices WHERE device_id = $1'],
    ['a device on its list is revoked', 'UPDATE devices SET revoked_at = now() WHERE id = $1'],
  ])('when %s takes effect within a second, and it stays connected', async (_, change) => {
    const [device, other] = [await provision(operator), await provision(operator)];
    const gateway = await provisionGateway([device, other]);
    const client = await logIn(gateway);
    await say(client, device, 'before');
    await owner.query(change, [device.id]);
    expect(await untilLogged(client, device, { deviceId: gateway.id, unaddressed: true })).toBeLessThan(
      1_000,
    );
    await say(client, other, 'other');
    expect(await logged()).toContainEqual({ deviceId: other.id, unaddressed: false, payload: 'other' });
    expect(client.connected).toBe(true);
  });

  it('when it speaks for all no longer, or again, takes effect within a second', async () => {
    const device = await provision(operator);
    const gateway = await provisionGateway([], 'all');
    const client = await logIn(gateway);
    await say(client, device, 'before');
    await owner.query("UPDATE devices SET speaks_for = 'listed' WHERE id = $1", [gateway.id]);
    expect(await untilLogged(client, device, { deviceId: gateway.id, unaddressed: true })).toBeLessThan(
      1_000,
    );
    await addToList(gateway, device.id);
    expect(await untilLogged(client, device, { deviceId: device.id, unaddressed: false })).toBeLessThan(
      1_000,
    );
  });

  it('while the broker could not hear of it takes effect once it can', async () => {
    const device = await provision(operator);
    const gateway = await provisionGateway([device]);
    const client = await logIn(gateway);
    await say(client, device, 'before');
    await owner.query(`
      BEGIN; ALTER TABLE gateway_devices DISABLE TRIGGER gateway_devices_removed;
      DELETE FROM gateway_devices WHERE gateway_id = ${gateway.id};
      ALTER TABLE gateway_devices ENABLE TRIGGER gateway_devices_removed; COMMIT`);
    await say(client, device, 'unheard');
    expect(await logged()).toContainEqual({ deviceId: device.id, unaddressed: false, payload: 'unheard' });
    await owner.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid() AND datname = current_database()",
    );
    expect(await untilLogged(client, device, { deviceId: gateway.id, unaddressed: true })).toBeLessThan(
      5_000,
    );
  });
});

describe('while the database is away', () => {
  it('a gateway’s messages wait in their order, unacknowledged, and none is lost', async () => {
    const [known, unknown] = [await provision(operator), await provision(operator)];
    const client = await logIn(await provisionGateway([known, unknown]));
    await say(client, known, 'before');
    let isAway = true;
    askInstead = async (gatewayId, asked) => {
      if (isAway) throw new Error('the database is away');
      return await devicesOfGateway(pool, gatewayId, asked);
    };
    const acknowledged: string[] = [];
    const texts = ['unknown 1', 'known 1', 'unknown 2', 'known 2'];
    const publishing = texts.map((text) =>
      say(client, text.startsWith('known') ? known : unknown, text).then(() => acknowledged.push(text)),
    );
    await expect.poll(() => broker.routes.heldMessages).toBe(texts.length);
    await pause(200);
    expect(acknowledged).toEqual([]);
    expect(await logged()).toHaveLength(1);
    isAway = false;
    await Promise.all(publishing);
    expect(acknowledged).toEqual(texts);
    const ofDevice = async (device: Account) =>
      (await logged()).filter(({ deviceId }) => deviceId === device.id).map(({ payload }) => payload);
    expect(await ofDevice(known)).toEqual(['before', 'known 1', 'known 2']);
    expect(await ofDevice(unknown)).toEqual(['unknown 1', 'unknown 2']);
    expect(broker.routes).toMatchObject({ heldMessages: 0, heldBytes: 0 });
    expect(broker.flow).toMatchObject({ messages: 0, bytes: 0, pausedCount: 0 });
  });

  it('trackers, and gateways for devices that are known, go on', async () => {
    const device = await provision(operator);
    const [tracker, gateway] = [await logIn(device), await logIn(await provisionGateway([device]))];
    await say(gateway, device, 'before');
    askInstead = () => Promise.reject(new Error('the database is away'));
    await say(gateway, device, 'gateway');
    await say(tracker, device, 'tracker');
    expect((await logged()).map(({ payload }) => payload)).toEqual(['before', 'gateway', 'tracker']);
  });

  it('a gateway waits unread once it has too much under way', async () => {
    const device = await provision(operator);
    const client = await logIn(await provisionGateway([device]));
    let isAway = true;
    askInstead = async (gatewayId, asked) => {
      if (isAway) throw new Error('the database is away');
      return await devicesOfGateway(pool, gatewayId, asked);
    };
    const publishing: Promise<unknown>[] = [];
    for (let sent = 0; sent < 400; sent += 1) {
      publishing.push(say(client, device, `${sent}`));
      await pause(1);
    }
    expect(broker.routes.heldMessages).toBeGreaterThanOrEqual(limits.maxInFlightMessagesPerClient);
    expect(broker.routes.heldMessages).toBeLessThan(limits.maxInFlightMessagesPerClient + 10);
    expect(broker.flow.pausedCount).toBe(1);
    isAway = false;
    await Promise.all(publishing);
    expect((await logged()).map(({ payload }) => Number(payload))).toEqual(publishing.map((_, at) => at));
  });

  it('a gateway is disconnected, not acknowledged, when too many messages wait over all', async () => {
    const [device, known] = [await provision(operator), await provision(operator)];
    const client = await logIn(await provisionGateway([device]));
    const tracker = await logIn(known);
    askInstead = () => new Promise(() => {});
    while (broker.routes.hold(1));
    const gone = closed(client);
    let isAcknowledged = false;
    client.publish(topicOf(device), 'x', { qos: 1 }, (error) => {
      isAcknowledged = error === null || error === undefined;
    });
    await gone;
    expect(isAcknowledged).toBe(false);
    expect(broker.flow).toMatchObject({ messages: 0, bytes: 0 });
    await say(tracker, known, 'undisturbed');
    expect((await logged()).map(({ payload }) => payload)).toEqual(['undisturbed']);
  });
});
