import { expect, test } from 'vitest';
import { ago, alarmWords, compass, duration, kilometres, kilometresExact, words } from './units.ts';

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

test('alarms that were raised together are read as one phrase', () => {
  expect(alarmWords('powerCut')).toBe('Power cut');
  expect(alarmWords('powerCut,sos,unplug')).toBe('Power cut, SOS, unplug');
});

test('a day is told to a tenth of a kilometre', () => {
  expect([0, 949, 12_449, 1_234_567].map(kilometresExact)).toEqual([
    '0.0 km',
    '0.9 km',
    '12.4 km',
    '1,234.6 km',
  ]);
});
