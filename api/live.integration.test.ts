import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { asOperator } from '@wayleave/runtime/postgres.ts';
import { liveVehicle } from '@wayleave/telematics/live/live-vehicle.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ApiUnderTest, PASSWORD, startApi } from './test/api-under-test.ts';
import { makeVehicle, publishFixes, storeFixes, type TestVehicle } from './test/fleet-under-test.ts';
import { type LiveClient, openLive, openLiveAs } from './test/live-client.ts';

let api: ApiUnderTest;
let token: string;
let one: TestVehicle;
let two: TestVehicle;
const clients: LiveClient[] = [];
const START_MS = Date.parse('2026-11-20T10:00:00Z');
let clockMs = START_MS;

/** Ever newer, so that no test's fixes are late for the next one's. */
const tick = (): number => (clockMs += 1_000);

beforeAll(async () => {
  api = await startApi({
    database: await createTestDatabase(),
    redis: await createTestRedis(),
    live: {
      authenticateWithinMs: 300,
      maxSlowMs: 500,
      heartbeatMs: 1_500,
      messageBurst: 20,
      refreshForUnknownMs: 300,
    },
  });
  token = await api.tokenOf('north', 'agent');
  one = await makeVehicle(api, 'north', { label: 'One' });
  two = await makeVehicle(api, 'north', { label: 'Two' });
  await storeFixes(api, 'north', [
    { deviceId: one.deviceId, fixTimeMs: START_MS, lat: 0.3, lon: 32.5 },
    { deviceId: two.deviceId, fixTimeMs: START_MS, lat: 0.9, lon: 32.9 },
  ]);
});
afterAll(async () => await api.close());
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

const watch = async (bounds?: number[], as = token): Promise<LiveClient> => {
  const client = await openLiveAs(api.url, as);
  clients.push(client);
  client.send({ type: 'subscribe', ...(bounds && { bounds }) });
  await client.next('snapshot', ({ complete }) => complete);
  return client;
};
const moveOne = async (lat: number, lon = 32.5, fixTimeMs = tick()) => {
  await publishFixes(api, 'north', [{ deviceId: one.deviceId, fixTimeMs, lat, lon }]);
  return new Date(fixTimeMs).toISOString();
};

describe('authentication', () => {
  test('the token may come with the upgrade', async () => {
    const client = await openLive(api.url, { authorization: `Bearer ${token}` });
    clients.push(client);
    expect(await client.next('ready')).toEqual({
      type: 'ready',
      operator: { id: api.operatorIds.north, name: 'north' },
    });
  });

  test('the token may come as the first message', async () => {
    const client = await openLive(api.url);
    clients.push(client);
    client.send({ type: 'authenticate', token });
    expect((await client.next('ready')).operator.name).toBe('north');
  });

  test.each([
    ['a forged token', { type: 'authenticate', token: 'forged' }, 'not_signed_in'],
    ['a subscription before it', { type: 'subscribe' }, 'not_signed_in'],
  ])('%s closes with 4401', async (_what, message, code) => {
    const client = await openLive(api.url);
    client.send(message);
    expect((await client.next('error')).code).toBe(code);
    expect(await client.closed).toEqual({ code: 4401, reason: code });
  });

  test('silence closes with 4401', async () => {
    const client = await openLive(api.url);
    expect((await client.closed).code).toBe(4401);
  });

  test('a customer may not watch the fleet', async () => {
    const client = await openLive(api.url, {
      authorization: `Bearer ${await api.tokenOf('north', 'customer')}`,
    });
    expect((await client.next('error')).code).toBe('role_not_allowed');
    expect((await client.closed).code).toBe(4401);
  });

  test('a session that is ended ends its connection', async () => {
    const body = { email: 'admin@north.example', password: PASSWORD };
    const session = (await api.request('POST', '/api/v1/auth/login', { body })).json;
    const client = await watch(undefined, session.accessToken);
    await api.request('POST', '/api/v1/auth/logout', { token: session.accessToken });
    expect((await client.closed).code).toBe(4401);
  });

  test('a connection cannot change hands', async () => {
    const client = await watch();
    client.send({ type: 'authenticate', token: await api.tokenOf('south', 'agent') });
    expect((await client.next('error')).code).toBe('other_user');
    expect((await client.closed).code).toBe(4401);
  });
});

