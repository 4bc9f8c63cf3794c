import { expect, test } from 'vitest';
import { formatHash, parseHash } from './hash-state.ts';

test('what is written is read back', () => {
  const state = { vehicleId: 'a/b&c', day: '2026-11-20', at: { zoom: 12.5, lat: 0.31628, lon: 32.58219 } };
  expect(parseHash(formatHash(state))).toEqual(state);
  expect(parseHash('')).toEqual({ vehicleId: null, day: null, at: null });
  expect(formatHash({ vehicleId: null, day: null, at: null })).toBe('');
});

test('nonsense in a link is left out', () => {
  expect(parseHash('#at=1/2').at).toBeNull();
  expect(parseHash('#at=x/y/z').at).toBeNull();
  expect(parseHash('#at=3/95/0').at).toBeNull();
  expect(parseHash('#vehicle=1&day=2026-02-31').day).toBeNull();
  expect(parseHash('#day=2026-11-20').day).toBeNull();
});
