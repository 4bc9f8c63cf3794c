import type { Position } from './position.ts';
import { Doubt } from './quality/doubts.ts';
import { MISDATED } from './quality/verdict.ts';

/**
 * What two messages say of the same instant of the same device, together. Neither order nor
 * repetition changes the outcome: an absent value gives way to a present one, a place without a fix
 * or of an unknown time to one with, and of two different values the greater stands. Returns `a` itself if `b` adds nothing.
 */
export function mergePositions(a: Position, b: Position): Position {
  const place = comparePlaces(a, b) >= 0 ? a : b;
  const merged: Position = {
    fixTimeMs: a.fixTimeMs,
    receivedAtMs: Math.min(a.receivedAtMs, b.receivedAtMs),
    lat: place.lat,
    lon: place.lon,
    speedKmh: greatestReal(a.speedKmh, b.speedKmh),
    headingDeg: greatestReal(a.headingDeg, b.headingDeg),
    altitudeM: greatestReal(a.altitudeM, b.altitudeM),
    accuracyM: greatestReal(a.accuracyM, b.accuracyM),
    satellites: greatest(a.satellites, b.satellites),
    ignition: greatest(a.ignition, b.ignition),
    odometerM: greatest(a.odometerM, b.odometerM),
    batteryV: greatestReal(a.batteryV, b.batteryV),
    alarm: mergeAlarms(a.alarm, b.alarm),
    attributes: mergeAttributes(a.attributes, b.attributes),
    doubts: (place.doubts & ~MISDATED) | mergeMisdated(a.doubts & MISDATED, b.doubts & MISDATED),
    remarks: a.remarks | b.remarks,
  };
  return isSame(merged, a) ? a : merged;
}

/** Whether nothing tells them apart: values that were not touched are the very same. */
function isSame(merged: Position, original: Position): boolean {
  for (const field of FIELDS) if (merged[field] !== original[field]) return false;
  return true;
}
const FIELDS: readonly (keyof Position)[] = [
  'receivedAtMs',
  'lat',
  'lon',
  'speedKmh',
  'headingDeg',
  'altitudeM',
  'accuracyM',
  'satellites',
  'ignition',
  'odometerM',
  'batteryV',
  'alarm',
  'attributes',
  'doubts',
  'remarks',
];

/** One message that knows the time is enough to know it. */
function mergeMisdated(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a | b;
}

/**
 * A fix of this time before one that only stands under it, a fix before none, coordinates before
 * none, then the greater ones.
 */
function comparePlaces(a: Position, b: Position): number {
  return (
    Number((b.doubts & MISDATED) !== 0) - Number((a.doubts & MISDATED) !== 0) ||
    (b.doubts & Doubt.noFix) - (a.doubts & Doubt.noFix) ||
    Number(a.lat !== null) - Number(b.lat !== null) ||
    (a.lat ?? 0) - (b.lat ?? 0) ||
    (a.lon ?? 0) - (b.lon ?? 0)
  );
}

function greatest<T extends number | boolean>(a: T | null, b: T | null): T | null {
  if (a === null || b === null) return a ?? b;
  return b > a ? b : a;
}

/** Of values that a `real` column keeps: what differs beyond its precision is the same. */
function greatestReal(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.fround(b) > Math.fround(a) ? b : a;
}

/*
 * One instant has no end of messages if a tracker means harm. Of a set that is too large the first by
 * name stay, whatever the order in which they came.
 */
const MAX_MERGED_ALARMS = 64;
/** More than the eight kilobytes of one message can hold, so that a message alone is never cut. */
const MAX_MERGED_ATTRIBUTES = 2_000;

/** Alarms of one instant as a sorted list with commas: none of them may be lost. */
export function mergeAlarms(a: string | null, b: string | null): string | null {
  if (a === null || b === null || a === b) return a ?? b;
  const both = [...new Set([...a.split(','), ...b.split(',')])].sort().slice(0, MAX_MERGED_ALARMS).join(',');
  return both === a ? a : both;
}

function mergeAttributes(a: Position['attributes'], b: Position['attributes']): Position['attributes'] {
  if (a === null || b === null) return a ?? b;
  let merged: Record<string, unknown> | null = null;
  for (const [key, value] of Object.entries(b)) {
    if (Object.hasOwn(a, key) && compareValues(value, a[key]) <= 0) continue;
    merged ??= { ...a };
    // An ordinary assignment would take the key for the prototype.
    if (key === '__proto__')
      Object.defineProperty(merged, key, { value, writable: true, enumerable: true, configurable: true });
    else merged[key] = value;
  }
  return merged === null ? a : bounded(merged);
}

function bounded(attributes: Record<string, unknown>): Record<string, unknown> {
  const keys = Object.keys(attributes);
  if (keys.length <= MAX_MERGED_ATTRIBUTES) return attributes;
  for (const key of keys.sort().slice(MAX_MERGED_ATTRIBUTES)) delete attributes[key];
  return attributes;
}

/** An order of JSON values in which equal ones are equal however their keys are ordered. */
function compareValues(a: unknown, b: unknown): number {
  const [textA, textB] = [canonical(a, 0), canonical(b, 0)];
  if (textA === textB) return 0;
  return textA > textB ? 1 : -1;
}

/** Below this, keys stay in the order in which they came: no tracker nests so deep, and a stack has an end. */
const MAX_SORTED_DEPTH = 64;

function canonical(value: unknown, depth: number): string {
  if (typeof value !== 'object' || value === null || depth === MAX_SORTED_DEPTH) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((inner) => canonical(inner, depth + 1)).join()}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner, depth + 1)}`).join()}}`;
}
