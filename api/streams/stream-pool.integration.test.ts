import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Worker } from 'node:worker_threads';
import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type ApiUnderTest, type OperatorName, startApi } from '../test/api-under-test.ts';
import { makeVehicle, type TestVehicle } from '../test/fleet-under-test.ts';
import { storeDrive } from '../test/judged-fixes.ts';

const START_MS = Date.parse('2026-10-05T00:00:00Z');
const POSITIONS = 250_000;
const EVERY_MS = 100;
const RANGE = `from=${new Date(START_MS).toISOString()}&to=${new Date(START_MS + POSITIONS * EVERY_MS).toISOString()}`;
const STALLED_MS = 1_500;
const AHEAD = 4;

let api: ApiUnderTest;
let owner: pg.Client;
let vehicle: Record<OperatorName, TestVehicle>;
const workers: Worker[] = [];
const noteWorker = (worker: Worker): void => void workers.push(worker);

beforeAll(async () => {
  process.on('worker', noteWorker);
  const database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  api = await startApi({
    database,
    redis: await createTestRedis(),
    streams: { chunksAhead: AHEAD, maxStalledMs: STALLED_MS, maxStreams: 6, maxStreamsPerOperator: 4 },
  });
  vehicle = { north: await makeVehicle(api, 'north'), south: await makeVehicle(api, 'south') };
  for (const operator of ['north', 'south'] as const) {
    const count = operator === 'north' ? POSITIONS : POSITIONS / 5;
    await storeDrive(api, operator, vehicle[operator].deviceId, {
      fromMs: START_MS,
      everyMs: EVERY_MS,
      count,
    });
  }
});
afterEach(async () => await becomes(() => api.streams.load().streams === 0));
afterAll(async () => {
  process.off('worker', noteWorker);
  await owner.end();
  await api.close();
});

async function becomes(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let round = 0; round < 500; round += 1) {
    if (await holds()) return;
    await sleep(20);
  }
  throw new Error('it did not come to be');
}

const pathOf = (operator: OperatorName, what: string) =>
  `/api/v1/vehicles/${vehicle[operator].vehicleId}/${what}`;

