import type { Position } from '../../position.ts';
import { Doubt } from '../../quality/doubts.ts';
import { ioName, Kind, parameter } from './avl-parameters.ts';

export type Attributes = Record<string, unknown>;

/** When the width of a value is not known, as in JSON. */
export const ANY_WIDTH = 0;

const HEX_DIGITS = 16;
const IDENTIFIER = /^0[xX]([0-9a-fA-F]{1,16})$/;
const GNSS_OFF = 0;
const GNSS_WITHOUT_FIX = 2;

/**
 * Puts the value of an I/O element where it belongs: into its column, under its name, or, with an
 * unknown id, an unexpected width or a value outside the documented range, raw under `io<ID>`. A
 * repeated id keeps its first value there, and each further, different one raw under `io<ID>`.
 * `raw` is unsigned as read, `bytes` its width or {@link ANY_WIDTH}.
 */
export function applyNumber(
  position: Position,
  attributes: Attributes,
  id: number,
  bytes: number,
  raw: number,
): void {
  const known = parameter(id);
  if (known === null || (bytes !== ANY_WIDTH && bytes !== known.bytes)) {
    keepIo(attributes, id, raw);
    return;
  }
  const { kind, name, divisor, signLimit } = known;
  if (kind === Kind.hex && Number.isSafeInteger(raw) && raw >= 0) {
    applyLong(position, attributes, id, Math.floor(raw / 2 ** 32), raw >>> 0);
    return;
  }
  const value = signLimit !== 0 && raw >= signLimit && raw < 2 * signLimit ? raw - 2 * signLimit : raw;
  if (value < known.min || value > known.max || kind >= Kind.text) {
    keepIo(attributes, id, raw);
  } else if (kind === Kind.number) {
    put(attributes, name, divisor === 1 ? value : value / divisor, id, raw);
  } else if (kind === Kind.flag) {
    if (value === 0 || value === 1) put(attributes, name, value === 1, id, raw);
    else keepIo(attributes, id, raw);
  } else {
    applyColumn(position, attributes, id, kind, value);
  }
}

function applyColumn(
  position: Position,
  attributes: Attributes,
  id: number,
  kind: number,
  value: number,
): void {
  if (kind === Kind.ignition && (value === 0 || value === 1)) {
    if (position.ignition === null) position.ignition = value === 1;
    else if (position.ignition !== (value === 1)) keepIo(attributes, id, value);
  } else if (kind === Kind.odometer) {
    if (position.odometerM === null) position.odometerM = value;
    else if (position.odometerM !== value) keepIo(attributes, id, value);
  } else if (kind === Kind.supply) {
    if (position.batteryV === null) position.batteryV = value / 1_000;
    else if (position.batteryV !== value / 1_000) keepIo(attributes, id, value);
  } else if (kind === Kind.gnssStatus) {
    if (value === GNSS_OFF || value === GNSS_WITHOUT_FIX) position.doubts = Doubt.noFix;
    put(attributes, 'gnssStatus', value, id, value);
  } else if (kind === Kind.gnssSpeed) {
    if (value !== position.speedKmh) put(attributes, 'gnssSpeedKmh', value, id, value);
  } else {
    keepIo(attributes, id, value);
  }
}

/** The same for a value of eight bytes, as two halves; beyond 2^53 it is kept as decimal text. */
export function applyLong(
  position: Position,
  attributes: Attributes,
  id: number,
  high: number,
  low: number,
): void {
  const known = parameter(id);
  if (known?.kind === Kind.hex) {
    const digits = high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
    put(attributes, known.name, digits.toUpperCase(), id, digits.toUpperCase());
    return;
  }
  if (high < 2 ** 21) {
    applyNumber(position, attributes, id, 8, high * 2 ** 32 + low);
    return;
  }
  const decimal = ((BigInt(high) << 32n) | BigInt(low)).toString();
  if (known !== null && known.bytes === 8) put(attributes, known.name, decimal, id, decimal);
  else keepIo(attributes, id, decimal);
}

/** Whether an id stands for what is not to be calculated with, however much it looks like a number. */
export function isTextual(id: number): boolean {
  return (parameter(id)?.kind ?? Kind.number) >= Kind.text;
}

/** A value written as text: a known text under its name, an identifier as digits, anything else under `io<ID>`. */
export function applyText(attributes: Attributes, id: number, value: string): void {
  const known = parameter(id);
  if (known?.kind === Kind.text) {
    put(attributes, known.name, value, id, value);
    return;
  }
  const digits = known?.kind === Kind.hex ? IDENTIFIER.exec(value)?.[1] : undefined;
  if (known === null || digits === undefined) keepIo(attributes, id, value);
  else put(attributes, known.name, digits.toUpperCase().padStart(HEX_DIGITS, '0'), id, value);
}

/** Under its name if that is free; a value that is told twice is told once. */
function put(attributes: Attributes, name: string, value: unknown, id: number, raw: unknown): void {
  const earlier = attributes[name];
  if (earlier === undefined) attributes[name] = value;
  else if (earlier !== value) keepIo(attributes, id, raw);
}

function keepIo(attributes: Attributes, id: number, raw: unknown): void {
  const name = ioName(id);
  if (attributes[name] === undefined) attributes[name] = raw;
  else addTo(attributes, name, raw);
}

/** Under a key of the tracker's own that may hold a value already, which makes it a list. `__proto__` is no key. */
export function keep(attributes: Attributes, key: string, value: unknown): void {
  if (key === '__proto__') return;
  if (Object.hasOwn(attributes, key)) addTo(attributes, key, value);
  else attributes[key] = value;
}

function addTo(attributes: Attributes, key: string, value: unknown): void {
  const earlier = attributes[key];
  if (Array.isArray(earlier)) earlier.push(value);
  else attributes[key] = [earlier, value];
}
