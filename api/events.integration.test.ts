import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { eventView } from '@wayleave/telematics/events/event.ts';
import { ended, idOf, START_MS } from '@wayleave/telematics/events/testing/event-drafts.ts';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ApiUnderTest, startApi } from './test/api-under-test.ts';
import { type DraftOf, draftsOf, retractEvent, storeEvents } from './test/events-under-test.ts';
import { makeVehicle, type TestVehicle } from './test/fleet-under-test.ts';

let api: ApiUnderTest;
let owner: pg.Client;
let token: string;
let vehicle: TestVehicle;
let draft: DraftOf;
beforeAll(async () => {
  const database = await createTestDatabase();
  api = await startApi({ database, redis: await createTestRedis() });
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  token = await api.tokenOf('north', 'agent');
  vehicle = await makeVehicle(api, 'north', { label: 'Boda 7' });
  draft = draftsOf(api, 'north');
});
afterAll(async () => {
  await owner.end();
  await api.close();
});
beforeEach(async () => {
  await owner.query('TRUNCATE events, outbox');
});

const get = async (path: string, as = token) => await api.request('GET', `/api/v1/${path}`, { token: as });
const idsOf = (answer: { json: { items: { id: string }[] } }) => answer.json.items.map(({ id }) => id);
const at = (startS: number) => ({ finding: { startMs: START_MS + startS * 1_000 } });

describe('an event', () => {
  test('is shown with all that explains it, under the name of its vehicle', async () => {
    const made = ended(draft({ deviceId: Number(vehicle.deviceId), vehicleId: vehicle.vehicleId }));
    await storeEvents(api, [made], START_MS + 61_000);
    const { status, json } = await get(`events/${idOf(made)}`);
    expect(status).toBe(200);
    expect(eventView.parse(json)).toEqual(json);
    expect(json).toEqual({
      id: idOf(made),
      kind: 'overspeed',
      rule: 'overspeed',
      severity: 'warning',
      subject: '',
      vehicleId: vehicle.vehicleId,
      deviceId: vehicle.deviceId,
      vehicleLabel: 'Boda 7',
      occurredAt: '2026-11-20T10:00:00.000Z',
      confirmedAt: '2026-11-20T10:00:10.000Z',
      endedAt: '2026-11-20T10:01:00.000Z',
      detectedAt: '2026-11-20T10:01:01.000Z',
      changedAt: '2026-11-20T10:01:01.000Z',
      late: false,
      revision: 1,
      retractedAt: null,
      retractionReason: null,
      supersededBy: null,
      lat: 0.3476,
      lon: 32.5825,
      details: made.finding.details,
      acknowledgedAt: null,
      acknowledgedBy: null,
      acknowledgementNote: null,
    });
    expect((await get('events')).json).toEqual({ items: [json], nextCursor: null });
  });

  test('of another operator, or of nobody, is not found', async () => {
    const other = draftsOf(api, 'south')();
    await storeEvents(api, [other]);
    const fleet = await api.tokenOf('north', 'fleet');
    for (const id of [idOf(other), '00000000-0000-5000-8000-000000000000', 'not-an-id', '1']) {
      const answers = [
        await get(`events/${id}`),
        await api.request('POST', `/api/v1/events/${id}/acknowledge`, { token: fleet, body: {} }),
      ];
      for (const { status, json } of answers) expect([status, json.code]).toEqual([404, 'event_not_found']);
    }
    expect((await get('events?retracted=include')).json.items).toEqual([]);
    const south = await api.tokenOf('south', 'fleet');
    expect((await get(`events/${idOf(other)}`, south)).json.acknowledgedAt).toBeNull();
  });
});

