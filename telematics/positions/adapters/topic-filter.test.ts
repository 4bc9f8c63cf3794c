import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesFilter } from './topic-filter.ts';

describe('a topic filter', () => {
  it.each([
    ['traccar/positions', 'traccar/positions', true],
    ['traccar/positions', 'traccar/positions/1', false],
    ['traccar/positions', 'traccar', false],
    ['traccar/positions', 'traccar/Positions', false],
    ['flespi/message/gw/devices/+', 'flespi/message/gw/devices/182083', true],
    ['flespi/message/gw/devices/+', 'flespi/message/gw/devices/', true],
    ['flespi/message/gw/devices/+', 'flespi/message/gw/devices', false],
    ['flespi/message/gw/devices/+', 'flespi/message/gw/devices/1/2', false],
    ['+/positions', '/positions', true],
    ['+/+', '/finance', true],
    ['/+', '/finance', true],
    ['+', '/finance', false],
    ['sport/#', 'sport', true],
    ['sport/#', 'sport/', true],
    ['sport/#', 'sport/tennis/player1', true],
    ['sport/#', 'sports', false],
    ['sport/+/#', 'sport', false],
    ['sport/+/#', 'sport/tennis', true],
    ['#', 'anything/at/all', true],
    ['+/a+b', 'x/a+b', true],
    ['+/a+b', 'x/axb', false],
    ['a.c', 'abc', false],
  ])('%s and the topic %s: %s', (filter, topic, matches) => {
    expect(matchesFilter(filter, topic)).toBe(matches);
  });

  it('that is a topic matches that topic and no other', () => {
    const level = fc.string({ maxLength: 3, unit: fc.constantFrom('a', 'b', '/', '.') });
    fc.assert(
      fc.property(level, level, (filter, topic) => {
        expect(matchesFilter(filter, topic)).toBe(filter === topic);
      }),
    );
  });
});
