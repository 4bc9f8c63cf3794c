import { expect, test } from 'vitest';
import { segmentsOf } from './history-segments.ts';

const installations = [
  { deviceId: 'second', fromMs: 200, toMs: Number.POSITIVE_INFINITY },
  { deviceId: 'first', fromMs: 0, toMs: 100 },
];

test('a range over two installations gives the part of each, oldest first', () => {
  expect(segmentsOf(installations, { fromMs: 50, toMs: 300 })).toEqual([
    { deviceId: 'first', fromMs: 50, toMs: 100 },
    { deviceId: 'second', fromMs: 200, toMs: 300 },
  ]);
});

test('a range between two installations gives nothing', () => {
  expect(segmentsOf(installations, { fromMs: 100, toMs: 200 })).toEqual([]);
});

test('a range within one installation gives that range', () => {
  expect(segmentsOf(installations, { fromMs: 210, toMs: 220 })).toEqual([
    { deviceId: 'second', fromMs: 210, toMs: 220 },
  ]);
});