describe('the list', () => {
  test('is filtered by every field, and by all that are given at once', async () => {
    const plain = draft({ ...at(0), deviceId: 901 });
    const tow = draft({
      deviceId: 2,
      severity: 'critical',
      late: true,
      finding: { rule: 'tow', kind: 'tow', startMs: START_MS + 10_000, endMs: START_MS + 20_000 },
    });
    const left = draft({
      deviceId: Number(vehicle.deviceId),
      vehicleId: vehicle.vehicleId,
      finding: {
        rule: 'geofence',
        kind: 'geofenceExit',
        subject: '42',
        startMs: START_MS + 20_000,
        endMs: START_MS + 20_000,
      },
    });
    const gone = draft({ ...at(30), deviceId: 4 });
    const all = [plain, tow, left, gone];
    await storeEvents(api, all, START_MS + 60_000);
    await retractEvent(api, idOf(gone), START_MS + 70_000);
    await api.request('POST', `/api/v1/events/${idOf(tow)}/acknowledge`, {
      token: await api.tokenOf('north', 'fleet'),
    });
    const instant = (s: number) => new Date(START_MS + s * 1_000).toISOString();
    const fits: [string, typeof all][] = [
      ['', [left, tow, plain]],
      ['retracted=exclude', [left, tow, plain]],
      ['retracted=include', [gone, left, tow, plain]],
      ['retracted=only', [gone]],
      [`from=${instant(10)}`, [left, tow]],
      [`to=${instant(10)}`, [plain]],
      [`from=${instant(0)}&to=${instant(20)}`, [tow, plain]],
      [`changedFrom=${instant(61)}&retracted=include`, [gone]],
      ['kind=tow', [tow]],
      ['kind=nothing', []],
      ['severity=critical', [tow]],
      [`vehicleId=${vehicle.vehicleId}`, [left]],
      ['deviceId=901', [plain]],
      ['geofenceId=42', [left]],
      ['geofenceId=43', []],
      ['lasting=true', [plain]],
      ['lasting=false', [left, tow]],
      ['late=true', [tow]],
      ['late=false', [left, plain]],
      ['acknowledged=true', [tow]],
      ['acknowledged=false', [left, plain]],
      ['severity=warning&lasting=false&late=false', [left]],
      [`order=changed&retracted=include&limit=1`, [gone]],
    ];
    for (const [query, expected] of fits) {
      expect({ query, ids: idsOf(await get(`events?${query}`)) }).toEqual({ query, ids: expected.map(idOf) });
    }
  });

  test.each([
    'limit=0',
    'limit=201',
    'severity=loud',
    'from=yesterday',
    'lasting=1',
    'retracted=no',
    'order=id',
    'vehicleId=x',
    'kind=%00',
  ])('refuses %s', async (query) => {
    const { status, json } = await get(`events?${query}`);
    expect([status, json.code]).toEqual([400, 'invalid_request']);
  });

  test('refuses a cursor of the other order', async () => {
    await storeEvents(api, [draft(at(0)), draft(at(1))]);
    const { nextCursor } = (await get('events?limit=1')).json;
    const answer = await get(`events?limit=1&order=changed&cursor=${nextCursor}`);
    expect([answer.status, answer.json.code]).toEqual([400, 'bad_cursor']);
  });

  test.each(['occurred', 'changed'] as const)(
    'by when they %s is paged without loss or repetition while more come and others change',
    async (order) => {
      // Many of the same instant: only their ids tell them apart.
      const drafts = Array.from({ length: 25 }, (_, index) =>
        draft({ deviceId: index + 1, ...at(Math.floor(index / 10)) }),
      );
      for (const [index, made] of drafts.entries()) {
        await storeEvents(api, [made], START_MS + Math.floor(index / 10) * 1_000);
      }
      const seen: string[] = [];
      let cursor: string | null = null;
      let pages = 0;
      do {
        const query: string = cursor === null ? '' : `&cursor=${cursor}`;
        const { json } = await get(`events?order=${order}&limit=4${query}`);
        seen.push(...json.items.map(({ id }: { id: string }) => id));
        cursor = json.nextCursor;
        pages += 1;
        // Newer than everything, in both orders, so it has no place on a page that follows.
        await storeEvents(
          api,
          [draft({ deviceId: 100 + pages, ...at(1_000 + pages) })],
          START_MS + 9e6 + pages,
        );
      } while (cursor !== null);
      expect(pages).toBe(7);
      expect(seen).toHaveLength(25);
      expect(new Set(seen)).toEqual(new Set(drafts.map(idOf)));
      const instants = drafts.map((made) => [made.finding.startMs, idOf(made)] as const);
      const newestFirst = instants
        .toSorted((a, b) => b[0] - a[0] || (a[1] < b[1] ? 1 : -1))
        .map(([, id]) => id);
      expect(seen).toEqual(newestFirst);
    },
  );

  test('by when they changed shows first what changed last, as it now is', async () => {
    const one = draft({ deviceId: 1 });
    const two = draft({ deviceId: 2 });
    await storeEvents(api, [one], START_MS);
    await storeEvents(api, [two], START_MS + 1_000);
    await storeEvents(api, [ended(one)], START_MS + 2_000);
    const { items } = (await get('events?order=changed')).json;
    expect(items.map(({ id, revision }: { id: string; revision: number }) => [id, revision])).toEqual([
      [idOf(one), 2],
      [idOf(two), 1],
    ]);
  });
});

