import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createMetrics } from '@wayleave/runtime/metrics.ts';
import { listenTo } from '@wayleave/runtime/notifications.ts';
import { createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import { createRedis, type Redis } from '@wayleave/runtime/redis.ts';
import { createRedisUplinkLog } from '@wayleave/runtime/uplink-log/redis-uplink-log.ts';
import {
  COMMAND_CHANNEL,
  claimCommands,
  giveBack,
  markDelivered,
  unclaim,
} from '@wayleave/telematics/commands/delivery-store.ts';
import { commandedDevices } from '@wayleave/telematics/commands/testing/commanded-devices.ts';
import { credentialsByIdent } from '@wayleave/telematics/devices/credential-store.ts';
import { hashDeviceSecret } from '@wayleave/telematics/devices/device-secret.ts';
import { encodeCommand } from '@wayleave/telematics/positions/adapters/teltonika-codec/codec12.ts';
import mqtt, { type IClientSubscribeOptions, type MqttClient } from 'mqtt';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Broker, createBroker } from './broker.ts';
import { createBrokerMetrics } from './broker-metrics.ts';
import { createCredentialLookup } from './credential-lookup.ts';
import { type Listener, listenTcp } from './listeners.ts';
import { testAdapters } from './test/fleet-format.ts';
import { UplinkWriter } from './uplink-writer.ts';

const KEY = Buffer.alloc(32, 7);
const SECRET = 'a secret of the tracker';
const log = createLog('test', 'fatal');

let database: TestDatabase;
let testRedis: TestRedis;
let owner: pg.Client;
let pool: Pool;
let redis: Redis;
let fleet: Awaited<ReturnType<typeof commandedDevices>>;
let first: Running;
let clients: MqttClient[] = [];
let isAway = false;
const stops: (() => Promise<void>)[] = [];

interface Running {
  broker: Broker;
  listener: Listener;
}

beforeAll(async () => {
  [database, testRedis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  pool = createPool({ url: database.url, role: 'wayleave_broker', log, maxConnections: 4 });
  redis = createRedis(testRedis.url, 'test', log);
  fleet = await commandedDevices(owner, hashDeviceSecret(KEY, SECRET));
});
afterAll(async () => {
  await pool.end();
  redis.disconnect();
  await owner.end();
  await Promise.all([database.drop(), testRedis.close()]);
});
beforeEach(async () => {
  isAway = false;
  first = await startBroker();
});
afterEach(async () => {
  for (const client of clients) client.end(true);
  clients = [];
  for (const stop of stops.splice(0)) await stop();
});

async function startBroker(): Promise<Running> {
  const writer = new UplinkWriter(
    createRedisUplinkLog({ redis, shardCount: 4, maxBytes: 64 * 1_024 * 1_024 }),
    log,
    () => {},
  );
  const unlessAway = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (isAway) throw new Error('the database is away');
    return await ask();
  };
  const broker = await createBroker({
    lookup: createCredentialLookup((idents) => credentialsByIdent(pool, idents)),
    secretKey: KEY,
    askRoutes: () => Promise.reject(new Error('no gateway is here')),
    adapters: testAdapters,
    writer,
    commands: {
      claim: (asked) => unlessAway(() => claimCommands(pool, asked)),
      markDelivered: (commands) => unlessAway(() => markDelivered(pool, commands)),
      giveBack: (commands) => unlessAway(() => giveBack(pool, commands)),
      unclaim: (commands) => unlessAway(() => unclaim(pool, commands)),
    },
    metrics: createBrokerMetrics(createMetrics('test')),
    log,
    maxFrameBytes: 64 * 1_024,
    maxPublishesPerS: 100,
    maxGatewayPublishesPerS: 100,
  });
  const hearing = listenTo({
    databaseUrl: database.url,
    role: 'wayleave_broker',
    channels: [COMMAND_CHANNEL],
    log,
    onConnected: () => broker.commands.askForAll(),
    onNotified: (_channel, deviceId) => broker.commands.notified(Number(deviceId)),
  });
  const listener = await listenTcp({
    host: '127.0.0.1',
    port: 0,
    maxConnections: 100,
    onConnection: broker.accept,
  });
  stops.push(async () => {
    await broker.close();
    await listener.close();
    await hearing.close();
    await writer.close();
  });
  return { broker, listener };
}

