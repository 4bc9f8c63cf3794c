import { isDeeperThan, MAX_ATTRIBUTES_DEPTH } from './attributes.ts';

/*
 * Reading the loosely typed fields of foreign formats. What cannot be read is null here, and the
 * adapter keeps the tracker's own value under `attributes`: an odd speed must not cost the fix.
 */

/** The furthest from the epoch that a Date can be, milliseconds. */
const MAX_INSTANT_MS = 8.64e15;

/** What the columns of a position can hold. */
export const range = {
  speedKmh: [0, 1_000],
  headingDeg: [0, 360],
  altitudeM: [-1_000, 100_000],
  accuracyM: [0, 1_000_000],
  satellites: [0, 255],
  odometerM: [0, 1e10],
  batteryV: [0, 1_000],
} as const satisfies Record<string, readonly [number, number]>;

/** A finite number, or null. */
export function finite(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** No number needs more digits; a pattern is not tried on longer texts. */
const MAX_NUMERIC_LENGTH = 40;
const NUMERIC = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/;

/** A finite number, also one that is written as decimal text; for formats whose values may be texts. */
export function numeric(value: unknown): number | null {
  return finite(
    typeof value === 'string' && value.length <= MAX_NUMERIC_LENGTH && NUMERIC.test(value)
      ? Number(value)
      : value,
  );
}

/** The number if it lies within the range, ends included, or null. */
export function within(value: number | null, [min, max]: readonly [number, number]): number | null {
  return value !== null && value >= min && value <= max ? value : null;
}

/** A whole number of satellites, or null. */
export function satellitesOf(value: number | null): number | null {
  return value !== null && Number.isInteger(value) ? within(value, range.satellites) : null;
}

/** Whole epoch milliseconds of a number of milliseconds, or null when it is no instant. */
export function instantOfMs(value: number | null): number | null {
  return value !== null && Math.abs(value) <= MAX_INSTANT_MS ? Math.round(value) : null;
}

/** Whole epoch milliseconds of a number of seconds, fractions included, or null when it is no instant. */
export function instantOfS(value: number | null): number | null {
  return value === null ? null : instantOfMs(value * 1_000);
}

/** A JSON object, not null and not a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value for a message to people, cut to a length that fits one. */
export function shown(value: unknown): string {
  if (isDeeperThan(MAX_ATTRIBUTES_DEPTH, value))
    return `a structure of more than ${MAX_ATTRIBUTES_DEPTH} levels`;
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
