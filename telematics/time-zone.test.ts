import { describe, expect, it } from 'vitest';
import { isTimeZone } from './time-zone.ts';

describe('the name of a time zone', () => {
  it.each(['UTC', 'Africa/Kampala', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+3'])(
    '%s is one',
    (name) => expect(isTimeZone(name)).toBe(true),
  );
  it.each([
    '',
    'Africa/Atlantis',
    '+01:00',
    '-05',
    'Europe/Berlin ',
    ' UTC',
    'Europe/../UTC',
    'x'.repeat(65),
  ])('%j is none', (name) => expect(isTimeZone(name)).toBe(false));
});