let devices = 0;
async function provision(): Promise<{ ident: string; deviceId: number }> {
  const ident = `867${String((devices += 1)).padStart(12, '0')}`;
  return { ident, deviceId: await fleet.makeDevice(ident) };
}

interface Heard {
  topic: string;
  payload: Buffer;
  qos: number;
}

async function logIn(
  ident: string,
  { at = first, acknowledges = true }: { at?: Running; acknowledges?: boolean } = {},
): Promise<{ client: MqttClient; heard: Heard[] }> {
  const client = mqtt.connect(`mqtt://127.0.0.1:${at.listener.port}`, {
    username: ident,
    password: SECRET,
    reconnectPeriod: 0,
  });
  clients.push(client);
  client.on('error', () => {});
  const heard: Heard[] = [];
  client.handleMessage = (packet, done) => {
    heard.push({ topic: packet.topic, payload: packet.payload as Buffer, qos: packet.qos });
    // Its PUBACK leaves when this calls back.
    if (acknowledges) done();
  };
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('close', () => reject(new Error('closed before CONNACK')));
  });
  return { client, heard };
}

/** Logged in and listening on a topic of its own. */
async function listen(
  ident: string,
  topic: string,
  options: { at?: Running; acknowledges?: boolean; qos?: IClientSubscribeOptions['qos'] } = {},
): Promise<{ client: MqttClient; heard: Heard[] }> {
  const tracker = await logIn(ident, options);
  await tracker.client.subscribeAsync(topic, { qos: options.qos ?? 1 });
  return tracker;
}

const textsOf = (heard: Heard[]): string[] => heard.map(({ payload }) => payload.toString());
const until = (id: string, state: string) =>
  expect.poll(async () => (await fleet.stored(id)).state, { timeout: 5_000 }).toBe(state);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const answered = async (id: string): Promise<void> => {
  await owner.query(
    "UPDATE device_commands SET state = 'answered', answer = 'ok', answered_at = now() WHERE id = $1",
    [id],
  );
};

