import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, startApi } from './test/api-under-test.ts';
import { depot, square } from './test/geofences-under-test.ts';
import { expectGapless, rulesChangesDuring, spansOf } from './test/versions-under-test.ts';

let api: ApiUnderTest;
let token: string;
beforeAll(async () => {
  api = await startApi({ database: await createTestDatabase(), redis: await createTestRedis() });
  token = await api.tokenOf('north', 'fleet');
});
afterAll(async () => await api.close());

const PATH = '/api/v1/geofences';
const ascending = (a: number, b: number) => a - b;
const get = async (path = '') => await api.request('GET', `${PATH}${path}`, { token });
const put = async (id: string, body: unknown) => await api.request('PUT', `${PATH}/${id}`, { token, body });
const remove = async (id: string) => await api.request('DELETE', `${PATH}/${id}`, { token });
const make = async (fields: object = {}): Promise<string> =>
  (await api.request('POST', PATH, { token, body: { ...depot, ...fields } })).json.id;
const spansOfFence = async (id: string) => await spansOf(api, 'geofence_versions', { geofence_id: id });
const namesOf = (page: { json: { items: { name: string }[] } }) => page.json.items.map(({ name }) => name);

describe('versions of a geofence', () => {
  test('follow one another without a gap when edits come within a second, before the first one holds', async () => {
    const id = await make();
    for (let edit = 1; edit <= 5; edit += 1) await put(id, { ...depot, name: `Edit ${edit}` });
    const spans = await spansOfFence(id);
    expect(spans.map(({ row }) => row.version)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(spans[0]!.fromMs).toBeGreaterThan(Date.now() - 1_000);
    expectGapless(spans);
    expect(spans.at(-1)!.toMs).toBe(Number.POSITIVE_INFINITY);
  });

  test('are all kept when many people edit at once', async () => {
    const id = await make();
    const names = Array.from({ length: 24 }, (_, edit) => `Edit ${edit}`);
    const answers = await Promise.all(names.map(async (name) => await put(id, { ...depot, name })));
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    const spans = await spansOfFence(id);
    expect(spans.map(({ row }) => row.version)).toEqual(Array.from({ length: 25 }, (_, at) => at + 1));
    expect(new Set(spans.map(({ row }) => row.name))).toEqual(new Set(['Depot', ...names]));
    expectGapless(spans);
    expect(answers.map(({ json }) => json.version).sort(ascending)).toEqual(
      Array.from({ length: 24 }, (_, at) => at + 2),
    );
  });

  test('end with a deletion that comes amid edits', async () => {
    const id = await make();
    const edits = Array.from(
      { length: 8 },
      async (_, edit) => await put(id, { ...depot, name: `Edit ${edit}` }),
    );
    const removals = [remove(id), remove(id)];
    const more = Array.from(
      { length: 8 },
      async (_, edit) => await put(id, { ...depot, name: `More ${edit}` }),
    );
    const statuses = (await Promise.all(removals)).map(({ status }) => status).sort(ascending);
    expect(statuses).toEqual([204, 404]);
    const edited = (await Promise.all([...edits, ...more])).map(({ status }) => status);
    expect(edited.every((status) => status === 200 || status === 404)).toBe(true);
    const spans = await spansOfFence(id);
    expect(spans).toHaveLength(1 + edited.filter((status) => status === 200).length);
    expectGapless(spans);
    expect(spans.at(-1)!.toMs).toBeLessThan(Number.POSITIVE_INFINITY);
  });

  test('are not added by saving the same again, however it is written', async () => {
    const shape = { ...square, coordinates: [[...square.coordinates[0]!].map(([lon, lat]) => [lon, lat])] };
    const id = await make({ shape, speedLimitKmh: 30 });
    const made = (await get(`/${id}`)).json;
    const again = await put(
      id,
      '{"speedLimitKmh":3.0e1,"dwellS":null,"shape":{"coordinates":[[[32.0,0],[33,-0.0],[33,1],[32,1],[32,0]]],' +
        '"type":"Polygon"},"kind":"depot","name":" Depot "}',
    );
    expect(again.json).toEqual(made);
    expect(await spansOfFence(id)).toHaveLength(1);
  });

  test('come in pages, newest first', async () => {
    const id = await make();
    for (let edit = 1; edit <= 4; edit += 1) await put(id, { ...depot, name: `Edit ${edit}` });
    const first = (await get(`/${id}/versions?limit=2`)).json;
    expect(namesOf({ json: first })).toEqual(['Edit 4', 'Edit 3']);
    const second = (await get(`/${id}/versions?limit=2&cursor=${first.nextCursor}`)).json;
    expect(namesOf({ json: second })).toEqual(['Edit 2', 'Edit 1']);
    const last = (await get(`/${id}/versions?limit=2&cursor=${second.nextCursor}`)).json;
    expect(namesOf({ json: last })).toEqual(['Depot']);
    expect(last.nextCursor).toBeNull();
    const other = await make();
    expect((await get(`/${other}/versions?cursor=${first.nextCursor}`)).json.code).toBe('bad_cursor');
  });

  test('are announced to all who run rules, of this operator, and what changes nothing is not', async () => {
    const { north } = api.operatorIds;
    const heard = await rulesChangesDuring(api, async () => {
      const id = await make();
      await put(id, { ...depot, name: 'Other' });
      await put(id, { ...depot, name: 'Other' });
      await remove(id);
      await remove(id);
    });
    expect(heard).toEqual([north, north, north]);
  });
});
