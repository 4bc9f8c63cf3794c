import { expect, test } from 'vitest';
import { ago, compass, duration, kilometres, words } from './units.ts';

test('an age is read in the largest unit that says enough', () => {
  expect([0, 12_400, 240_000, 3 * 3_600_000, 5 * 86_400_000].map(ago)).toEqual([
    'just now',
    '12 s ago',
    '4 min ago',
    '3 h ago',
    '5 d ago',
  ]);
  expect(ago(-5000)).toBe('just now');
  expect(duration(47 * 3600)).toBe('47 h');
});

test('a heading becomes the nearest of eight winds', () => {
  expect([0, 22, 23, 90, 337, 338, 360, -90].map(compass)).toEqual([
    'N',
    'N',
    'NE',
    'E',
    'NW',
    'N',
    'N',
    'W',
  ]);
});

test('codes become words', () => {
  expect([words('powerCut'), words('tow_away'), words('sos')]).toEqual(['Power cut', 'Tow away', 'SOS']);
});

test('odometers are whole kilometres', () => {
  expect(kilometres(120_345)).toBe('120 km');
});
