import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { asOperator } from '@wayleave/runtime/postgres.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiUnderTest, startApi } from './test/api-under-test.ts';
import { makeVehicle, storeFixes, type TestVehicle } from './test/fleet-under-test.ts';
import { storeJudged } from './test/judged-fixes.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-10-01T23:00:00Z');
const MOVED_MS = START_MS + 60 * MINUTE_MS;

let api: ApiUnderTest;
let token: string;
let first: TestVehicle;
let second: TestVehicle;

/**
 * A vehicle whose tracker was replaced at midnight. Both trackers report every minute for two
 * hours; each counts only while it is installed in it.
 */
beforeAll(async () => {
  api = await startApi({ database: await createTestDatabase(), redis: await createTestRedis() });
  token = await api.tokenOf('north', 'agent');
  const fleet = await api.tokenOf('north', 'fleet');
  const post = async (path: string, body: object) =>
    await api.request('POST', `/api/v1/${path}`, { token: fleet, body });
  first = await makeVehicle(api, 'north');
  second = await makeVehicle(api, 'north', { from: new Date(MOVED_MS).toISOString() });
  const moved = new Date(MOVED_MS).toISOString();
  await post(`installations/${first.installationId}/end`, { to: moved });
  await post(`installations/${second.installationId}/end`, { to: new Date(MOVED_MS + 1).toISOString() });
  await post(`vehicles/${first.vehicleId}/installations`, {
    deviceId: second.deviceId,
    from: new Date(MOVED_MS + 1).toISOString(),
  });
  for (const { deviceId } of [first, second]) {
    await storeFixes(
      api,
      'north',
      Array.from({ length: 121 }, (_, minute) => ({ deviceId, fixTimeMs: START_MS + minute * MINUTE_MS })),
    );
  }
});
afterAll(async () => await api.close());

const RANGE = `from=${new Date(START_MS).toISOString()}&to=${new Date(START_MS + 121 * MINUTE_MS).toISOString()}`;
const history = async (query: string, vehicleId = first.vehicleId) =>
  await api.request('GET', `/api/v1/vehicles/${vehicleId}/positions?${query}`, { token });
const timesOf = (items: { fixTime: string }[]) =>
  items.map(({ fixTime }) => (Date.parse(fixTime) - START_MS) / MINUTE_MS);

/** Minutes 0 to 59 of the first tracker, 61 to 120 of the second, which came a millisecond after minute 60. */
const EXPECTED = [...Array(60).keys(), ...Array.from({ length: 60 }, (_, index) => 61 + index)];

test('a history runs across installations, oldest first, each device within its own time', async () => {
  const { json, headers } = await history(RANGE);
  expect(timesOf(json.items)).toEqual(EXPECTED);
  expect(json.nextCursor).toBeNull();
  expect(headers.get('link')).toBeNull();
});

test('a vehicle from which the device was taken keeps only its own part', async () => {
  const { json } = await history(RANGE, second.vehicleId);
  expect(timesOf(json.items)).toEqual([60]);
});

test.each([1, 7, 60, 119, 120, 121])('pages of %i put together are the whole', async (limit) => {
  const seen: number[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const { json } = await history(`${RANGE}&limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`);
    expect(json.items.length).toBeLessThanOrEqual(limit);
    seen.push(...timesOf(json.items));
    cursor = json.nextCursor;
    pages += 1;
  } while (cursor !== null);
  expect(seen).toEqual(EXPECTED);
  expect(pages).toBe(Math.ceil(120 / limit));
});

test('a fix that arrives late between two pages shifts nothing', async () => {
  const vehicle = await makeVehicle(api, 'north');
  const at = (minute: number) => ({ deviceId: vehicle.deviceId, fixTimeMs: START_MS + minute * MINUTE_MS });
  await storeFixes(api, 'north', [1, 2, 3, 4].map(at));
  const one = (await history(`${RANGE}&limit=2`, vehicle.vehicleId)).json;
  await storeFixes(api, 'north', [0, 3.5].map(at));
  const two = (await history(`${RANGE}&limit=9&cursor=${one.nextCursor}`, vehicle.vehicleId)).json;
  expect(timesOf([...one.items, ...two.items])).toEqual([1, 2, 3, 3.5, 4]);
});

test('a page of JSON ends at 4 MiB, and the next one goes on from there', async () => {
  const vehicle = await makeVehicle(api, 'north');
  const positions = 1_300;
  await storeJudged(
    api,
    'north',
    vehicle.deviceId,
    Array.from({ length: positions }, (_, at) => ({
      fixTimeMs: START_MS + at * 1_000,
      // Two bytes each: what counts is bytes, not characters.
      attributes: { raw: 'é'.repeat(4_000) },
    })),
  );
  const seen: string[] = [];
  const sizes: number[] = [];
  let cursor: string | null = null;
  do {
    const { json, text } = await history(
      `${RANGE}&limit=5000${cursor ? `&cursor=${cursor}` : ''}`,
      vehicle.vehicleId,
    );
    seen.push(...json.items.map(({ fixTime }: any) => fixTime));
    sizes.push(Buffer.byteLength(text));
    cursor = json.nextCursor;
  } while (cursor !== null);
  expect(seen).toEqual(
    Array.from({ length: positions }, (_, at) => new Date(START_MS + at * 1_000).toISOString()),
  );
  expect(sizes).toHaveLength(3);
  expect(Math.max(...sizes)).toBeLessThan(4.01 * 2 ** 20);
  expect(sizes[0]).toBeGreaterThan(3.9 * 2 ** 20);
});