describe('an access token that expires', () => {
  afterEach(() => void vi.useRealTimers());

  test('closes with 4401, unless a new one came before', async () => {
    const logIn = async (): Promise<string> =>
      (
        await api.request('POST', '/api/v1/auth/login', {
          body: { email: api.emailOf('north', 'agent'), password: PASSWORD },
        })
      ).json.accessToken;
    const old = await logIn();
    const lives = await watch(undefined, old);
    const expires = await watch(undefined, old);
    // Nobody waits ten minutes here: the clock jumps to shortly before the end, and both show the token again.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 598_000 });
    for (const client of [lives, expires]) {
      client.send({ type: 'authenticate', token: old });
      await client.next('ready');
    }
    const fresh = await logIn();
    lives.send({ type: 'authenticate', token: fresh });
    await lives.next('ready');
    expect((await expires.next('error')).code).toBe('token_expired');
    expect((await expires.closed).code).toBe(4401);
    vi.useRealTimers();
    const fixTime = await moveOne(0.31);
    await lives.next('changes', ({ vehicles }) => vehicles[0].fixTime === fixTime);
  });
});

describe('what is shown', () => {
  test('a snapshot has every vehicle that has a position, as documented', async () => {
    const client = await watch();
    const snapshot = client.messages.find(({ type }) => type === 'snapshot');
    expect(snapshot.total).toBe(2);
    expect(snapshot.complete).toBe(true);
    for (const vehicle of snapshot.vehicles) expect(liveVehicle.parse(vehicle)).toEqual(vehicle);
    expect(snapshot.vehicles.map(({ label }: { label: string }) => label)).toEqual(['One', 'Two']);
  });

  test('a change comes at once, in milliseconds', async () => {
    const client = await watch();
    await sleep(200);
    const startedAt = performance.now();
    const fixTime = await moveOne(0.32);
    const { vehicles } = await client.next('changes');
    expect(vehicles).toHaveLength(1);
    expect(vehicles[0]).toMatchObject({
      vehicleId: one.vehicleId,
      lat: 0.32,
      fixTime,
      speedKmh: 36,
      ignition: true,
    });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test('a late fix does not move the vehicle back', async () => {
    const client = await watch();
    const newest = tick();
    await moveOne(0.34, 32.5, newest);
    await client.next('changes');
    await moveOne(0.11, 32.5, newest - 500);
    const fixTime = await moveOne(0.35);
    await client.next('changes', ({ vehicles }) => vehicles[0].fixTime === fixTime);
    const seen = client.messages.flatMap(({ vehicles = [] }) =>
      vehicles.map(({ lat }: { lat: number }) => lat),
    );
    expect(seen).not.toContain(0.11);
  });

  test('nobody hears of another operator’s vehicles', async () => {
    const theirs = await makeVehicle(api, 'south', { label: 'Theirs' });
    const north = await watch();
    const south = await watch(undefined, await api.tokenOf('south', 'fleet'));
    await publishFixes(api, 'south', [{ deviceId: theirs.deviceId, fixTimeMs: tick() }]);
    // Even a feed that is mixed up shows nothing: the device is in none of north's vehicles.
    await publishFixes(api, 'north', [{ deviceId: theirs.deviceId, fixTimeMs: tick() }]);
    await south.next('changes');
    const fixTime = await moveOne(0.36);
    await north.next('changes', ({ vehicles }) => vehicles[0].fixTime === fixTime);
    expect(new Set([...north.shown.values()].map(({ label }) => label))).toEqual(new Set(['One', 'Two']));
    expect([...south.shown.values()].map(({ label }) => label)).toEqual(['Theirs']);
  });

  test('of a burst each vehicle’s latest comes, in few messages', async () => {
    const client = await watch();
    const before = client.messages.length;
    let fixTime = '';
    for (let index = 0; index < 500; index += 1) fixTime = await moveOne(0.4 + index / 10_000);
    await client.next('changes', ({ vehicles }) => vehicles[0].fixTime === fixTime);
    expect(client.messages.length - before).toBeLessThan(100);
  });
});

describe('a viewport', () => {
  test('shows what is in it, and tells what left it', async () => {
    await moveOne(0.3, 32.5);
    const client = await watch([32.4, 0.2, 32.6, 0.4]);
    await expect.poll(() => [...client.shown.keys()]).toEqual([one.vehicleId]);
    await moveOne(0.3, 33);
    expect(await client.next('changes', ({ left }) => left.length > 0)).toMatchObject({
      vehicles: [],
      left: [one.vehicleId],
    });
    await moveOne(0.3, 32.55);
    await client.next('changes', ({ vehicles }) => vehicles.length > 0);
    expect([...client.shown.keys()]).toEqual([one.vehicleId]);
  });

  test('that moves gets a snapshot of the new place', async () => {
    await moveOne(0.3, 32.5);
    const client = await watch([32.4, 0.2, 32.6, 0.4]);
    client.send({ type: 'subscribe', bounds: [32.8, 0.8, 33, 1] });
    const snapshot = await client.next('snapshot');
    expect(snapshot.total).toBe(1);
    expect([...client.shown.keys()]).toEqual([two.vehicleId]);
    await moveOne(0.3, 32.5);
    await publishFixes(api, 'north', [{ deviceId: two.deviceId, fixTimeMs: tick(), lat: 0.91, lon: 32.9 }]);
    const { vehicles } = await client.next('changes');
    expect(vehicles.map(({ vehicleId }: { vehicleId: string }) => vehicleId)).toEqual([two.vehicleId]);
  });
});

test('nothing is missed between the snapshot and the changes, however the two fall together', async () => {
  for (let round = 0; round < 15; round += 1) {
    const client = await openLiveAs(api.url, token);
    clients.push(client);
    client.send({ type: 'subscribe' });
    if (round % 3 > 0) await sleep(round);
    // As ingest does: committed first, published then.
    const fix = { deviceId: one.deviceId, fixTimeMs: tick(), lat: 0.5 + round / 100 };
    await storeFixes(api, 'north', [fix]);
    await publishFixes(api, 'north', [fix]);
    const wanted = new Date(fix.fixTimeMs).toISOString();
    await expect.poll(() => client.shown.get(one.vehicleId)?.fixTime, { timeout: 3_000 }).toBe(wanted);
    client.close();
    await client.closed;
  }
});

describe('a fleet that changes', () => {
  test('a vehicle that gets a device appears with its first position, and goes when the device is taken out', async () => {
    const client = await watch();
    const made = await makeVehicle(api, 'north', { label: 'New' });
    const fix = { deviceId: made.deviceId, fixTimeMs: tick(), lat: 0.7 };
    await storeFixes(api, 'north', [fix]);
    await publishFixes(api, 'north', [fix]);
    await expect.poll(() => client.shown.get(made.vehicleId)?.lat, { timeout: 3_000 }).toBe(0.7);
    await api.request('POST', `/api/v1/installations/${made.installationId}/end`, {
      token: await api.tokenOf('north', 'fleet'),
      body: { to: new Date().toISOString() },
    });
    await expect.poll(() => client.shown.has(made.vehicleId), { timeout: 3_000 }).toBe(false);
  });

  test('an installation that nobody announced is found when its device speaks', async () => {
    const client = await watch();
    await sleep(300);
    const made = await makeVehicle(api, 'north', { label: 'Quiet' });
    await sleep(700);
    // The notice came and went; take the installation away and give it back behind the API's back.
    const setRange = async (range: string) =>
      await asOperator(api.appPool, api.operatorIds.north, async (connection) => {
        await connection.query(`UPDATE installations SET during = ${range} WHERE id = $1`, [
          made.installationId,
        ]);
      });
    await setRange("tstzrange('2026-01-01', '2026-01-02')");
    await api.redis.publish(`fleet-changes:${api.operatorIds.north}`, '');
    await sleep(700);
    await setRange("tstzrange('2026-01-01', null)");
    const fix = { deviceId: made.deviceId, fixTimeMs: tick(), lat: 0.8 };
    await storeFixes(api, 'north', [fix]);
    await publishFixes(api, 'north', [fix]);
    await expect.poll(() => client.shown.get(made.vehicleId)?.lat, { timeout: 4_000 }).toBe(0.8);
  });
});

describe('bad clients', () => {
  test.each([
    ['text that is not JSON', 'hello', 'bad_message'],
    ['an unknown type', '{"type":"dance"}', 'bad_message'],
    ['bounds of three numbers', '{"type":"subscribe","bounds":[1,2,3]}', 'bad_message'],
    ['bounds upside down', '{"type":"subscribe","bounds":[0,50,1,-50]}', 'bad_message'],
    ['bytes', Buffer.from([1, 2, 3]), 'bad_message'],
  ])('%s closes with 4400', async (_what, message, code) => {
    const client = await openLiveAs(api.url, token);
    client.socket.send(message);
    expect((await client.next('error')).code).toBe(code);
    expect((await client.closed).code).toBe(4400);
  });

  test('a message that is too large closes with 1009', async () => {
    const client = await openLiveAs(api.url, token);
    client.socket.send('x'.repeat(5_000));
    expect((await client.closed).code).toBe(1009);
  });

  test('a flood of messages closes with 4400', async () => {
    const client = await openLiveAs(api.url, token);
    for (let index = 0; index < 50; index += 1) client.send({ type: 'subscribe' });
    expect((await client.next('error')).code).toBe('too_many_messages');
    expect((await client.closed).code).toBe(4400);
  });

  test('a client that answers no ping is dropped', async () => {
    const client = await openLive(api.url, { authorization: `Bearer ${token}` }, { autoPong: false });
    expect((await client.closed).code).toBe(1006);
  });
});

test('a reader that stops reading costs a bounded buffer, is closed as too slow, and holds up nobody', async () => {
  const south = api.operatorIds.south;
  const vehicles = 3_000;
  await asOperator(api.appPool, south, async (connection) => {
    await connection.query(
      `WITH v AS (INSERT INTO vehicles (operator_id, label, kind) SELECT $1, 'Slow ' || n, 'car' FROM generate_series(1, ${vehicles}) n RETURNING id),
            d AS (INSERT INTO devices (operator_id, ident, secret_hash) SELECT $1, 'slow-' || n, sha256('x') FROM generate_series(1, ${vehicles}) n RETURNING id),
            p AS (SELECT v.id AS v, d.id AS d FROM (SELECT id, row_number() OVER () AS r FROM v) v JOIN (SELECT id, row_number() OVER () AS r FROM d) d USING (r))
       INSERT INTO installations (operator_id, vehicle_id, device_id, during) SELECT $1, p.v, p.d, tstzrange('2026-01-01', null) FROM p`,
      [south],
    );
  });
  const { rows } = await asOperator(
    api.appPool,
    south,
    async (connection) =>
      await connection.query<{ device_id: string }>(
        'SELECT device_id FROM installations ORDER BY id DESC LIMIT $1',
        [vehicles],
      ),
  );
  const southToken = await api.tokenOf('south', 'agent');
  const slow = await watch(undefined, southToken);
  const quick = await watch(undefined, southToken);
  slow.socket.pause();
  let most = 0;
  const serverSockets = () => [...api.app.websocketServer.clients];
  const startedAt = performance.now();
  while (performance.now() - startedAt < 15_000 && serverSockets().length > 1) {
    const fixTimeMs = tick();
    await publishFixes(
      api,
      'south',
      rows.map(({ device_id }) => ({ deviceId: device_id, fixTimeMs })),
    );
    await sleep(20);
    most = Math.max(most, ...serverSockets().map(({ bufferedAmount }) => bufferedAmount));
  }
  const fleetMessage = vehicles * 300;
  expect(most).toBeGreaterThan(256 * 1024);
  expect(most).toBeLessThan(256 * 1024 + fleetMessage);
  expect(serverSockets()).toHaveLength(1);
  const last = tick();
  await publishFixes(
    api,
    'south',
    rows.map(({ device_id }) => ({ deviceId: device_id, fixTimeMs: last })),
  );
  const isLast = ({ fixTime }: { fixTime: string }) => Date.parse(fixTime) === last;
  await expect.poll(() => [...quick.shown.values()].filter(isLast).length, { timeout: 5_000 }).toBe(vehicles);
  const metrics = (await api.request('GET', '/metrics')).text;
  expect(Number(/^live_closed_slow_total\{[^}]*\} (\d+)/m.exec(metrics)?.[1])).toBeGreaterThanOrEqual(1);
  expect(Number(/^live_skipped_total\{[^}]*\} (\d+)/m.exec(metrics)?.[1])).toBeGreaterThanOrEqual(1);
});
