import { type Alarm, alarmText } from '../alarms.ts';
import type { Position } from '../position.ts';
import { Doubt } from '../quality/doubts.ts';
import { MAX_ATTRIBUTES_BYTES, type NamedAttributes, storableAttributes } from './attributes.ts';
import { finite, range, satellitesOf, within } from './fields.ts';
import type { Refused } from './json-payload.ts';

/*
 * A format with many fields is a table: the tracker's key, and what becomes of its value. What the
 * table does not know, and what it cannot read, is kept under the tracker's own key.
 */

/** A position while its fields are being read. */
export interface Draft {
  position: Position;
  attributes: Record<string, unknown>;
  alarms: Alarm[];
}

/** Takes a value that is not null; false if it cannot, and then it is kept as it is. */
export type Take = (draft: Draft, value: unknown) => boolean;

/** By key. Where two keys fill the same place, the one that stands first wins and the other is kept. */
export type FieldTable = ReadonlyMap<string, Take>;

type NumberColumn = Exclude<keyof typeof range, 'satellites'>;

/** Digits that a conversion of units can leave behind mean nothing beyond the third decimal. */
const converted = (value: number, factor: number): number =>
  factor === 1 ? value : Math.round(value * factor * 1_000) / 1_000;

/** A number for a column, which holds `factor` for each unit of the tracker's. */
export function column(name: NumberColumn, factor = 1): Take {
  return ({ position }, value) => {
    const number = finite(value);
    const inRange = number === null ? null : within(converted(number, factor), range[name]);
    if (inRange === null || position[name] !== null) return false;
    position[name] = inRange;
    return true;
  };
}

export const satellites: Take = ({ position }, value) => {
  position.satellites ??= satellitesOf(finite(value));
  return position.satellites === value;
};

export const ignition: Take = ({ position }, value) => {
  if (typeof value !== 'boolean' || position.ignition !== null) return false;
  position.ignition = value;
  return true;
};

type NamesOf<Value> = {
  [Name in keyof NamedAttributes]-?: Value extends Required<NamedAttributes>[Name] ? Name : never;
}[keyof NamedAttributes];

/** A number within the range for a named attribute. */
export function namedNumber(name: NamesOf<number>, [min, max]: readonly [number, number]): Take {
  return ({ attributes }, value) => {
    const number = within(finite(value), [min, max]);
    if (number === null || Object.hasOwn(attributes, name)) return false;
    attributes[name] = number;
    return true;
  };
}

export function namedBoolean(name: NamesOf<boolean>): Take {
  return ({ attributes }, value) => {
    if (typeof value !== 'boolean' || Object.hasOwn(attributes, name)) return false;
    attributes[name] = value;
    return true;
  };
}

export const percent = [0, 100] as const;
/** A tracker's own battery is a cell or a few: a greater number is a percentage or millivolts. */
export const cellVolts = [0, 30] as const;
export const dilution = [0, 1_000] as const;
export const revolutions = [0, 50_000] as const;
export const celsius = [-100, 1_000] as const;

/** Raises the alarm when the value is true; false says only that there is none. */
export function raises(alarm: Alarm): Take {
  return ({ alarms }, value) => {
    if (value === true) alarms.push(alarm);
    return typeof value === 'boolean';
  };
}

/** Says nothing that the topic, the ident or the place in the table does not. */
export const drop: Take = () => true;

/** Reads an object's fields into the draft: those of the table in its order, then the others as they are. */
export function readFields(draft: Draft, source: Record<string, unknown>, table: FieldTable): void {
  for (const [key, take] of table) {
    const value = Object.hasOwn(source, key) ? source[key] : null;
    if (value !== null && !take(draft, value)) keep(draft, key, value);
  }
  for (const key of Object.keys(source)) if (!table.has(key)) keep(draft, key, source[key]);
}

/** Keeps a value under the tracker's key, which gets a prefix if its name is already that of something else. */
export function keep({ attributes }: Draft, key: string, value: unknown): void {
  // Assigning to `__proto__` would give the attributes another prototype; no tracker has such a field.
  if (value === null || value === undefined || key === '__proto__') return;
  let free = key;
  while (Object.hasOwn(attributes, free)) free = `reported.${free}`;
  // JSON knows no infinity; JSON.parse makes one of 1e999.
  attributes[free] = typeof value === 'number' && finite(value) === null ? String(value) : value;
}

/** Sets the coordinates if both are numbers; otherwise they are kept and the position has no fix. */
export function placeFix(
  draft: Draft,
  source: Record<string, unknown>,
  latKey: string,
  lonKey: string,
): void {
  const lat = finite(source[latKey]);
  const lon = finite(source[lonKey]);
  if (lat === null || lon === null) {
    keep(draft, latKey, source[latKey]);
    keep(draft, lonKey, source[lonKey]);
    return;
  }
  draft.position.lat = lat;
  draft.position.lon = lon;
  draft.position.doubts = 0;
}

export function doubtFix({ position }: Draft): void {
  position.doubts = Doubt.noFix;
}

/** Beyond this a fix's own time and its record's belong to different moments. */
const MAX_FIX_AGE_MS = 60_000;

/** Whether a record tells a fix again that the receiver computed at another time. */
export const isToldAgain = (recordMs: number, fixMs: number): boolean =>
  Math.abs(recordMs - fixMs) > MAX_FIX_AGE_MS;

/** The position that the draft has become, or why it cannot be stored. */
export function finished({ position, attributes, alarms }: Draft): Position | Refused {
  const storable = storableAttributes(attributes);
  if (storable === 'too_long') {
    return { reason: 'invalid_field', detail: `attributes take more than ${MAX_ATTRIBUTES_BYTES} bytes` };
  }
  position.alarm = alarmText(alarms);
  position.attributes = storable;
  return position;
}