test('a range holds its start and not its end', async () => {
  const at = (minute: number) => new Date(START_MS + minute * MINUTE_MS).toISOString();
  const { json } = await history(`from=${at(10)}&to=${at(12)}`);
  expect(timesOf(json.items)).toEqual([10, 11]);
});

const FORMATS = ['geojson', 'csv', 'gpx', 'kml'];

/** The fix times in a document, in its order. */
function timesIn(format: string, text: string): number[] {
  const times =
    format === 'csv'
      ? text
          .split('\r\n')
          .slice(1, -1)
          .map((line) => line.split(',')[0]!)
      : [...text.matchAll(/(?:"fixTime":"|<time>|<when>)([^"<]+)/g)].map((match) => match[1]!);
  return timesOf(times.map((fixTime) => ({ fixTime })));
}

test.each(FORMATS)('%s is the whole range in one document, across installations', async (format) => {
  const { text, headers, status } = await history(`${RANGE}&format=${format}`);
  expect(status).toBe(200);
  expect(headers.get('content-disposition')).toContain(`vehicle-${first.vehicleId}.${format}`);
  expect(headers.get('link')).toBeNull();
  expect(timesIn(format, text)).toEqual(EXPECTED);
});

test.each(FORMATS)('%s ends after the limit, if there is one', async (format) => {
  const { text } = await history(`${RANGE}&format=${format}&limit=70`);
  expect(timesIn(format, text)).toEqual(EXPECTED.slice(0, 70));
});

test('GPX has a segment and KML a placemark for each installation', async () => {
  const gpx = (await history(`${RANGE}&format=gpx`)).text;
  expect(gpx.match(/<trkseg>[^]*?<\/trkseg>/g)!.map((segment) => timesIn('gpx', segment).length)).toEqual([
    60, 60,
  ]);
  const kml = (await history(`${RANGE}&format=kml`)).text;
  expect(kml.match(/<Placemark>[^]*?<\/Placemark>/g)!.map((mark) => timesIn('kml', mark).length)).toEqual([
    60, 60,
  ]);
});

test('doubtful positions are shown with their verdict where they are asked for, and only there', async () => {
  const vehicle = await makeVehicle(api, 'north');
  const at = (minute: number) => ({ deviceId: vehicle.deviceId, fixTimeMs: START_MS + minute * MINUTE_MS });
  await storeFixes(api, 'north', [0, 1, 2].map(at));
  await api.ingestPool.query(
    'UPDATE positions SET doubts = 1, lat = NULL, lon = NULL, h3 = NULL WHERE device_id = $1 AND fix_time = $2',
    [vehicle.deviceId, new Date(at(1).fixTimeMs)],
  );
  const good = (await history(RANGE, vehicle.vehicleId)).json.items;
  expect(timesOf(good)).toEqual([0, 2]);
  const all = (await history(`${RANGE}&verdict=all`, vehicle.vehicleId)).json.items;
  expect(timesOf(all)).toEqual([0, 1, 2]);
  expect(all.map(({ verdict, doubts, lat }: any) => [verdict, doubts, lat])).toEqual([
    ['good', [], 0.35],
    ['doubtful', ['no_fix'], null],
    ['good', [], 0.35],
  ]);
  const inFormat = async (format: string, verdict: string) =>
    timesIn(format, (await history(`${RANGE}&format=${format}&verdict=${verdict}`, vehicle.vehicleId)).text);
  for (const format of FORMATS) {
    expect(await inFormat(format, 'good')).toEqual([0, 2]);
    expect(await inFormat(format, 'all')).toEqual(['csv', 'geojson'].includes(format) ? [0, 1, 2] : [0, 2]);
  }
  const csv = (await history(`${RANGE}&format=csv&verdict=all`, vehicle.vehicleId)).text.split('\r\n');
  expect(csv[0]).toMatch(/,verdict,doubts,remarks$/);
  expect(csv[2]).toMatch(/,doubtful,no_fix,$/);
});

test('the next page keeps to the verdict that was asked for', async () => {
  const { headers } = await history(`${RANGE}&verdict=all&limit=7`);
  expect(headers.get('link')).toContain('verdict=all');
});

test('a HEAD of a document says what it is without making it', async () => {
  const before = api.streams.load().streams;
  const { status, headers } = await api.request(
    'HEAD',
    `/api/v1/vehicles/${first.vehicleId}/positions?${RANGE}&format=csv`,
    { token },
  );
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(api.streams.load().streams).toBe(before);
});

