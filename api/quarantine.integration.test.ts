import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { asOperator } from '@wayleave/runtime/postgres.ts';
import { requestReplayWhere } from '@wayleave/telematics/quarantine/read-store.ts';
import { REPLAY_REQUESTED, REPROCESS_QUEUE } from '@wayleave/telematics/quarantine/reprocess.ts';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ApiUnderTest, startApi } from './test/api-under-test.ts';
import { quarantineMessage } from './test/quarantine-under-test.ts';

let api: ApiUnderTest;
let owner: pg.Client;
let token: string;
beforeAll(async () => {
  const database = await createTestDatabase();
  api = await startApi({ database, redis: await createTestRedis() });
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  token = await api.tokenOf('north', 'fleet');
});
afterAll(async () => {
  await owner.end();
  await api.close();
});
beforeEach(async () => {
  await owner.query('TRUNCATE quarantine, outbox');
});

const get = async (path: string) => await api.request('GET', `/api/v1/${path}`, { token });
const replay = async (body: unknown) =>
  await api.request('POST', '/api/v1/quarantine/replays', { token, body });
const idsOf = (answer: { json: { items: { id: string }[] } }) => answer.json.items.map(({ id }) => id);
const told = async () =>
  (await owner.query('SELECT queue, name, payload FROM outbox ORDER BY id')).rows as unknown[];

test('quarantine shows the bytes as they came, newest first, page by page', async () => {
  await quarantineMessage(api, 'north');
  const newest = await quarantineMessage(api, 'north', { payload: Buffer.from([0, 255, 128]) });
  const first = (await get('quarantine?limit=1')).json;
  expect(first.items).toEqual([
    {
      id: newest,
      receivedAt: '2026-11-01T00:00:00.000Z',
      deviceId: '42',
      topic: 'devices/x/positions',
      reason: 'malformed',
      detail: 'not JSON',
      payloadBase64: 'AP+A',
      payloadBytes: 3,
      payloadTruncated: false,
      replayRequestedAt: null,
      replayFailedAt: null,
      replayedAt: null,
    },
  ]);
  expect((await get(`quarantine/${newest}`)).json).toEqual(first.items[0]);
  const second = (await get(`quarantine?limit=1&cursor=${first.nextCursor}`)).json;
  expect(Buffer.from(second.items[0].payloadBase64, 'base64').toString()).toBe('{broken');
  expect(second.nextCursor).toBeNull();
});

test('a long payload is shown by its beginning: 1 KiB in a list, 64 KiB alone, and whole as bytes', async () => {
  const payload = Buffer.alloc(200_000, 'abcdefghijklmnopqrstuvwxyz');
  const id = await quarantineMessage(api, 'north', { payload });
  const exact = await quarantineMessage(api, 'north', { payload: payload.subarray(0, 1_024) });
  const shownOf = ({ payloadBase64, ...entry }: any) => ({
    ...entry,
    shown: Buffer.from(payloadBase64, 'base64').toString(),
  });
  const { items } = (await get('quarantine')).json;
  expect(items.map(shownOf)).toMatchObject([
    { id: exact, payloadBytes: 1_024, payloadTruncated: false, shown: payload.toString('latin1', 0, 1_024) },
    { id, payloadBytes: 200_000, payloadTruncated: true, shown: payload.toString('latin1', 0, 1_024) },
  ]);
  expect(shownOf((await get(`quarantine/${id}`)).json)).toMatchObject({
    payloadBytes: 200_000,
    payloadTruncated: true,
    shown: payload.toString('latin1', 0, 65_536),
  });
  expect((await get(`quarantine/${id}/payload`)).text).toBe(payload.toString());
});

test('a NUL in a filter is refused before it comes to the database', async () => {
  for (const field of ['reason', 'topic']) {
    const answer = await get(`quarantine?${field}=%00`);
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_request']);
  }
});

test('quarantine is narrowed by reason, device, topic filter and state', async () => {
  const codec = await quarantineMessage(api, 'north', { topic: '866/codec', reason: 'unknown_topic' });
  const native = await quarantineMessage(api, 'north', { deviceId: '7', reason: 'unknown_topic' });
  const replayed = await quarantineMessage(api, 'north');
  await owner.query('UPDATE quarantine SET replayed_at = now() WHERE id = $1', [replayed]);

  expect(idsOf(await get('quarantine'))).toEqual([native, codec]);
  expect(idsOf(await get('quarantine?state=replayed'))).toEqual([replayed]);
  expect(idsOf(await get('quarantine?deviceId=7'))).toEqual([native]);
  expect(idsOf(await get(`quarantine?topic=${encodeURIComponent('+/codec')}`))).toEqual([codec]);
  expect(idsOf(await get(`quarantine?topic=${encodeURIComponent('devices/#')}`))).toEqual([native]);
  expect(idsOf(await get('quarantine?reason=unknown_topic&deviceId=42'))).toEqual([codec]);
  expect(idsOf(await get(`quarantine?topic=${encodeURIComponent('(.*')}`))).toEqual([]);
});

