import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import type { ShardEntry, UplinkLog } from '@wayleave/runtime/uplink-log/uplink-log.ts';
import { unpackEntry } from '@wayleave/runtime/uplink-log/uplink-record.ts';
import { credentialsById, credentialsByIdent } from '@wayleave/telematics/devices/credential-store.ts';
import { hashDeviceSecret } from '@wayleave/telematics/devices/device-secret.ts';
import mqtt, { type MqttClient } from 'mqtt';
import { generate, type Packet } from 'mqtt-packet';
import pg from 'pg';
import { generate as generateCertificate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Broker, createBroker } from './broker.ts';
import { createBrokerMetrics } from './broker-metrics.ts';
import { createCredentialLookup } from './credential-lookup.ts';
import { limits } from './limits.ts';
import { type Listener, listenTcp, listenTls } from './listeners.ts';
import { keepSessionsAllowed } from './session-checks.ts';
import { testAdapters } from './test/fleet-format.ts';
import { noCommands } from './test/no-commands.ts';
import { UplinkWriter } from './uplink-writer.ts';

const KEY = Buffer.alloc(32, 7);
const SECRET = 'a secret of the tracker';
const log = createLog('test', 'fatal');
const MAX_FRAME_BYTES = 64 * 1_024;

let database: TestDatabase;
let testRedis: TestRedis;
let owner: pg.Client;
let pool: Pool;
let redis: Redis;
let broker: Broker;
let listener: Listener;
let revocations: ChangeListener;
let writer: UplinkWriter;
/** Set to hold the log's answers back. */
let gate: Promise<void> | null = null;
let clients: MqttClient[] = [];
let sockets: Socket[] = [];

