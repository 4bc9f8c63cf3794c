import { type Decoded, refuseAll } from './adapter.ts';
import type { NamedAttributes } from './attributes.ts';
import { type Draft, finished, keep } from './field-table.ts';
import { finite, numeric } from './fields.ts';

/** No number of a tracker is written longer; what is longer need not be looked at. */
const MAX_NUMBER_CHARACTERS = 40;

/**
 * The fields of a foreign record whose numbers may be written as texts, each read at most once.
 * What was absent, of another type or out of range is null, and what was not read is left over.
 */
export interface RecordFields {
  /** A number or decimal text that, converted, lies within the range. */
  number(key: string, range: readonly [number, number], convert?: (value: number) => number): number | null;
  boolean(key: string): boolean | null;
  /** Sets the draft's coordinates, and with them its fix, if both are numbers. */
  placeFix(draft: Draft, latKey: string, lonKey: string): void;
  /** Takes fields that tell nothing that is not already known. */
  drop(...keys: string[]): void;
  /** Keeps what is left over under the record's own keys. */
  keepRest(draft: Draft): void;
}

export function recordFields(record: Readonly<Record<string, unknown>>): RecordFields {
  const taken = new Set<string>();
  return {
    number(key, [min, max], convert = (value) => value) {
      const raw = shortNumeric(record[key]);
      const value = raw === null ? null : convert(raw);
      if (value === null || !(value >= min && value <= max)) return null;
      taken.add(key);
      return value;
    },
    boolean(key) {
      const value = record[key];
      if (typeof value !== 'boolean') return null;
      taken.add(key);
      return value;
    },
    placeFix({ position }, latKey, lonKey) {
      const lat = shortNumeric(record[latKey]);
      const lon = shortNumeric(record[lonKey]);
      if (lat === null || lon === null) return;
      taken.add(latKey).add(lonKey);
      position.lat = lat;
      position.lon = lon;
      position.doubts = 0;
    },
    drop(...keys) {
      for (const key of keys) taken.add(key);
    },
    keepRest(draft) {
      for (const key of Object.keys(record)) if (!taken.has(key)) keep(draft, key, record[key]);
    },
  };
}

/** A finite number, also one written as decimal text of a bounded length. */
export function shortNumeric(value: unknown): number | null {
  if (typeof value !== 'string') return finite(value);
  return value.length > MAX_NUMBER_CHARACTERS ? null : numeric(value);
}

/** Gives a named attribute its value unless it is unknown. */
export function nameAttribute<Name extends keyof NamedAttributes>(
  { attributes }: Draft,
  key: Name,
  value: NamedAttributes[Name] | null,
): void {
  if (value !== null) attributes[key] = value;
}

/** What becomes of a message that is one position. */
export function decodedDraft(draft: Draft): Decoded {
  const position = finished(draft);
  return 'reason' in position
    ? refuseAll(position.reason, position.detail)
    : { positions: [position], refusals: [] };
}
