import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesFilter } from '../positions/adapters/topic-filter.ts';
import { quarantineFilter, topicPattern } from './filter.ts';

// No `.`-against-newline differences between the two engines in what is generated here.
const level = fc.constantFrom('a', 'bb', '866', '', 'x.y', '(z', '[', '\\d', '$', '^', '|');

describe('the pattern of a topic filter', () => {
  it('matches exactly the topics that the filter does', () => {
    const part = fc.oneof(level, fc.constant('+'));
    const filter = fc
      .tuple(fc.array(part, { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([parts, isOpenEnded]) => [...parts, ...(isOpenEnded ? ['#'] : [])].join('/'));
    const topic = fc.array(level, { minLength: 1, maxLength: 5 }).map((levels) => levels.join('/'));
    fc.assert(
      fc.property(filter, topic, (wanted, given) => {
        expect(new RegExp(topicPattern(wanted)).test(given)).toBe(matchesFilter(wanted, given));
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes + for one level and # for the level before it and everything below', () => {
    const matches = (filter: string, topic: string) => new RegExp(topicPattern(filter)).test(topic);
    expect(matches('+/codec', '866/codec')).toBe(true);
    expect(matches('+/codec', 'a/866/codec')).toBe(false);
    expect(matches('owntracks/#', 'owntracks/u/d')).toBe(true);
    expect(matches('owntracks/#', 'owntracks')).toBe(true);
    expect(matches('owntracks/#', 'owntracksx/u')).toBe(false);
    expect(matches('#', 'anything/at/all')).toBe(true);
    expect(matches('a.c', 'abc')).toBe(false);
  });
});

describe('a filter', () => {
  it('takes no field that it does not know, and no NUL, which PostgreSQL cannot hold', () => {
    expect(quarantineFilter.safeParse({}).success).toBe(true);
    expect(quarantineFilter.safeParse({ device: '1' }).success).toBe(false);
    expect(quarantineFilter.safeParse({ topic: 'a\0b' }).success).toBe(false);
    expect(quarantineFilter.safeParse({ reason: 'a\0b' }).success).toBe(false);
  });
});