beforeAll(async () => {
  [database, testRedis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  pool = createPool({ url: database.url, role: 'wayleave_broker', log, maxConnections: 2 });
  redis = createRedis(testRedis.url, 'test', log);
  await owner.query("INSERT INTO operators (name) VALUES ('Test')");
});

afterAll(async () => {
  await pool.end();
  redis.disconnect();
  await owner.end();
  await Promise.all([database.drop(), testRedis.close()]);
});

beforeEach(async () => {
  await redis.flushall();
  gate = null;
  const real = createRedisUplinkLog({ redis, shardCount: 4, maxBytes: 64 * 1_024 * 1_024 });
  const gated: UplinkLog = {
    ...real,
    append: async (entries: readonly ShardEntry[]) => {
      await gate;
      return await real.append(entries);
    },
  };
  writer = new UplinkWriter(gated, log, () => {});
  broker = await createBroker({
    lookup: createCredentialLookup((idents) => credentialsByIdent(pool, idents)),
    secretKey: KEY,
    askRoutes: noRoutes,
    adapters: testAdapters,
    writer,
    commands: noCommands,
    metrics: createBrokerMetrics(createMetrics('test')),
    log,
    maxFrameBytes: MAX_FRAME_BYTES,
    maxPublishesPerS: 100,
    maxGatewayPublishesPerS: 100,
  });
  revocations = keepSessionsAllowed({
    databaseUrl: database.url,
    log,
    broker,
    credentialsOf: (deviceIds) => credentialsById(pool, deviceIds),
  });
  listener = await listenTcp({
    host: '127.0.0.1',
    port: 0,
    maxConnections: 1_000,
    onConnection: broker.accept,
  });
});

afterEach(async () => {
  for (const client of clients) client.end(true);
  for (const socket of sockets) socket.destroy();
  clients = [];
  sockets = [];
  await broker.close();
  await listener.close();
  await revocations.close();
  await writer.close();
});

// Gateways have tests of their own (gateway.integration.test.ts).
const noRoutes = (): Promise<Map<string, number>> => Promise.reject(new Error('no gateway is here'));

let idents = 0;
async function provision(): Promise<string> {
  const ident = `867${String((idents += 1)).padStart(12, '0')}`;
  await owner.query(
    'INSERT INTO devices (operator_id, ident, secret_hash) SELECT id, $1, $2 FROM operators',
    [ident, hashDeviceSecret(KEY, SECRET)],
  );
  return ident;
}

async function logIn(ident: string, options: mqtt.IClientOptions = {}): Promise<MqttClient> {
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

async function openSocket(): Promise<Socket> {
  const socket = connect(listener.port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Everything in the log, as device topic and payload. */
async function logged(): Promise<{ topic: string; payload: string }[]> {
  const messages: { topic: string; payload: string }[] = [];
  for (const key of await redis.keys('{uplink:*}')) {
    for (const [, fields] of await redis.xrangeBuffer(key, '-', '+')) {
      unpackEntry(fields[1]!, ({ topic, payload }) => messages.push({ topic, payload: payload.toString() }));
    }
  }
  return messages;
}

// Not node:events `once`, which rejects when the reset comes as an error first.
const closed = (client: MqttClient): Promise<void> =>
  new Promise((resolve) => client.once('close', () => resolve()));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a login', () => {
  it('is let in with the ident and its secret', async () => {
    const client = await logIn(await provision());
    expect(client.connected).toBe(true);
    expect(broker.sessions.size).toBe(1);
  });

  it.each([
    ['a wrong secret', { password: 'wrong' }],
    ['an ident that nobody has', { username: 'nobody' }],
    ['no password', { password: '' }],
  ])('with %s is refused with return code 4', async (_, options) => {
    await expect(logIn(await provision(), options)).rejects.toMatchObject({ code: 4 });
    expect(broker.sessions.size).toBe(0);
  });

  it('without a client id and with a session to keep is refused with return code 2', async () => {
    const socket = await openSocket();
    const packet = {
      cmd: 'connect',
      clientId: '',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: false,
      keepalive: 60,
      username: await provision(),
      password: Buffer.from(SECRET),
    };
    // mqtt-packet will not write such a packet with an empty id, so the bytes are changed after.
    const bytes = generate({ ...packet, clean: true } as Packet);
    bytes[9]! &= ~2;
    socket.write(bytes);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect([...answer]).toEqual([0x20, 2, 0, 2]);
  });

  it('under a name that no device can have fails alone, not with those who log in beside it', async () => {
    const ident = await provision();
    const odd = Array.from({ length: 5 }, () =>
      logIn(ident, { username: 'a\0b' }).catch((error: Error) => error),
    );
    expect((await logIn(ident)).connected).toBe(true);
    for (const refused of await Promise.all(odd)) expect(refused).toBeInstanceOf(Error);
  });

  it('cannot take over the session of another device by using its client id', async () => {
    const [first, second] = [await provision(), await provision()];
    const victim = await logIn(first, { clientId: 'same' });
    await logIn(second, { clientId: 'same' });
    await pause(50);
    expect(victim.connected).toBe(true);
  });

  it('ends the oldest session of a device that has too many', async () => {
    const ident = await provision();
    const oldest = await logIn(ident, { clientId: '0' });
    const gone = closed(oldest);
    for (let at = 1; at <= limits.maxSessionsPerDevice; at += 1) await logIn(ident, { clientId: `${at}` });
    await gone;
    expect(broker.sessions.size).toBe(limits.maxSessionsPerDevice);
  });

  it('is answered "unavailable", not "wrong", while the database is away', async () => {
    const ident = await provision();
    const lost = createPool({
      url: database.url.replace('wayleave_test', 'gone'),
      role: 'wayleave_broker',
      log,
      maxConnections: 1,
    });
    const other = await createBroker({
      lookup: createCredentialLookup((asked) => credentialsByIdent(lost, asked)),
      secretKey: KEY,
      askRoutes: noRoutes,
      adapters: testAdapters,
      writer,
      commands: noCommands,
      metrics: createBrokerMetrics(createMetrics('test')),
      log,
      maxFrameBytes: MAX_FRAME_BYTES,
      maxPublishesPerS: 100,
      maxGatewayPublishesPerS: 100,
    });
    const { port, close } = await listenTcp({
      host: '127.0.0.1',
      port: 0,
      maxConnections: 10,
      onConnection: other.accept,
    });
    await expect(logIn(ident, { port })).rejects.toMatchObject({ code: 3 });
    await other.close();
    await close();
    await lost.end();
  });
});

describe('a publish', () => {
  it.each([0, 1, 2] as const)('of QoS %i is in the log with its topic and bytes', async (qos) => {
    const ident = await provision();
    const client = await logIn(ident);
    await client.publishAsync(`devices/${ident}/positions`, '{"lat":1}', { qos });
    if (qos === 0) await pause(50);
    expect(await logged()).toEqual([{ topic: `devices/${ident}/positions`, payload: '{"lat":1}' }]);
  });

  it('on the longest topic that a format has, of nineteen levels, is taken', async () => {
    const ident = await provision();
    const client = await logIn(ident);
    // As HSL's vehicles publish, under an ident that is a level of its own here.
    const topic = `/hfp/v2/journey/ongoing/vp/bus/0022/${ident}/2550/2/Westendinasema/18:09/1234567/3/60;24/18/69/31`;
    await client.publishAsync(topic, '{"VP":{}}', { qos: 1 });
    expect(await logged()).toEqual([{ topic, payload: '{"VP":{}}' }]);
  });

  it.each([1, 2] as const)('of QoS %i is acknowledged only once the log has it on disk', async (qos) => {
    const ident = await provision();
    const client = await logIn(ident);
    let open = (): void => {};
    gate = new Promise((resolve) => {
      open = resolve;
    });
    let isAcknowledged = false;
    const publishing = client.publishAsync(`devices/${ident}/positions`, 'x', { qos }).then(() => {
      isAcknowledged = true;
    });
    await pause(100);
    expect(isAcknowledged).toBe(false);
    expect(await logged()).toEqual([]);
    open();
    await publishing;
    expect(await logged()).toHaveLength(1);
  });

  it('keeps its place: acknowledgements come in the order of the messages', async () => {
    const ident = await provision();
    const client = await logIn(ident);
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 300 }, (_, at) =>
        client.publishAsync(`devices/${ident}/positions`, `${at}`, { qos: 1 }).then(() => order.push(at)),
      ),
    );
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect((await logged()).map(({ payload }) => Number(payload))).toEqual(order);
  });

  it('on a topic of another device ends the connection and stores nothing', async () => {
    const [own, foreign] = [await provision(), await provision()];
    const client = await logIn(own);
    const gone = closed(client);
    client.publish(`devices/${foreign}/positions`, '{}', { qos: 1 });
    await gone;
    expect(await logged()).toEqual([]);
  });

  it('on an endless topic, or one that is no text, ends the connection and disturbs nobody', async () => {
    const [loud, quiet] = [await provision(), await provision()];
    const other = await logIn(quiet);
    const long = await logIn(loud);
    long.publish(`devices/${loud}/${'x'.repeat(2_000)}`, '{}', { qos: 1 });
    await closed(long);
    const raw = await openSocket();
    const login = {
      cmd: 'connect',
      clientId: 'c',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      keepalive: 60,
    };
    raw.write(generate({ ...login, username: loud, password: Buffer.from(SECRET) } as Packet));
    await once(raw, 'data');
    const topic = Buffer.concat([Buffer.from(`devices/${loud}/`), Buffer.alloc(30_000, 0xff)]);
    const body = Buffer.concat([
      Buffer.from([topic.length >> 8, topic.length & 0xff]),
      topic,
      Buffer.from([0, 1, 0x7b]),
    ]);
    const length = Buffer.from([
      (body.length & 0x7f) | 0x80,
      ((body.length >> 7) & 0x7f) | 0x80,
      body.length >> 14,
    ]);
    const end = once(raw, 'close');
    raw.write(Buffer.concat([Buffer.from([0x32]), length, body]));
    await end;
    await other.publishAsync(`devices/${quiet}/positions`, 'fine', { qos: 1 });
    expect(await logged()).toEqual([{ topic: `devices/${quiet}/positions`, payload: 'fine' }]);
  });

  it('is heard by no other tracker, whatever it asked for', async () => {
    const [own, other] = [await provision(), await provision()];
    const spy = await logIn(other);
    const heard: string[] = [];
    spy.on('message', (topic) => heard.push(topic));
    const asked = await spy
      .subscribeAsync(['#', `devices/${own}/positions`, `devices/${other}/commands`])
      .catch((error: Error) => error);
    expect(asked).toBeInstanceOf(Error);
    const client = await logIn(own);
    await client.publishAsync(`devices/${own}/positions`, '{}', { qos: 1, retain: true });
    await pause(50);
    expect(heard).toEqual([]);
    expect(spy.connected).toBe(true);
  });

  it('is slowed down, not refused, when a device sends more than its rate', async () => {
    const ident = await provision();
    const client = await logIn(ident);
    const startedAtMs = performance.now();
    // A burst of ten seconds' worth goes through at once, and with it what one read of 64 KiB holds.
    const messages = 1_000 + 300;
    const payload = 'x'.repeat(1_024);
    await Promise.all(
      Array.from({ length: messages }, () =>
        client.publishAsync(`devices/${ident}/positions`, payload, { qos: 1 }),
      ),
    );
    expect(performance.now() - startedAtMs).toBeGreaterThan(1_500);
    expect(await logged()).toHaveLength(messages);
  });

  it('waits unread when too much is in flight, and goes on when the log catches up', async () => {
    const ident = await provision();
    const client = await logIn(ident);
    let open = (): void => {};
    gate = new Promise((resolve) => {
      open = resolve;
    });
    // One by one: a flood in large reads is stopped by TCP before it comes to this bound.
    const publishing: Promise<unknown>[] = [];
    for (let sent = 0; sent < 500; sent += 1) {
      publishing.push(client.publishAsync(`devices/${ident}/positions`, 'x', { qos: 1 }));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(broker.flow.messages).toBeGreaterThanOrEqual(limits.maxInFlightMessagesPerClient);
    expect(broker.flow.messages).toBeLessThan(limits.maxInFlightMessagesPerClient + 10);
    expect(broker.flow.pausedCount).toBe(1);
    open();
    await Promise.all(publishing);
    expect(broker.flow).toMatchObject({ messages: 0, bytes: 0, pausedCount: 0 });
  });

  it('left by a client as its will is stored like any other', async () => {
    const ident = await provision();
    const topic = `devices/${ident}/positions`;
    const client = await logIn(ident, {
      will: { topic, payload: Buffer.from('last words'), qos: 1, retain: false },
    });
    client.stream.destroy();
    await expect.poll(logged).toEqual([{ topic, payload: 'last words' }]);
  });
});