describe('a command', () => {
  it('that was queued while the tracker was away is delivered once it listens', async () => {
    const { ident, deviceId } = await provision();
    const [id] = await fleet.ask(deviceId, 'native', 'report');
    const { heard } = await listen(ident, `devices/${ident}/commands`);
    await until(id!, 'delivered');
    expect(heard).toMatchObject([{ topic: `devices/${ident}/commands`, qos: 1 }]);
    expect(JSON.parse(heard[0]!.payload.toString())).toEqual({ id, command: 'report' });
    expect(await fleet.stored(id!)).toMatchObject({
      attempts: 1,
      sent_at: expect.any(Date),
      delivered_at: expect.any(Date),
    });
  });

  it('goes at once to a tracker that is connected, as a Codec 12 packet or as JSON', async () => {
    const [binary, json] = [await provision(), await provision()];
    const trackers = [
      await listen(binary.ident, `${binary.ident}/commands`),
      await listen(json.ident, `${json.ident}/commands`),
    ];
    const [one] = await fleet.ask(binary.deviceId, 'teltonika-codec12', 'getinfo');
    const [two] = await fleet.ask(json.deviceId, 'teltonika-json', 'readio 239');
    await until(one!, 'delivered');
    await until(two!, 'delivered');
    expect(trackers[0]!.heard).toMatchObject([
      { topic: `${binary.ident}/commands`, payload: encodeCommand('getinfo'), qos: 1 },
    ]);
    expect(textsOf(trackers[1]!.heard)).toEqual(['{"CMD":"readio 239"}']);
  });

  it('is heard by no other tracker, whatever it asked for', async () => {
    const [asked, other] = [await provision(), await provision()];
    const spy = await logIn(other.ident);
    const filters = [
      '#',
      '+/commands',
      'devices/+/commands',
      `${asked.ident}/commands`,
      `devices/${asked.ident}/commands`,
    ];
    for (const filter of filters)
      await expect(spy.client.subscribeAsync(filter, { qos: 1 })).rejects.toThrow();
    await spy.client.subscribeAsync([`${other.ident}/commands`, `devices/${other.ident}/commands`], {
      qos: 1,
    });
    const own = await listen(asked.ident, `${asked.ident}/commands`);
    const [id] = await fleet.ask(asked.deviceId, 'teltonika-codec12', 'getinfo');
    const [second] = await fleet.ask(other.deviceId, 'teltonika-codec12', 'getver');
    await until(id!, 'delivered');
    await until(second!, 'delivered');
    expect(own.heard.map(({ payload }) => payload)).toEqual([encodeCommand('getinfo')]);
    expect(spy.heard.map(({ payload }) => payload)).toEqual([encodeCommand('getver')]);
  });

  it('waits where the tracker does not listen for its format', async () => {
    const { ident, deviceId } = await provision();
    const native = await listen(ident, `devices/${ident}/commands`);
    const [binary] = await fleet.ask(deviceId, 'teltonika-codec12', 'getinfo');
    const [id] = await fleet.ask(deviceId, 'native', 'report');
    await until(id!, 'delivered');
    await pause(50);
    expect(native.heard).toHaveLength(1);
    expect(await fleet.stored(binary!)).toMatchObject({ state: 'queued', attempts: 0 });
    await native.client.unsubscribeAsync(`devices/${ident}/commands`);
    await answered(id!);
    const [later] = await fleet.ask(deviceId, 'native', 'report');
    await pause(100);
    expect(await fleet.stored(later!)).toMatchObject({ state: 'queued', attempts: 0 });
  });

  it('that expired before the tracker came is not sent', async () => {
    const { ident, deviceId } = await provision();
    const ids = await fleet.ask(deviceId, 'native', 'report', 'report');
    await fleet.age([ids[0]!], 86_400);
    const { heard } = await listen(ident, `devices/${ident}/commands`);
    await until(ids[1]!, 'delivered');
    expect(heard.map(({ payload }) => JSON.parse(payload.toString()).id)).toEqual([ids[1]]);
    expect(await fleet.stored(ids[0]!)).toMatchObject({ attempts: 0 });
  });

  it('goes after the one before it was answered, in their order', async () => {
    const { ident, deviceId } = await provision();
    const ids = await fleet.ask(deviceId, 'teltonika-json', 'getinfo', 'getver', 'getio');
    const { heard } = await listen(ident, `${ident}/commands`);
    for (const [at, id] of ids.entries()) {
      await until(id, 'delivered');
      await pause(30);
      expect(heard).toHaveLength(at + 1);
      await answered(id);
    }
    expect(textsOf(heard)).toEqual(['{"CMD":"getinfo"}', '{"CMD":"getver"}', '{"CMD":"getio"}']);
  });

  it('goes once the one before it is acknowledged too, where its answer came earlier', async () => {
    const { ident, deviceId } = await provision();
    const ids = await fleet.ask(deviceId, 'teltonika-json', 'getinfo', 'getver');
    const tracker = await logIn(ident);
    const acknowledge: (() => void)[] = [];
    tracker.client.handleMessage = (packet, done) => {
      tracker.heard.push({ topic: packet.topic, payload: packet.payload as Buffer, qos: packet.qos });
      acknowledge.push(done);
    };
    await tracker.client.subscribeAsync(`${ident}/commands`, { qos: 1 });
    await expect.poll(() => acknowledge).toHaveLength(1);
    await answered(ids[0]!);
    await pause(200);
    expect(await fleet.stored(ids[1]!)).toMatchObject({ state: 'queued', claims: 0 });
    acknowledge[0]!();
    await expect.poll(() => acknowledge).toHaveLength(2);
    acknowledge[1]!();
    await until(ids[1]!, 'delivered');
    expect(await fleet.stored(ids[1]!)).toMatchObject({ attempts: 1 });
    expect(textsOf(tracker.heard)).toEqual(['{"CMD":"getinfo"}', '{"CMD":"getver"}']);
  });

  it('that the tracker did not acknowledge goes again on its next connection', async () => {
    const { ident, deviceId } = await provision();
    const [id] = await fleet.ask(deviceId, 'native', 'report');
    const silent = await listen(ident, `devices/${ident}/commands`, { acknowledges: false });
    await expect.poll(() => silent.heard).toHaveLength(1);
    expect((await fleet.stored(id!)).state).toBe('sent');
    silent.client.stream.destroy();
    await until(id!, 'queued');
    const back = await listen(ident, `devices/${ident}/commands`);
    await until(id!, 'delivered');
    expect(back.heard).toHaveLength(1);
    expect((await fleet.stored(id!)).attempts).toBe(2);
  });

  it('goes once to a tracker that is connected to two brokers', async () => {
    const second = await startBroker();
    const { ident, deviceId } = await provision();
    const trackers = [
      await listen(ident, `devices/${ident}/commands`),
      await listen(ident, `devices/${ident}/commands`, { at: second }),
      await listen(ident, `devices/${ident}/commands`, { at: second }),
    ];
    for (let round = 0; round < 10; round += 1) {
      const [id] = await fleet.ask(deviceId, 'native', 'report');
      await until(id!, 'delivered');
      await answered(id!);
    }
    await pause(50);
    expect(trackers.reduce((sum, { heard }) => sum + heard.length, 0)).toBe(10);
  });

  it('to a tracker that listens with QoS 0 is delivered once it is written', async () => {
    const { ident, deviceId } = await provision();
    const { heard } = await listen(ident, `${ident}/commands`, { qos: 0 });
    const [id] = await fleet.ask(deviceId, 'teltonika-json', 'getinfo');
    await until(id!, 'delivered');
    await expect.poll(() => heard).toMatchObject([{ qos: 0 }]);
  });

  it('waits for a database that is away, while publishes go on', async () => {
    const { ident, deviceId } = await provision();
    const [id] = await fleet.ask(deviceId, 'native', 'report');
    isAway = true;
    const { client, heard } = await listen(ident, `devices/${ident}/commands`);
    await client.publishAsync(`devices/${ident}/positions`, '{}', { qos: 1 });
    await pause(50);
    expect(heard).toEqual([]);
    isAway = false;
    await until(id!, 'delivered');
    expect(heard).toHaveLength(1);
  });

  it('under way is given back when its broker stops', async () => {
    const { ident, deviceId } = await provision();
    const [id] = await fleet.ask(deviceId, 'native', 'report');
    const silent = await listen(ident, `devices/${ident}/commands`, { acknowledges: false });
    await expect.poll(() => silent.heard).toHaveLength(1);
    for (const stop of stops.splice(0)) await stop();
    expect(await fleet.stored(id!)).toMatchObject({ state: 'queued', attempts: 1 });
  });
});

it('nothing that a tracker publishes on the topic of its commands comes down to it, retained or not', async () => {
  const { ident } = await provision();
  const { client, heard } = await listen(ident, `devices/${ident}/commands`);
  await client.publishAsync(`devices/${ident}/commands`, '{"id":"1","command":"x"}', {
    qos: 1,
    retain: true,
  });
  const again = await listen(ident, `devices/${ident}/commands`);
  await pause(50);
  expect([...heard, ...again.heard]).toEqual([]);
});