/** The answer as it begins; nothing of it is read until the test does. */
async function begin(operator: OperatorName, what: string): Promise<IncomingMessage> {
  const token = await api.tokenOf(operator, 'agent');
  const request = get(new URL(pathOf(operator, what), api.url), {
    headers: { authorization: `Bearer ${token}` },
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

/** Reads on to the end; rejects if the answer breaks. */
async function bytesOf(response: IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const chunk of response) bytes += (chunk as Buffer).length;
  return bytes;
}

/** Reads on to the end. @returns the number of lines */
async function linesOf(
  response: IncomingMessage,
  onChunk: (bytes: number) => void = () => {},
): Promise<number> {
  let lines = 0;
  for await (const chunk of response) {
    for (const byte of chunk as Buffer) if (byte === 10) lines += 1;
    onChunk((chunk as Buffer).length);
  }
  return lines;
}

/** Bytes that are held by something, without what only waits to be collected. */
function heldMemory(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const EXPORT = `positions?format=csv&${RANGE}`;

test('a quarter of a million positions are exported with few pieces in memory and the thread free', async () => {
  const response = await begin('north', EXPORT);
  expect(response.statusCode).toBe(200);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const before = heldMemory();
  let bytes = 0;
  let measuredAt = 0;
  let mostHeld = 0;
  let mostWaiting = 0;
  const lines = await linesOf(response, (length) => {
    bytes += length;
    mostWaiting = Math.max(mostWaiting, api.streams.load().waitingChunks);
    if (bytes < measuredAt + 4 * 2 ** 20) return;
    measuredAt = bytes;
    mostHeld = Math.max(mostHeld, heldMemory() - before);
  });
  delay.disable();
  expect(lines).toBe(POSITIONS + 1);
  expect(bytes).toBeGreaterThan(24 * 2 ** 20);
  expect(mostWaiting).toBeLessThanOrEqual(AHEAD);
  // Less than half of the document: its reader, in the same process, holds some of it too.
  expect(mostHeld).toBeLessThan(12 * 2 ** 20);
  expect(delay.percentile(50) / 1e6).toBeLessThan(100);
});

test('a reader that takes nothing holds few pieces and no transaction, and is cut off in the end', async () => {
  const response = await begin('north', EXPORT);
  await becomes(() => api.streams.load().waitingChunks === AHEAD);
  const { rows } = await owner.query(
    `SELECT state FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`,
  );
  expect(rows).toEqual([]);
  await sleep(200);
  expect(api.streams.load()).toEqual({ streams: 1, waitingChunks: AHEAD });
  await becomes(() => api.streams.load().streams === 0);
  await expect(bytesOf(response)).rejects.toThrow('aborted');
});

test('a reader that is slow but takes something now and then gets the whole', async () => {
  const response = await begin('south', `positions?format=geojson&${RANGE}`);
  const startedAtMs = performance.now();
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk;
    if (performance.now() - startedAtMs < 2 * STALLED_MS) await sleep(50);
  }
  expect(performance.now() - startedAtMs).toBeGreaterThan(STALLED_MS);
  expect(JSON.parse(text).features).toHaveLength(POSITIONS / 5);
});

test('a reader that goes away ends the work', async () => {
  const response = await begin('north', EXPORT);
  expect(api.streams.load().streams).toBe(1);
  response.destroy();
  await becomes(() => api.streams.load().streams === 0);
});

test('a reader that goes away before the answer begins ends the work', async () => {
  const token = await api.tokenOf('north', 'agent');
  const abort = new AbortController();
  const answer = fetch(new URL(pathOf('north', EXPORT), api.url), {
    headers: { authorization: `Bearer ${token}` },
    signal: abort.signal,
  });
  abort.abort();
  await expect(answer).rejects.toThrow();
  await becomes(() => api.streams.load().streams === 0);
});

test('connections that the database cuts between two portions lose nothing', async () => {
  const response = await begin('north', EXPORT);
  await becomes(() => api.streams.load().waitingChunks === AHEAD);
  await owner.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle' AND usename = current_user
       AND application_name = 'wayleave-app'`,
  );
  expect(await linesOf(response)).toBe(POSITIONS + 1);
});

test('a database that fails in mid-stream breaks the answer instead of ending it', async () => {
  const response = await begin('north', EXPORT);
  await becomes(() => api.streams.load().waitingChunks === AHEAD);
  await owner.query('REVOKE SELECT ON operator_positions FROM wayleave_app');
  try {
    await expect(bytesOf(response)).rejects.toThrow('aborted');
  } finally {
    await owner.query('GRANT SELECT ON operator_positions TO wayleave_app');
  }
});

test('a worker that dies breaks its answers, and the next one is served by another', async () => {
  const response = await begin('north', EXPORT);
  await becomes(() => api.streams.load().waitingChunks === AHEAD);
  await Promise.all(workers.splice(0).map(async (worker) => await worker.terminate()));
  await expect(bytesOf(response)).rejects.toThrow('aborted');
  expect(await bytesOf(await begin('south', EXPORT))).toBeGreaterThan(2 ** 20);
  expect(workers).toHaveLength(1);
});

test('an operator has so many exports at once, and the process so many of all', async () => {
  const open = [];
  for (let count = 0; count < 4; count += 1) open.push(await begin('north', EXPORT));
  const fifth = await api.request('GET', pathOf('north', EXPORT), {
    token: await api.tokenOf('north', 'agent'),
  });
  expect([fifth.status, fifth.json.code]).toEqual([429, 'too_many_exports']);
  expect(fifth.headers.get('retry-after')).toBe('5');
  for (let count = 0; count < 2; count += 1) open.push(await begin('south', EXPORT));
  const seventh = await api.request('GET', pathOf('south', EXPORT), {
    token: await api.tokenOf('south', 'agent'),
  });
  expect([seventh.status, seventh.json.code]).toEqual([503, 'exports_busy']);
  expect(seventh.headers.get('retry-after')).toBe('5');
  for (const response of open) response.destroy();
  await becomes(() => api.streams.load().streams === 0);
  expect((await begin('north', `positions?format=csv&limit=1&${RANGE}`)).statusCode).toBe(200);
});

test('a track is few of many fixes, in time, from the first to the last', async () => {
  const response = await begin('north', `track?toleranceM=10&${RANGE}`);
  expect(response.headers['content-type']).toBe('application/geo+json');
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  const { features } = JSON.parse(text);
  const times = features.flatMap(({ properties }: any) => properties.coordTimes.map(Date.parse)) as number[];
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect([times[0], times.at(-1)]).toEqual([START_MS, START_MS + (POSITIONS - 1) * EVERY_MS]);
  expect(new Set(times).size).toBeGreaterThan(1_000);
  expect(new Set(times).size).toBeLessThan(POSITIONS / 5);
  for (const { geometry, properties } of features) {
    expect(geometry.type).toBe('LineString');
    expect(properties.coordTimes).toHaveLength(geometry.coordinates.length);
    expect(properties.speedsKmh).toHaveLength(geometry.coordinates.length);
  }
});

test('the first features of a track come before its last fix is read', async () => {
  const response = await begin('north', `track?toleranceM=0&${RANGE}`);
  let text = '';
  response.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    if (text.includes('\n,')) response.pause();
  });
  await becomes(() => response.isPaused());
  const [feature] = text.split('\n').slice(1);
  expect(JSON.parse(feature!).geometry.coordinates.length).toBeGreaterThan(1);
  expect(api.streams.load().streams).toBe(1);
  expect(response.complete).toBe(false);
  response.destroy();
});

test.each([
  ['a tolerance beyond the widest', `track?toleranceM=10001&${RANGE}`, 'invalid_request'],
  ['a tolerance below none', `track?toleranceM=-1&${RANGE}`, 'invalid_request'],
  ['an empty range', 'track?from=2026-10-05T00:00:00Z&to=2026-10-05T00:00:00Z', 'empty_time_range'],
])('a track with %s is refused', async (_what, path, code) => {
  const { status, json } = await api.request('GET', pathOf('north', path), {
    token: await api.tokenOf('north', 'agent'),
  });
  expect([status, json.code]).toEqual([400, code]);
});

test('an operator gets no track of another’s vehicle', async () => {
  const { status, json } = await api.request('GET', pathOf('north', `track?${RANGE}`), {
    token: await api.tokenOf('south', 'admin'),
  });
  expect([status, json.code]).toEqual([404, 'vehicle_not_found']);
});

// The last one: the pool serves no more after it.
test('a stop breaks what is under way and leaves no thread', async () => {
  const response = await begin('north', EXPORT);
  await becomes(() => api.streams.load().waitingChunks === AHEAD);
  await api.streams.close();
  await expect(bytesOf(response)).rejects.toThrow('aborted');
  const refused = await api.request('GET', pathOf('north', EXPORT), {
    token: await api.tokenOf('north', 'agent'),
  });
  expect([refused.status, refused.json.code]).toEqual([503, 'exports_busy']);
});
