import { expect, test } from 'vitest';
import { formatHash, parseHash } from './hash-state.ts';

test('what is written is read back', () => {
  const at = { zoom: 12.5, lat: 0.31628, lon: 32.58219 };
  const state = { vehicleId: 'a/b&c', day: '2026-11-20', eventId: null, at };
  const ofEvent = { vehicleId: null, day: null, eventId: '0b5c-11', at };
  expect(parseHash(formatHash(state))).toEqual(state);
  expect(parseHash(formatHash(ofEvent))).toEqual(ofEvent);
  const nothing = { vehicleId: null, day: null, eventId: null, at: null };
  expect(parseHash('')).toEqual(nothing);
  expect(formatHash(nothing)).toBe('');
});

test('a link to a vehicle is not one to an event as well', () => {
  expect(parseHash('#vehicle=1&event=2').eventId).toBeNull();
});

test('nonsense in a link is left out', () => {
  expect(parseHash('#at=1/2').at).toBeNull();
  expect(parseHash('#at=x/y/z').at).toBeNull();
  expect(parseHash('#at=3/95/0').at).toBeNull();
  expect(parseHash('#vehicle=1&day=2026-02-31').day).toBeNull();
  expect(parseHash('#day=2026-11-20').day).toBeNull();
});
