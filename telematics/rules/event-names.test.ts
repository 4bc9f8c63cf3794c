import { describe, expect, it } from 'vitest';
import { defaultHandling } from './event-kinds.ts';
import { isEventName } from './event-names.ts';

describe('the name under which events are handled', () => {
  it('may be each that has a default', () => {
    for (const name of Object.keys(defaultHandling))
      expect({ name, is: isEventName(name) }).toEqual({ name, is: true });
  });
  it.each([
    'geofenceEnter.depot',
    'geofenceDwell.home',
    'silence.coverage_hole',
    'lowOil',
    'mil.on',
    'Öldruck niedrig',
  ])('may be %s', (name) => expect(isEventName(name)).toBe(true));
  it.each([
    'geofenceExit.teritory',
    'geofenceExit.',
    'silence.After Jamming',
    'overspeed.vehicle',
    'tow.x',
    '',
    ' lowOil',
    'a,b',
    'a\u0000b',
    'x'.repeat(65),
  ])('may not be %j', (name) => expect(isEventName(name)).toBe(false));
});
