import { describe, expect, it } from 'vitest';
import { emptyPosition } from './empty-position.ts';
import {
  decodeJsonItems,
  MAX_JSON_BYTES,
  MAX_JSON_CONTAINERS,
  MAX_JSON_DEPTH,
  MAX_JSON_ITEM_BYTES,
  MAX_JSON_VALUES,
  parseJsonPayload,
} from './json-payload.ts';

const parse = (text: string) => parseJsonPayload(Buffer.from(text));
const nested = (levels: number) => `${'{"0":'.repeat(levels)}1${'}'.repeat(levels)}`;
/** Long enough to be looked at closely. */
const PADDING = `"padding":"${'x'.repeat(3_000)}"`;

describe('a JSON payload', () => {
  it('is read as JSON.parse reads it', () => {
    expect(parse(' [1, {"a": "[{,"}]')).toEqual({ value: [1, { a: '[{,' }] });
    expect(parse(`{${PADDING},"a":[1,2]}`)).toEqual({ value: { padding: 'x'.repeat(3_000), a: [1, 2] } });
  });

  it('is as deep as the limit and no deeper', () => {
    const atLimit = `{${PADDING},"a":${nested(MAX_JSON_DEPTH - 1)}}`;
    expect(parse(atLimit)).toHaveProperty('value');
    expect(parse(`{${PADDING},"a":${nested(MAX_JSON_DEPTH)}}`)).toMatchObject({ reason: 'malformed' });
    expect(parse(nested(50_000))).toMatchObject({ reason: 'malformed' });
    expect(parse('['.repeat(MAX_JSON_BYTES))).toMatchObject({ reason: 'malformed' });
  });

  it('counts nothing that stands in a text', () => {
    expect(parse(JSON.stringify({ a: '[{,"\\'.repeat(3_000) }))).toHaveProperty('value');
  });

  it.each([
    ['bytes of one object', `{"a":"${'x'.repeat(MAX_JSON_BYTES)}"}`, 'invalid_field'],
    ['bytes of a list', `["${'x'.repeat(MAX_JSON_BYTES)}"]`, 'too_many_positions'],
    ['bytes of one position', `{"a":"${'x'.repeat(MAX_JSON_ITEM_BYTES)}"}`, 'invalid_field'],
    ['bytes of one position in a list', `[{},{"a":"${'x'.repeat(MAX_JSON_ITEM_BYTES)}"}]`, 'invalid_field'],
    ['objects', `[${'{},'.repeat(MAX_JSON_CONTAINERS)}{}]`, 'too_many_positions'],
    ['values', `{"a":[${'1,'.repeat(MAX_JSON_VALUES)}1]}`, 'invalid_field'],
  ])('is refused for too many %s', (_what, text, reason) => {
    expect(parse(text)).toMatchObject({ reason });
  });

  it('is refused with a detail that can be stored', () => {
    const refused = parse('{"a":\0}');
    expect(refused).toMatchObject({ reason: 'malformed' });
    expect('detail' in refused && refused.detail).not.toContain('\0');
  });

  it('gives the bytes of each refused item of a list, and of a single one none', () => {
    const decodeItem = (item: unknown) =>
      typeof item === 'number'
        ? emptyPosition(item, { receivedAtMs: 0 })
        : ({ reason: 'malformed', detail: 'not a number' } as const);
    const { positions, refusals } = decodeJsonItems(Buffer.from('[1,{"a":2},3]'), decodeItem);
    expect(positions.map(({ fixTimeMs }) => fixTimeMs)).toEqual([1, 3]);
    expect(refusals).toEqual([
      { reason: 'malformed', detail: 'not a number', item: 1, payload: Buffer.from('{"a":2}') },
    ]);
    expect(decodeJsonItems(Buffer.from('{}'), decodeItem).refusals).toEqual([
      { reason: 'malformed', detail: 'not a number', item: 0 },
    ]);
    expect(decodeJsonItems(Buffer.from('[]'), decodeItem).refusals).toMatchObject([{ reason: 'malformed' }]);
    expect(decodeJsonItems(Buffer.from(`[${'1,'.repeat(1_000)}1]`), decodeItem).refusals).toMatchObject([
      { reason: 'too_many_positions' },
    ]);
  });
});
