import type { Thresholds } from '../api/types.ts';

export interface ThresholdField {
  name: keyof Thresholds;
  label: string;
  unit: string;
  /** What crossing it means. */
  note: string;
  min: number;
  max: number;
  /** Whole numbers only. */
  whole: boolean;
}

/** The thresholds in the order in which they are explained; the bounds are the API's. */
export const THRESHOLD_FIELDS: readonly ThresholdField[] = [
  {
    name: 'maxSpeedKmh',
    label: 'Highest speed',
    unit: 'km/h',
    note: 'No vehicle of this kind drives faster; a fix that would need it is an impossible jump.',
    min: 0,
    max: 1_000,
    whole: false,
  },
  {
    name: 'maxAccelerationMps2',
    label: 'Highest acceleration',
    unit: 'm/s²',
    note: 'None gains speed faster.',
    min: 0,
    max: 100,
    whole: false,
  },
  {
    name: 'jumpSlackM',
    label: 'Allowance for jumps',
    unit: 'm',
    note: 'So far a fix may always be off, beside the accuracy that it tells.',
    min: 0,
    max: 100_000,
    whole: false,
  },
  {
    name: 'maxAccuracyM',
    label: 'Worst accuracy',
    unit: 'm',
    note: 'A fix that believes to be further off is inaccurate.',
    min: 0,
    max: 100_000,
    whole: false,
  },
  {
    name: 'minSatellites',
    label: 'Fewest satellites',
    unit: '',
    note: 'A fix of fewer is doubtful, if it tells how many it had.',
    min: 0,
    max: 20,
    whole: true,
  },
  {
    name: 'maxAheadS',
    label: 'Clock ahead by',
    unit: 's',
    note: 'A fix that is dated later than its receipt by more is from the future.',
    min: 0,
    max: 86_400,
    whole: true,
  },
  {
    name: 'frozenOdometerM',
    label: 'Frozen after',
    unit: 'm',
    note: 'A place that stays the same to the last digit while the odometer runs so far is frozen.',
    min: 0,
    max: 100_000,
    whole: false,
  },
  {
    name: 'duplicateM',
    label: 'Told twice after',
    unit: 'm',
    note: 'A fix that repeats the one before in everything, though its speed would have led so far, is a duplicate.',
    min: 0,
    max: 100_000,
    whole: false,
  },
];

/** Fields that may be 0; the others are of something that is more than nothing. */
const MAY_BE_ZERO: ReadonlySet<keyof Thresholds> = new Set(['jumpSlackM', 'minSatellites', 'maxAheadS']);

/** What is wrong with a text in a field, in words; null when it is a value that the API takes. */
export function problemOf({ name, min, max, whole }: ThresholdField, text: string): string | null {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) return 'Enter a number.';
  if (whole && !Number.isInteger(value)) return 'Enter a whole number.';
  if (value < min || value > max) return `Between ${min} and ${max.toLocaleString('en')}.`;
  return value === 0 && !MAY_BE_ZERO.has(name) ? 'Must be more than 0.' : null;
}

export type ThresholdTexts = Record<keyof Thresholds, string>;

export function textsOf(thresholds: Thresholds): ThresholdTexts {
  return Object.fromEntries(
    THRESHOLD_FIELDS.map(({ name }) => [name, String(thresholds[name])]),
  ) as ThresholdTexts;
}

/** The thresholds that the fields hold; null while one of them is wrong. */
export function thresholdsOf(texts: ThresholdTexts): Thresholds | null {
  if (THRESHOLD_FIELDS.some((field) => problemOf(field, texts[field.name]) !== null)) return null;
  return Object.fromEntries(
    THRESHOLD_FIELDS.map(({ name }) => [name, Number(texts[name])]),
  ) as unknown as Thresholds;
}