test('the payload is given as bytes to keep, never to show', async () => {
  const payload = Buffer.from('<script>alert(1)</script>\0\xff', 'latin1');
  const id = await quarantineMessage(api, 'north', { payload });
  const answer = await fetch(new URL(`/api/v1/quarantine/${id}/payload`, api.url), {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/octet-stream');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="quarantine-${id}.bin"`);
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(payload);
  const absent = await get('quarantine/888888888/payload');
  expect(absent.status).toBe(404);
  expect(absent.json.code).toBe('quarantine_entry_not_found');
});

test('a replay marks what was named and tells it once, in one transaction', async () => {
  const [one, two, done] = [
    await quarantineMessage(api, 'north'),
    await quarantineMessage(api, 'north'),
    await quarantineMessage(api, 'north'),
  ];
  await owner.query('UPDATE quarantine SET replayed_at = now() WHERE id = $1', [done]);
  const answer = await replay({ ids: [one, done, '888888888'] });
  expect(answer.status).toBe(202);
  expect(answer.json).toEqual({ requested: 1 });
  expect(await told()).toEqual([
    { queue: REPROCESS_QUEUE, name: REPLAY_REQUESTED, payload: { operatorId: api.operatorIds.north } },
  ]);
  expect((await get(`quarantine/${one}`)).json.replayRequestedAt).toEqual(expect.any(String));
  expect((await get(`quarantine/${two}`)).json.replayRequestedAt).toBeNull();

  expect((await replay({ ids: [one] })).json).toEqual({ requested: 0 });
  expect(await told()).toHaveLength(1);
});

test('a replay by filter takes what fits and is open, of its own operator only', async () => {
  const codec = await quarantineMessage(api, 'north', { topic: '866/codec' });
  await quarantineMessage(api, 'north');
  const foreign = await quarantineMessage(api, 'south', { topic: '867/codec' });
  expect((await replay({ filter: { topic: '+/codec' } })).json).toEqual({ requested: 1 });
  expect((await replay({ ids: [foreign] })).json).toEqual({ requested: 0 });
  const { rows } = await owner.query('SELECT id FROM quarantine WHERE replay_requested_at IS NOT NULL');
  expect(rows).toEqual([{ id: codec }]);
  expect((await replay({ filter: {} })).json).toEqual({ requested: 1 });
});

test('what failed before is asked for again, but never in the way of what was not tried yet', async () => {
  const failed = await quarantineMessage(api, 'north');
  const untried = await quarantineMessage(api, 'north');
  await owner.query('UPDATE quarantine SET replay_failed_at = now() WHERE id = $1', [failed]);
  const order: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    const requested = await asOperator(
      api.appPool,
      api.operatorIds.north,
      async (connection) => await requestReplayWhere(connection, {}, 1),
    );
    expect(requested).toBe(1);
    const { rows } = await owner.query(
      'SELECT id FROM quarantine WHERE replay_requested_at IS NOT NULL AND NOT id = ANY($1::bigint[])',
      [order],
    );
    order.push(rows[0].id);
  }
  expect(order).toEqual([untried, failed]);
});

test.each([
  {},
  { ids: [] },
  { ids: Array.from({ length: 1_001 }, (_, at) => String(at + 1)) },
  { ids: ['x'] },
  { ids: ['1'], filter: {} },
  { filter: { device: '1' } },
])('a replay of %j is refused', async (body) => {
  const answer = await replay(body);
  expect(answer.status).toBe(400);
  expect(answer.json.code).toBe('invalid_request');
});

test('the API’s role changes nothing of a quarantined message but the wish to replay it', async () => {
  await quarantineMessage(api, 'north');
  for (const column of ['reason', 'detail', 'payload', 'replayed_at', 'operator_id']) {
    await expect(api.appPool.query(`UPDATE quarantine SET ${column} = ${column}`)).rejects.toThrow(
      /permission denied/,
    );
  }
});
