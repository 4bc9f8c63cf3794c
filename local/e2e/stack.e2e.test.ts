import { once } from 'node:events';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Demo } from '../demo/demo-file.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { logIn } from './api-client.ts';
import { nothingLeft, npmStart, recordedPids, type UserStart } from './user-start.ts';

const VEHICLES = 5;

interface LiveVehicle {
  vehicleId: string;
  lat: number;
  lon: number;
  speedKmh: number | null;
}

let folder: ReturnType<typeof makeTemporaryFolder>;
let stack: UserStart;
let demo: Demo;

beforeAll(async () => {
  folder = makeTemporaryFolder('e2e');
  stack = npmStart(folder.path, ['--vehicles', String(VEHICLES)]);
  demo = await stack.ready();
});

afterAll(async () => {
  stack.process.kill('SIGTERM');
  await nothingLeft(folder.path, recordedPids(folder.path).values());
  folder.remove();
});

/** Publishes as the tracker that the simulator leaves alone; resolves with the PUBACK. */
async function publish(position: Record<string, unknown>): Promise<void> {
  const { ident, secret } = demo.device;
  const client = await mqtt.connectAsync(demo.mqttUrl, {
    username: ident,
    password: secret,
    clientId: ident,
  });
  await client.publishAsync(`devices/${ident}/positions`, JSON.stringify(position), { qos: 1 });
  await client.endAsync();
}

