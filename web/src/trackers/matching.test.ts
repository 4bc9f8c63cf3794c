import { expect, test } from 'vitest';
import type { Device } from '../api/types.ts';
import { matches, stateOf } from './matching.ts';

const device: Device = {
  id: '1',
  ident: '001017000000011',
  model: 'Teltonika FMB920',
  status: 'active',
  createdAt: '2026-11-01T00:00:00.000Z',
  lastSeenAt: '2026-11-20T10:00:00.000Z',
  vehicle: { id: '7', label: 'Boda 007' },
};

test('a search finds every word in ident, model or vehicle', () => {
  expect(['', 'boda', 'FMB boda', '0011', 'teltonika 007'].every((query) => matches(device, query))).toBe(
    true,
  );
  expect(matches(device, 'boda 008')).toBe(false);
});

test('a tracker is silent after a day, and a revoked one is neither', () => {
  const at = (time: string) => Date.parse(time);
  expect(stateOf(device, at('2026-11-20T20:00:00Z'))).toBe('reporting');
  expect(stateOf(device, at('2026-11-21T11:00:00Z'))).toBe('silent');
  expect(stateOf({ ...device, lastSeenAt: null }, at('2026-11-20T20:00:00Z'))).toBe('never');
  expect(stateOf({ ...device, status: 'revoked' }, at('2026-11-20T20:00:00Z'))).toBe('revoked');
});
