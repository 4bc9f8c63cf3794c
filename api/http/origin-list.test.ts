import { expect, test } from 'vitest';
import { originList } from './origin-list.ts';

test.each([
  [undefined, []],
  ['', []],
  ['https://a.example', ['https://a.example']],
  [' https://a.example/tiles/,  http://b.example:8080 ', ['https://a.example', 'http://b.example:8080']],
])('%j names %j', (text, origins) => {
  expect(originList.parse(text)).toEqual(origins);
});

test.each(['*', 'a.example', "'unsafe-inline'", 'ws://a.example', 'https://a.example; script-src *'])(
  '%s is no list of origins',
  (text) => {
    expect(originList.safeParse(text).success).toBe(false);
  },
);
