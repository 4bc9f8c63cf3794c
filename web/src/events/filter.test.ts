import { expect, test } from 'vitest';
import { filterOf, isNarrowed, WHOLE } from './filter.ts';

const NOW_MS = Date.UTC(2026, 10, 20, 12);

test('the filter asks for the last week unless it is told otherwise', () => {
  expect(filterOf(WHOLE, NOW_MS)).toEqual({ from: '2026-11-13T12:00:00.000Z' });
  expect(filterOf({ ...WHOLE, span: 'any' }, NOW_MS)).toEqual({});
  expect(isNarrowed(WHOLE)).toBe(false);
});

test('every field narrows by what it holds', () => {
  const fields = {
    ...WHOLE,
    span: 'day',
    kind: 'tow',
    severity: 'critical',
    vehicleId: '4',
    state: 'open',
    lateOnly: true,
    retracted: 'include',
  } as const;
  expect(filterOf(fields, NOW_MS)).toEqual({
    from: '2026-11-19T12:00:00.000Z',
    kind: 'tow',
    severity: 'critical',
    vehicleId: '4',
    acknowledged: false,
    late: true,
    retracted: 'include',
  });
  expect(filterOf({ ...WHOLE, span: 'any', state: 'lasting' }, NOW_MS)).toEqual({ lasting: true });
  expect(isNarrowed(fields)).toBe(true);
});

test('days are whole ones, the last included, and a day that there is not narrows nothing', () => {
  const days = { ...WHOLE, span: 'days', fromDay: '2026-11-18', toDay: '2026-11-19' } as const;
  const { from, to } = filterOf(days, NOW_MS);
  expect(Date.parse(to!) - Date.parse(from!)).toBe(2 * 24 * 3600_000);
  expect(filterOf({ ...days, fromDay: '', toDay: '2026-02-31' }, NOW_MS)).toEqual({});
});