describe('over TLS', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wayleave-tls-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('a tracker that trusts the certificate publishes as over TCP, and noise is hung up on', async () => {
    const certificate = await generateCertificate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    });
    const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    writeFileSync(certFile, certificate.cert);
    writeFileSync(keyFile, certificate.private);
    const tls = await listenTls({
      host: '127.0.0.1',
      port: 0,
      maxConnections: 10,
      onConnection: broker.accept,
      certFile,
      keyFile,
    });
    const ident = await provision();
    const over = { port: tls.port, protocol: 'mqtts', host: 'localhost' } as const;
    await expect(logIn(ident, over)).rejects.toThrow(/self.signed/);
    const client = await logIn(ident, { ...over, ca: certificate.cert });
    await client.publishAsync(`devices/${ident}/positions`, '{"lat":1}', { qos: 1 });
    expect(await logged()).toEqual([{ topic: `devices/${ident}/positions`, payload: '{"lat":1}' }]);
    client.publish(`devices/${ident}/positions`, Buffer.alloc(MAX_FRAME_BYTES + 1), { qos: 1 });
    await closed(client);
    void tls.close();
  });
});

const subscribeTo = (topic: string): Packet => ({
  cmd: 'subscribe',
  messageId: 1,
  subscriptions: [{ topic, qos: 1 }],
});