test('a HEAD of a document that its GET would refuse is refused', async () => {
  const head = async (what: string, operator: 'north' | 'south') =>
    (await api.request('HEAD', `/api/v1/vehicles/${what}`, { token: await api.tokenOf(operator, 'agent') }))
      .status;
  for (const document of [`positions?${RANGE}&format=csv`, `track?${RANGE}`]) {
    expect(await head(`${first.vehicleId}/${document}`, 'north')).toBe(200);
    expect(await head(`${first.vehicleId}/${document}`, 'south')).toBe(404);
    expect(await head(`888888888/${document}`, 'north')).toBe(404);
  }
  const empty = 'from=2026-10-02T00:00:00Z&to=2026-10-02T00:00:00Z';
  expect(await head(`${first.vehicleId}/track?${empty}`, 'north')).toBe(400);
});

test('a document of a vehicle that is not there, or of an empty range, is a problem and no document', async () => {
  const missing = await history(`${RANGE}&format=csv`, '888888888');
  expect([missing.status, missing.json.code]).toEqual([404, 'vehicle_not_found']);
  const empty = await history('from=2026-10-02T00:00:00Z&to=2026-10-02T00:00:00Z&format=kml');
  expect([empty.status, empty.json.code]).toEqual([400, 'empty_time_range']);
  expect(empty.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(empty.headers.get('content-disposition')).toBeNull();
});

test('each format says what it is', async () => {
  const typeOf = async (format: string) =>
    (await history(`${RANGE}&format=${format}`)).headers.get('content-type');
  expect(await typeOf('json')).toBe('application/json; charset=utf-8');
  expect(await typeOf('geojson')).toMatch(/^application\/geo\+json/);
  expect(await typeOf('csv')).toBe('text/csv; charset=utf-8');
  expect(await typeOf('gpx')).toMatch(/^application\/gpx\+xml/);
  expect(await typeOf('kml')).toMatch(/^application\/vnd\.google-earth\.kml\+xml/);
});

test('without a range it is the last day', async () => {
  const vehicle = await makeVehicle(api, 'north');
  const now = Date.now();
  const ago = (hours: number) => ({ deviceId: vehicle.deviceId, fixTimeMs: now - hours * 3_600_000 });
  await storeFixes(api, 'north', [ago(30), ago(20), ago(1)]);
  const { json } = await history('', vehicle.vehicleId);
  expect(json.items).toHaveLength(2);
});

test.each([
  [
    'a range that ends before it begins',
    'from=2026-10-02T00:00:00Z&to=2026-10-01T00:00:00Z',
    'empty_time_range',
  ],
  ['an empty range', 'from=2026-10-02T00:00:00Z&to=2026-10-02T00:00:00Z', 'empty_time_range'],
  ['a time without a zone', 'from=2026-10-02T00:00:00', 'invalid_request'],
  ['a year that no fix has', 'from=0000-01-01T00:00:00Z', 'invalid_request'],
  ['a time that its offset takes out of the years', 'to=9999-12-31T23:59:59-12:00', 'invalid_request'],
  ['a limit above the largest', 'limit=5001', 'invalid_request'],
  ['a limit of nothing', 'limit=0', 'invalid_request'],
  ['an unknown format', 'format=xml', 'invalid_request'],
  ['a forged cursor', `cursor=${Buffer.from('positions:x').toString('base64url')}`, 'bad_cursor'],
])('%s is refused', async (_what, query, code) => {
  const answer = await history(query);
  expect(answer.status).toBe(400);
  expect(answer.json.code).toBe(code);
});

test('the longest range that can be asked for breaks nothing', async () => {
  expect(
    (await history('from=1970-01-01T00:00:00Z&to=2100-01-01T00:00:00Z&limit=5000')).json.items,
  ).toHaveLength(120);
});

test('a page is one index range of the partitions of its time, through the view and its barrier', async () => {
  await api.ingestPool.query(
    `INSERT INTO positions (device_id, fix_time, received_at, operator_id, lat, lon, h3)
     SELECT 900000 + n % 50, '2026-11-10'::timestamptz + n * interval '1 minute', now(), $1, 0, 0, 0
     FROM generate_series(1, 20000) n`,
    [api.operatorIds.north],
  );
  const plan = await asOperator(api.appPool, api.operatorIds.north, async (connection) => {
    const { rows } = await connection.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT * FROM operator_positions p
       WHERE p.device_id = $1 AND p.fix_time >= $2 AND p.fix_time < $3 ORDER BY p.fix_time LIMIT 1000`,
      [900_001, new Date('2026-11-12T00:00:00Z'), new Date('2026-11-12T06:00:00Z')],
    );
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  });
  expect(plan).toMatch(
    /Index Cond: \(\(device_id = '?900001'?(::bigint)?\) AND \(fix_time >= .*\) AND \(fix_time < .*\)\)/,
  );
  expect(plan).not.toContain('Seq Scan');
  // One table of the partitions or chunks, whichever way they are named.
  expect(
    plan.match(/(Index|Bitmap Heap) Scan.* on \S+/g)!.filter((scan) => !scan.includes('Bitmap Index')),
  ).toHaveLength(1);
});
