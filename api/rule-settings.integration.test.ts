import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { defaultRuleSettings } from '@wayleave/telematics/rules/settings.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, type OperatorName, startApi } from './test/api-under-test.ts';
import { expectGapless, rulesChangesDuring, spansOf } from './test/versions-under-test.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi({ database: await createTestDatabase(), redis: await createTestRedis() });
});
afterAll(async () => await api.close());

const PATH = '/api/v1/settings/rules';
const ascending = (a: number, b: number) => a - b;
const get = async (operator: OperatorName, path = '') =>
  await api.request('GET', `${PATH}${path}`, { token: await api.tokenOf(operator, 'agent') });
const put = async (body: unknown, operator: OperatorName = 'north') =>
  await api.request('PUT', PATH, { token: await api.tokenOf(operator, 'admin'), body });
const spans = async () => await spansOf(api, 'rule_settings', { operator_id: api.operatorIds.north });

const own = { timeZone: 'Africa/Kampala', overspeed: { toleranceKmh: 8 } };
const ownWithDefaults = {
  ...defaultRuleSettings,
  timeZone: 'Africa/Kampala',
  overspeed: { ...defaultRuleSettings.overspeed, toleranceKmh: 8 },
};

describe('the settings of the rules', () => {
  test('are the defaults until they are saved; what is left out then has its default', async () => {
    expect((await get('north')).json).toEqual(defaultRuleSettings);
    expect((await get('north', '/versions')).json).toEqual({ items: [], nextCursor: null });
    expect((await put({})).json).toEqual(defaultRuleSettings);
    expect(await spans()).toEqual([]);

    const saved = await put(own);
    expect(saved.status).toBe(200);
    expect(saved.json).toEqual(ownWithDefaults);
    expect((await get('north')).json).toEqual(ownWithDefaults);
    expect((await get('south')).json).toEqual(defaultRuleSettings);

    expect((await put({ idling: { enabled: false } })).json).toEqual({
      ...defaultRuleSettings,
      idling: { ...defaultRuleSettings.idling, enabled: false },
    });
    const { items } = (await get('north', '/versions')).json;
    expect(items).toMatchObject([
      { version: 2, validTo: null, settings: { timeZone: 'UTC' } },
      { version: 1, validTo: items[0].validFrom, settings: ownWithDefaults },
    ]);
    expect(items[0].savedBy).toMatch(/^\d+$/);
    expect(Date.parse(items[0].validFrom) - Date.parse(items[0].savedAt)).toBeGreaterThanOrEqual(999);
    expect((await get('south', '/versions')).json.items).toEqual([]);
  });

  test('come in pages of versions, newest first', async () => {
    for (let toleranceKmh = 10; toleranceKmh < 15; toleranceKmh += 1)
      await put({ overspeed: { toleranceKmh } });
    const all = (await get('north', '/versions?limit=100')).json.items;
    const paged: unknown[] = [];
    for (let cursor = ''; ; ) {
      const page = (await get('north', `/versions?limit=2${cursor}`)).json;
      expect(page.items.length).toBeLessThanOrEqual(2);
      paged.push(...page.items);
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(paged).toEqual(all);
    expect(all[0].settings.overspeed.toleranceKmh).toBe(14);
  });

  test('that are saved as they are make no version, and each change is announced', async () => {
    await put(own);
    const before = await spans();
    const heard = await rulesChangesDuring(api, async () => {
      await put(own);
      await put({ overspeed: { toleranceKmh: 8 }, timeZone: 'Africa/Kampala', night: {} });
      expect(await spans()).toEqual(before);
      await put({});
    });
    expect(heard).toEqual([api.operatorIds.north]);
  });

  test('leave no gap and lose no version when they are saved within a second and at once', async () => {
    const count = (await spans()).length;
    const tolerances = Array.from({ length: 20 }, (_, at) => 20 + at);
    const answers = await Promise.all(
      tolerances.map(async (toleranceKmh) => await put({ overspeed: { toleranceKmh } })),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const all = await spans();
    expect(all.map(({ row }) => row.version)).toEqual(all.map((_, at) => at + 1));
    expect(all).toHaveLength(count + tolerances.length);
    const saved = all.slice(count).map(({ row }) => row.settings as typeof defaultRuleSettings);
    expect(saved.map(({ overspeed }) => overspeed.toleranceKmh).sort(ascending)).toEqual(tolerances);
    expectGapless(all);
    expect(all.at(-1)!.toMs).toBe(Number.POSITIVE_INFINITY);
  });

  test('set the severity and routing of events that can be', async () => {
    const events = {
      'geofenceEnter.depot': { severity: 'warning', routes: [] },
      silence: { severity: 'info', routes: ['live'] },
      lowOil: { severity: 'critical', routes: ['queue', 'live'] },
    };
    expect((await put({ events })).json.events).toEqual(events);
    for (const name of ['geofenceExit.teritory', 'tow.x', 'a,b']) {
      const refused = await put({ events: { [name]: { severity: 'info', routes: [] } } });
      expect(refused.status).toBe(422);
      expect(refused.json).toMatchObject({
        code: 'event_name_unknown',
        detail: expect.stringContaining(name),
      });
    }
    expect((await get('north')).json.events).toEqual(events);
  });

  test.each(['Mars/Olympus', '+03:00', 'Africa/Kampala; DROP', ''])(
    'have no time zone %j',
    async (timeZone) => {
      const before = (await get('north')).json;
      const answer = await put({ timeZone });
      expect(answer.status).toBe(422);
      expect(answer.json.code).toBe('time_zone_unknown');
      expect((await get('north')).json).toEqual(before);
    },
  );

  test.each([
    { more: 1 },
    { overspeed: { toleranceKmh: -1 } },
    { overspeed: { tolerance: 5 } },
    { trips: { minStopS: 1.5 } },
    { night: { fromHour: 24 } },
    { silence: null },
    { events: { tow: { severity: 'fatal', routes: [] } } },
    {
      events: Object.fromEntries(
        Array.from({ length: 201 }, (_, at) => [`a${at}`, { severity: 'info', routes: [] }]),
      ),
    },
    [],
  ])('are not saved that are not as documented', async (body) => {
    const before = (await get('north')).json;
    const answer = await put(body);
    expect(answer.status).toBe(400);
    expect(answer.json.code).toBe('invalid_request');
    expect((await get('north')).json).toEqual(before);
  });
});
