import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  finite,
  instantOfMs,
  instantOfS,
  isObject,
  numeric,
  range,
  satellitesOf,
  shown,
  within,
} from './fields.ts';

describe('a finite number', () => {
  it.each([0, -0, 1.5, -1e300, Number.MAX_VALUE])('is %d', (value) => {
    expect(finite(value)).toBe(value);
  });

  it.each([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '1',
    '',
    null,
    undefined,
    true,
    [1],
    { valueOf: () => 1 },
    1n,
  ])('is not %o', (value) => {
    expect(finite(value)).toBe(null);
  });
});

describe('a number that may be written as text', () => {
  it.each([
    [12.5, 12.5],
    ['12.5', 12.5],
    [' -0.25 ', -0.25],
    ['+7', 7],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1_000],
    ['1E-3', 0.001],
    ['007', 7],
    ['0', 0],
  ])('is read of %o', (value, expected) => {
    expect(numeric(value)).toBe(expected);
  });

  it.each([
    '',
    ' ',
    '.',
    '-',
    'N/A',
    'NaN',
    'Infinity',
    '1e400',
    '0x10',
    '1,5',
    '1_000',
    '1 2',
    '1.2.3',
    '１',
    'e5',
    null,
    undefined,
    true,
    [1],
    {},
  ])('is not read of %o', (value) => {
    expect(numeric(value)).toBe(null);
  });

  it('is read of everything that a number is written as', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(numeric(String(value))).toBe(Object.is(value, -0) ? 0 : value);
      }),
    );
  });
});

describe('a range', () => {
  it('has its ends, and nothing beyond them', () => {
    expect([-0.1, 0, 360, 360.1, null].map((value) => within(value, range.headingDeg))).toEqual([
      null,
      0,
      360,
      null,
      null,
    ]);
  });

  it('of satellites has whole numbers only', () => {
    expect([0, 255, 256, -1, 7.5, null].map(satellitesOf)).toEqual([0, 255, null, null, null, null]);
  });
});

describe('an instant', () => {
  it('is a whole number of milliseconds', () => {
    expect(instantOfMs(1_795_168_800_000.4)).toBe(1_795_168_800_000);
    expect(instantOfS(1_508_508_510.013_227)).toBe(1_508_508_510_013);
    expect(instantOfS(-1.5)).toBe(-1_500);
    expect(instantOfMs(null)).toBe(null);
    expect(instantOfS(null)).toBe(null);
  });

  it('is what a Date can hold, to the millisecond', () => {
    expect(instantOfMs(8.64e15)).toBe(8.64e15);
    expect(instantOfMs(-8.64e15)).toBe(-8.64e15);
    expect(instantOfMs(8.64e15 + 1)).toBe(null);
    expect(instantOfS(8.64e12)).toBe(8.64e15);
    expect(instantOfS(8.64e12 + 1)).toBe(null);
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        for (const instant of [instantOfMs(value), instantOfS(value)]) {
          expect(new Date(instant ?? 0).getTime()).not.toBeNaN();
        }
      }),
    );
  });
});

describe('an object', () => {
  it('is neither null nor a list nor a plain value', () => {
    expect([{}, { a: 1 }, null, [], 'x', 1, undefined, true].map(isObject)).toEqual([
      true,
      true,
      ...Array.from({ length: 6 }, () => false),
    ]);
  });
});

describe('a value as people see it', () => {
  it('is its JSON, cut where it no longer fits a message', () => {
    expect(shown({ a: [1, null] })).toBe('{"a":[1,null]}');
    expect(shown(undefined)).toBe('undefined');
    expect(shown('x'.repeat(200))).toBe(`"${'x'.repeat(59)}…`);
  });
});