describe('noise on the port', () => {
  it.each([
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['zeros', Buffer.alloc(100)],
    [
      'a publish before any login',
      generate({ cmd: 'publish', topic: 't', payload: 'x', qos: 0, dup: false, retain: false }),
    ],
    ['a CONNECT that announces a megabyte', Buffer.from([0x10, 0x80, 0x80, 0x40])],
  ])('%s is hung up on', async (_, bytes) => {
    const socket = await openSocket();
    const end = once(socket, 'close');
    socket.write(bytes);
    await end;
    expect(broker.sessions.size).toBe(0);
  });

  it('in an oversized frame of a known tracker ends that connection and no other', async () => {
    const [loud, quiet] = [await provision(), await provision()];
    const [client, other] = [await logIn(loud), await logIn(quiet)];
    const gone = closed(client);
    client.publish(`devices/${loud}/positions`, Buffer.alloc(MAX_FRAME_BYTES + 1), { qos: 1 });
    await gone;
    await other.publishAsync(`devices/${quiet}/positions`, 'fine', { qos: 1 });
    expect(await logged()).toEqual([{ topic: `devices/${quiet}/positions`, payload: 'fine' }]);
  });

  it.each([
    ['SUBSCRIBE', (ident: string) => generate(subscribeTo(`devices/${ident}/commands`))],
    ['UNSUBSCRIBE', () => generate({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['x'] })],
    ['PINGREQ', () => generate({ cmd: 'pingreq' })],
  ])('in a flood of %s of a known tracker ends that connection and no other', async (_, packetOf) => {
    const [loud, quiet] = [await provision(), await provision()];
    const [client, other] = [await logIn(loud), await logIn(quiet)];
    const gone = closed(client);
    const packet = packetOf(loud);
    client.stream.write(
      Buffer.concat(Array.from({ length: limits.maxControlPacketBurst + 10 }, () => packet)),
    );
    await gone;
    await other.publishAsync(`devices/${quiet}/positions`, 'fine', { qos: 1 });
    expect(await logged()).toEqual([{ topic: `devices/${quiet}/positions`, payload: 'fine' }]);
  });

  it('of any kind never disturbs a tracker that is connected', async () => {
    const ident = await provision();
    const client = await logIn(ident);
    for (let seed = 0; seed < 50; seed += 1) {
      const socket = await openSocket();
      socket.write(
        Buffer.from(
          Array.from({ length: 200 }, (_, at) => (at * 31 + seed * 17 + (seed % 7) * at * at) & 0xff),
        ),
      );
    }
    await client.publishAsync(`devices/${ident}/positions`, 'still here', { qos: 1 });
    expect(await logged()).toHaveLength(1);
  });
});

describe('a device whose credential changes', () => {
  it.each([
    ['is revoked', 'revoked_at = now()'],
    ['gets a new secret', "secret_hash = decode(repeat('ab', 32), 'hex')"],
  ])('and %s is disconnected within a second', async (_, change) => {
    const ident = await provision();
    const client = await logIn(ident);
    await pause(50);
    const gone = closed(client);
    const startedAtMs = performance.now();
    await owner.query(`UPDATE devices SET ${change} WHERE ident = $1`, [ident]);
    await gone;
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
    await expect(logIn(ident)).rejects.toMatchObject({ code: 4 });
  });

  it('while the broker could not hear of it is disconnected once it can', async () => {
    const ident = await provision();
    const client = await logIn(ident);
    await pause(50);
    const gone = closed(client);
    await owner.query(`
      BEGIN; ALTER TABLE devices DISABLE TRIGGER devices_credential_change;
      UPDATE devices SET revoked_at = now() WHERE ident = '${ident}';
      ALTER TABLE devices ENABLE TRIGGER devices_credential_change; COMMIT`);
    await owner.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid() AND datname = current_database()",
    );
    await gone;
  });
});