describe('acknowledging', () => {
  test('says who and when with a note, and the first one stays', async () => {
    const made = draft();
    await storeEvents(api, [made]);
    const acknowledge = async (role: 'fleet' | 'admin', body?: unknown) =>
      await api.request('POST', `/api/v1/events/${idOf(made)}/acknowledge`, {
        token: await api.tokenOf('north', role),
        body,
      });
    const first = await acknowledge('fleet', { note: ' Called the customer. ' });
    const me = await get('me', await api.tokenOf('north', 'fleet'));
    expect(first.status).toBe(200);
    expect(first.json).toMatchObject({
      acknowledgedBy: me.json.id,
      acknowledgementNote: 'Called the customer.',
    });
    expect(Math.abs(Date.now() - Date.parse(first.json.acknowledgedAt))).toBeLessThan(60_000);
    for (const again of [await acknowledge('admin', { note: 'Mine' }), await acknowledge('fleet')]) {
      expect(again.status).toBe(200);
      expect(again.json).toEqual(first.json);
    }
    // Nobody else is told, and what the rules find of it goes on.
    expect(first.json.revision).toBe(1);
    const [change] = await storeEvents(api, [ended(made)]);
    expect(change!.event).toMatchObject({ revision: 2, acknowledgementNote: 'Called the customer.' });
  });

  test.each([{ note: '' }, { note: 'x\0' }, { note: 'x'.repeat(1_001) }, { other: 1 }])(
    'with %j is refused',
    async (body) => {
      const made = draft();
      await storeEvents(api, [made]);
      const answer = await api.request('POST', `/api/v1/events/${idOf(made)}/acknowledge`, {
        token: await api.tokenOf('north', 'fleet'),
        body,
      });
      expect([answer.status, answer.json.code]).toEqual([400, 'invalid_request']);
    },
  );
});

test('the API’s role may acknowledge events and change nothing else of them', async () => {
  await storeEvents(api, [draft(), draftsOf(api, 'south')({ deviceId: 8 })]);
  const asNorth = async (sql: string) => {
    const connection = await api.appPool.connect();
    try {
      await connection.query('BEGIN');
      await connection.query("SELECT set_config('wayleave.operator_id', $1, true)", [api.operatorIds.north]);
      return (await connection.query(sql)).rowCount;
    } finally {
      await connection.query('ROLLBACK');
      connection.release();
    }
  };
  for (const sql of [
    "UPDATE events SET severity = 'info'",
    'UPDATE events SET details = details',
    'DELETE FROM events',
  ]) {
    await expect(asNorth(sql)).rejects.toThrow(/permission denied/);
  }
  expect(await asNorth("UPDATE events SET acknowledgement_note = 'x'")).toBe(1);
  expect(await asNorth('SELECT FROM events')).toBe(1);
});
