import { describe, expect, it } from 'vitest';
import { caseContext, contextsOf } from './case-context.ts';
import { expectedEvents, restricted } from './case-events.ts';
import { goodFix } from './good-fix.ts';
import { type Rules, runCase, type TestCase } from './run-case.ts';

describe('what an event of a case names', () => {
  it('is compared, and nothing else', () => {
    expect(restricted({ a: 1, b: { c: [1, 2], d: 2 } }, { b: { c: [9] } })).toEqual({ b: { c: [1, 2] } });
  });

  it('is missed if it is not there', () => {
    expect(restricted({ a: 1 }, { a: 1, b: 2 })).not.toEqual({ a: 1, b: 2 });
  });

  it('is a number at as many decimals as it is written with', () => {
    expect(restricted({ a: 12.46, b: 12.46, c: 1234.4 }, { a: 12.5, b: 12.4, c: 1234 })).toEqual({
      a: 12.5,
      b: 12.46,
      c: 1234,
    });
  });
});

describe('a case', () => {
  /** Finds something at every fix, which lasts until the next. */
  const everyFix: Rules = {
    everyFix: {
      initial: null,
      next: (_state, { fix }) => ({
        state: null,
        found: [
          {
            rule: 'alarms',
            kind: 'seen',
            subject: '',
            startMs: fix.fixTimeMs,
            confirmedMs: fix.fixTimeMs,
            endMs: null,
            lat: fix.lat,
            lon: fix.lon,
            details: { remarks: fix.remarks },
          },
        ],
      }),
      close: () => [],
    },
  };
  const caseOf = (...events: object[]): TestCase => ({
    fixes: [goodFix(1_000, 1, 2), goodFix(2_000, 1, 2)],
    contextAt: contextsOf(caseContext.parse({})),
    expected: expectedEvents.parse(events),
  });
  const first = { kind: 'seen', occurredAt: '1970-01-01T00:00:01Z', endedAt: null };
  const second = { kind: 'seen', occurredAt: '1970-01-01T01:00:02+01:00', endedAt: null };

  it('is right if it comes to its events, in whatever order they are written', () => {
    const { found, expected } = runCase(caseOf(second, first), everyFix);
    expect(found).toEqual(expected);
  });

  it.each([
    ['an event is missing', [first]],
    ['an event is more', [first, second, { ...second, kind: 'other' }]],
    ['an event ends', [first, { ...second, endedAt: '1970-01-01T00:00:02Z' }]],
    ['an event was certain at another fix', [first, { ...second, confirmedAt: '1970-01-01T00:00:03Z' }]],
    ['a detail differs', [first, { ...second, details: { remarks: 1 } }]],
    ['a detail is missing', [first, { ...second, details: { limitKmh: 1 } }]],
  ])('is wrong if %s', (_what, events) => {
    const { found, expected } = runCase(caseOf(...events), everyFix);
    expect(found).not.toEqual(expected);
  });
});