/** The live feed of the whole fleet, as the map subscribes to it. */
async function openLive(): Promise<{ vehicles: LiveVehicle[]; close(): void }> {
  const { accessToken } = await logIn(demo);
  const socket = new WebSocket(`${demo.apiUrl.replace('http', 'ws')}/api/v1/live`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  const vehicles: LiveVehicle[] = [];
  socket.on('message', (text: Buffer) => {
    const message = JSON.parse(text.toString()) as { type: string; vehicles?: LiveVehicle[] };
    if (message.type === 'ready') socket.send(JSON.stringify({ type: 'subscribe' }));
    vehicles.push(...(message.vehicles ?? []));
  });
  await once(socket, 'open');
  return { vehicles, close: () => socket.close() };
}

test('a position that a tracker publishes is read back over HTTP and seen on the live feed', async () => {
  const live = await openLive();
  await vi.waitFor(() => expect(live.vehicles.length).toBeGreaterThan(0), { timeout: 10_000 });
  const time = new Date().toISOString();
  await publish({
    time,
    lat: 0.3476,
    lon: 32.5825,
    speedKmh: 41.5,
    headingDeg: 90,
    ignition: true,
    attributes: { fuelL: 7 },
  });

  const wanted = expect.objectContaining({
    vehicleId: demo.device.vehicleId,
    lat: 0.3476,
    lon: 32.5825,
    speedKmh: 41.5,
  });
  await vi.waitFor(() => expect(live.vehicles).toContainEqual(wanted), { timeout: 5_000 });
  live.close();

  const { get } = await logIn(demo);
  await vi.waitFor(async () => {
    const latest = await get(`/api/v1/vehicles/${demo.device.vehicleId}/latest`);
    expect(latest).toMatchObject({
      fixTime: time,
      lat: 0.3476,
      lon: 32.5825,
      speedKmh: 41.5,
      attributes: { fuelL: 7 },
    });
  });
  const { items } = await get<{ items: unknown[] }>(
    `/api/v1/vehicles/${demo.device.vehicleId}/positions?from=${time}&limit=10`,
  );
  expect(items).toEqual([expect.objectContaining({ fixTime: time, headingDeg: 90, ignition: true })]);
});

test('the simulated vehicles move', async () => {
  const live = await openLive();
  const placesOf = () => {
    const places = new Map<string, Set<string>>();
    for (const { vehicleId, lat, lon } of live.vehicles) {
      places.set(vehicleId, (places.get(vehicleId) ?? new Set()).add(`${lat} ${lon}`));
    }
    return places;
  };
  await vi.waitFor(
    () => {
      const moved = [...placesOf()].filter(([id, places]) => id !== demo.device.vehicleId && places.size > 2);
      expect(moved.length).toBeGreaterThanOrEqual(2);
    },
    { timeout: 60_000, interval: 500 },
  );
  live.close();
});

test('every service answers that it is ready, and an operator sees the fleet', async () => {
  const { get } = await logIn(demo, 'admin');
  const health = (await (await fetch(`${demo.apiUrl}/health/ready`)).json()) as { ready: boolean };
  expect(health.ready).toBe(true);
  const { items } = await get<{ items: { device: unknown }[] }>('/api/v1/vehicles?limit=100');
  expect(items).toHaveLength(VEHICLES + 1);
  expect(items.every(({ device }) => device !== null)).toBe(true);
});

test('a service that is killed is started again, and the tracker is served', async () => {
  const killed = recordedPids(folder.path).get('broker') as number;
  process.kill(killed, 'SIGKILL');
  await vi.waitFor(() => expect(stack.output()).toContain('broker ended unexpectedly (SIGKILL)'), {
    timeout: 5_000,
  });
  const time = new Date().toISOString();
  await vi.waitFor(() => publish({ time, lat: 0.3477, lon: 32.5826 }), { timeout: 20_000, interval: 500 });
  const { get } = await logIn(demo);
  await vi.waitFor(
    async () => {
      expect(await get(`/api/v1/vehicles/${demo.device.vehicleId}/latest`)).toMatchObject({ fixTime: time });
    },
    { timeout: 10_000 },
  );
  expect(recordedPids(folder.path).get('broker')).not.toBe(killed);
});

test('a second start on the same data says that the first one runs', async () => {
  const second = npmStart(folder.path);
  expect(await second.exited).toBe(1);
  expect(second.output()).toContain(`is already running (process ${recordedPids(folder.path).get('stack')})`);
});

test('a port that is taken is named together with the variable that moves it', async () => {
  const other = makeTemporaryFolder('e2e-port');
  const { port } = new URL(demo.apiUrl);
  const start = npmStart(other.path, [], { API_PORT: port });
  expect(await start.exited).toBe(1);
  expect(start.output()).toContain(`Port ${port} is taken by another program. Set API_PORT`);
  expect(await nothingLeft(other.path, [])).toEqual([]);
  other.remove();
});

describe('after a stop', () => {
  test.each(['SIGTERM', 'SIGKILL'] as const)('by %s to npm no process is left', async (signal) => {
    const pids = [...recordedPids(folder.path).values(), stack.process.pid as number];
    expect(pids.length).toBeGreaterThanOrEqual(8);
    stack.process.kill(signal);
    expect(await nothingLeft(folder.path, pids)).toEqual([]);

    // The next start finds everything: the users, the positions, and room for a larger fleet.
    const time = new Date().toISOString();
    const { users, device } = demo;
    stack = npmStart(folder.path, ['--vehicles', String(VEHICLES + 3)]);
    demo = await stack.ready();
    expect(demo).toMatchObject({ users, device });
    const { get } = await logIn(demo);
    const { items } = await get<{ items: { fixTime: string }[] }>(
      `/api/v1/vehicles/${device.vehicleId}/positions?to=${time}&limit=100`,
    );
    expect(items.length).toBeGreaterThanOrEqual(2);
    const vehicles = await get<{ items: unknown[] }>('/api/v1/vehicles?limit=100');
    expect(vehicles.items).toHaveLength(VEHICLES + 3 + 1);
  });

  test('by Ctrl-C no process is left, and --fresh begins anew', async () => {
    const pids = [...recordedPids(folder.path).values()];
    stack.pressCtrlC();
    expect(await nothingLeft(folder.path, pids)).toEqual([]);
    const { device } = demo;
    stack = npmStart(folder.path, ['--fresh', '--vehicles', '1']);
    demo = await stack.ready();
    expect(demo.device.secret).not.toBe(device.secret);
    const { get } = await logIn(demo);
    const vehicles = await get<{ items: unknown[] }>('/api/v1/vehicles?limit=100');
    expect(vehicles.items).toHaveLength(2);
  });
});
