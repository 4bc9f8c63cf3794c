import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { MAX_WAITING_COMMANDS } from '@wayleave/telematics/commands/command.ts';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type ApiUnderTest, startApi } from './test/api-under-test.ts';
import { askDevice } from './test/command-under-test.ts';
import { makeGateway, makeVehicle } from './test/fleet-under-test.ts';

const DAY_MS = 86_400_000;

let api: ApiUnderTest;
let owner: pg.Client;
let token: string;
let deviceId: string;
beforeAll(async () => {
  const database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  // The database goes while this is connected.
  owner.on('error', () => {});
  api = await startApi({ database, redis: await createTestRedis() });
  token = await api.tokenOf('north', 'fleet');
});
afterAll(async () => {
  await owner.end();
  await api.close();
});
beforeEach(async () => {
  ({ deviceId } = await makeVehicle(api, 'north'));
});

const ask = async (body: object, headers: Record<string, string> = {}): Promise<Answer> =>
  await api.request('POST', `/api/v1/devices/${deviceId}/commands`, { token, body, headers });
const list = async (query = ''): Promise<any> =>
  (await api.request('GET', `/api/v1/devices/${deviceId}/commands${query}`, { token })).json;

describe('asking a device something', () => {
  it('queues it for a day, under the name of who asked', async () => {
    const made = await ask({ format: 'teltonika-codec12', command: 'getinfo' });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      deviceId,
      format: 'teltonika-codec12',
      command: 'getinfo',
      state: 'queued',
      answer: null,
      sentAt: null,
      deliveredAt: null,
      answeredAt: null,
    });
    expect(Date.parse(made.json.expiresAt) - Date.parse(made.json.createdAt)).toBe(DAY_MS);
    const { rows } = await owner.query('SELECT email FROM users WHERE id = $1', [made.json.requestedBy]);
    expect(rows).toEqual([{ email: api.emailOf('north', 'fleet') }]);
    expect((await api.request('GET', `/api/v1/commands/${made.json.id}`, { token })).json).toEqual(made.json);
  });

  it('for as long as is asked, up to a week', async () => {
    const week = await ask({ format: 'native', command: 'report', expiresInS: 7 * 86_400 });
    expect(Date.parse(week.json.expiresAt) - Date.parse(week.json.createdAt)).toBe(7 * DAY_MS);
    for (const expiresInS of [0, 59, 7 * 86_400 + 1, 1.5, '60', null]) {
      expect((await ask({ format: 'native', command: 'report', expiresInS })).status).toBe(400);
    }
  });

  it.each([
    ['teltonika-codec12', 'setdigout 1'],
    ['teltonika-codec12', 'setdigout 1 60'],
    ['teltonika-codec12', 'cpureset'],
    ['teltonika-codec12', 'setparam 2001:apn'],
    ['teltonika-codec12', 'getparam 2001'],
    ['teltonika-codec12', 'getinfo;setdigout 1'],
    ['teltonika-json', 'lvcanblockengine'],
    ['teltonika-json', 'report'],
    ['native', 'immobilise'],
    ['native', 'getinfo'],
  ])('in the format %s is not possible with %s, and says what is', async (format, command) => {
    const refused = await ask({ format, command });
    expect(refused.status).toBe(422);
    expect(refused.json.code).toBe('command_not_allowed');
    expect(refused.json.detail).toContain(format === 'native' ? 'report' : 'getinfo');
    expect((await list()).items).toEqual([]);
  });

  it('needs a format that there is, and nothing else beside', async () => {
    expect((await ask({ format: 'sms', command: 'getinfo' })).status).toBe(400);
    expect((await ask({ format: 'native', command: 'report', state: 'delivered' })).status).toBe(400);
    expect((await ask({ format: 'native', command: 'x'.repeat(161) })).status).toBe(400);
  });

  it('is done once under one Idempotency-Key, which is of one device', async () => {
    const key = { 'idempotency-key': 'ask-once' };
    const body = { format: 'native', command: 'report' };
    const [first, again] = [await ask(body, key), await ask(body, key)];
    expect(again.status).toBe(201);
    expect(again.json).toEqual(first.json);
    expect((await list()).items).toHaveLength(1);
    ({ deviceId } = await makeVehicle(api, 'north'));
    expect((await ask(body, key)).json.code).toBe('idempotency_key_reused');
  });

  it('is refused while as many wait for the device as may, also if they came at once', async () => {
    const body = { format: 'native', command: 'report' };
    const answers = await Promise.all(Array.from({ length: MAX_WAITING_COMMANDS + 5 }, () => ask(body)));
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused.map(({ json }) => json.code)).toEqual(Array(5).fill('too_many_commands'));
    const [oldest, other] = (await list('?limit=200')).items.toReversed();
    await owner.query("UPDATE device_commands SET state = 'delivered', attempts = 1 WHERE id = $1", [
      oldest.id,
    ]);
    expect((await ask(body)).status).toBe(201);
    expect((await ask(body)).status).toBe(409);
    await owner.query(
      "UPDATE device_commands SET created_at = created_at - interval '1 day', expires_at = expires_at - interval '1 day' WHERE id = $1",
      [other.id],
    );
    expect((await ask(body)).status).toBe(201);
    const elsewhere = await makeVehicle(api, 'north');
    expect(await askDevice(api, 'north', elsewhere.deviceId)).toMatch(/^\d+$/);
  });

  it('is not possible for a gateway, a revoked device, or none', async () => {
    const { gatewayId } = await makeGateway(api, 'north');
    await api.request('POST', `/api/v1/devices/${deviceId}/revoke`, { token });
    expect((await ask({ format: 'native', command: 'report' })).json.code).toBe('device_revoked');
    for (const id of [gatewayId, '888888888', 'x']) {
      deviceId = id;
      expect((await ask({ format: 'native', command: 'report' })).status).toBe(404);
    }
  });
});

describe('what a device was asked', () => {
  it('is listed page by page, newest first, and of that device alone', async () => {
    const ids: string[] = [];
    for (let asked = 0; asked < 5; asked += 1) ids.unshift(await askDevice(api, 'north', deviceId));
    const other = await makeVehicle(api, 'north');
    await askDevice(api, 'north', other.deviceId);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: any = await list(`?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ id }: { id: string }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(ids);
  });

  it('is shown with its answer, and as expired from the moment on', async () => {
    const [answered, late] = [
      await askDevice(api, 'north', deviceId),
      await askDevice(api, 'north', deviceId),
    ];
    await owner.query(
      `UPDATE device_commands SET state = 'answered', answer = 'sent', sent_at = now(), delivered_at = now(), answered_at = now() WHERE id = $1`,
      [answered],
    );
    await owner.query(
      "UPDATE device_commands SET created_at = created_at - interval '1 day', expires_at = expires_at - interval '1 day' WHERE device_id = $1",
      [deviceId],
    );
    expect((await list()).items).toMatchObject([
      { id: late, state: 'expired', answer: null },
      { id: answered, state: 'answered', answer: 'sent', answeredAt: expect.any(String) },
    ]);
  });
});
