import type { Alarm } from '../../alarms.ts';
import { type Draft, keep } from '../field-table.ts';
import { range, within } from '../fields.ts';
import { nameAttribute } from '../record-fields.ts';

/*
 * IO elements by the number that Ruptela's list of FMIO parameters gives them, with its sizes,
 * ranges and multipliers (as quoted in DIMO-Network/model-garage, pkg/ruptela/schema/oids.csv).
 * Elements that are not here, or whose value cannot be read, are kept as `io{number}`.
 */

interface IoElement {
  bytes: 1 | 2 | 4;
  /** Values that mean something, the ends included. */
  valid: readonly [min: number, max: number];
  /** False where the place is already taken by an element further up. */
  take(draft: Draft, value: number): boolean;
}

const ignition: IoElement = {
  bytes: 1,
  valid: [0, 1],
  take({ position }, value) {
    if (position.ignition !== null) return false;
    position.ignition = value === 1;
    return true;
  },
};

const engineRpm = (max: number, rpmPerUnit: number): IoElement => ({
  bytes: 2,
  valid: [0, max],
  take(draft, value) {
    if (draft.attributes.engineRpm !== undefined) return false;
    nameAttribute(draft, 'engineRpm', value * rpmPerUnit);
    return true;
  },
});

const fuelPercent = (max: number, percentPerUnit: number): IoElement => ({
  bytes: 1,
  valid: [0, max],
  take(draft, value) {
    if (draft.attributes.fuelPercent !== undefined) return false;
    nameAttribute(draft, 'fuelPercent', Math.round(value * percentPerUnit * 1_000) / 1_000);
    return true;
  },
});

/** An alarm while the value is `when`; its other valid values say that there is none. */
const alarm = (name: Alarm, when: number, max = 1): IoElement => ({
  bytes: 1,
  valid: [0, max],
  take({ alarms }, value) {
    if (value === when) alarms.push(name);
    return true;
  },
});

/** By number, in the order in which those that fill the same place are asked. */
const ELEMENTS = new Map<string, IoElement>([
  // Custom ignition is what the installer chose as the source; virtual ignition is inferred from the supply.
  ['409', ignition],
  ['522', ignition],
  ['251', ignition],
  [
    '27',
    {
      bytes: 1,
      valid: [0, 31],
      take(draft, value) {
        nameAttribute(draft, 'gsmSignal', value);
        return true;
      },
    },
  ],
  [
    '29',
    {
      bytes: 2,
      valid: [0, 65_534],
      take({ position }, value) {
        position.batteryV = value / 1_000;
        return true;
      },
    },
  ],
  [
    '30',
    {
      bytes: 2,
      // The list says 3,300 to 4,300 mV; no lithium cell works outside of these.
      valid: [2_000, 5_000],
      take(draft, value) {
        nameAttribute(draft, 'deviceBatteryV', value / 1_000);
        return true;
      },
    },
  ],
  [
    '65',
    {
      bytes: 4,
      valid: [0, 2 ** 32 - 1],
      take({ position }, value) {
        position.odometerM = within(value, range.odometerM);
        return position.odometerM !== null;
      },
    },
  ],
  [
    '96',
    {
      bytes: 1,
      valid: [0, 254],
      take(draft, value) {
        nameAttribute(draft, 'coolantC', value - 40);
        return true;
      },
    },
  ],
  [
    '173',
    {
      bytes: 1,
      valid: [0, 1],
      take(draft, value) {
        nameAttribute(draft, 'moving', value === 1);
        return true;
      },
    },
  ],
  [
    '205',
    {
      bytes: 2,
      valid: [0, 65_534],
      take(draft, value) {
        nameAttribute(draft, 'fuelL', value);
        return true;
      },
    },
  ],
  ['197', engineRpm(64_255, 0.125)],
  ['94', engineRpm(65_534, 0.25)],
  ['207', fuelPercent(250, 0.4)],
  ['98', fuelPercent(254, 100 / 255)],
  ['88', alarm('jamming', 1)],
  ['410', alarm('tow', 1)],
  ['411', alarm('crash', 1)],
  ['415', alarm('antennaCut', 0, 2)],
  ['758', alarm('tamper', 1)],
  ['985', alarm('unplug', 1)],
]);

/** Takes the elements that are known and readable; keeps the others. */
export function readIoElements(io: Record<string, unknown>, draft: Draft): void {
  const base = baseOf(io);
  const taken = new Set<string>();
  for (const [number, element] of ELEMENTS) {
    const value = Object.hasOwn(io, number) ? valueOf(io[number], base, element) : null;
    if (value !== null && element.take(draft, value)) taken.add(number);
  }
  for (const number of Object.keys(io)) if (!taken.has(number)) keep(draft, `io${number}`, io[number]);
}

type Base = 10 | 16;

/**
 * The base in which a record writes its values. DIMO's recordings are hexadecimal, nothing says that
 * all firmware is, and no field tells; so only the values can: one that makes sense in a single base
 * settles it for the whole record. Null when none does, or when they contradict each other.
 */
function baseOf(io: Record<string, unknown>): Base | null {
  let settled: Base | null = null;
  for (const number of Object.keys(io)) {
    const element = ELEMENTS.get(number);
    if (element === undefined) continue;
    const isDecimal = isPossible(digits(io[number], 10), element);
    if (isDecimal === isPossible(digits(io[number], 16), element)) continue;
    const base = isDecimal ? 10 : 16;
    if (settled !== null && settled !== base) return null;
    settled = base;
  }
  return settled;
}

/** Whether the element can hold it: a meaningful value, or all bits set, which is how most say «not available». */
function isPossible(value: number | null, { bytes, valid }: IoElement): boolean {
  return value === 2 ** (8 * bytes) - 1 || within(value, valid) !== null;
}

function valueOf(raw: unknown, base: Base | null, { valid }: IoElement): number | null {
  if (typeof raw === 'number') return Number.isInteger(raw) ? within(raw, valid) : null;
  if (base !== null) return within(digits(raw, base), valid);
  const decimal = digits(raw, 10);
  return decimal === digits(raw, 16) ? within(decimal, valid) : null;
}

/** A number without sign of at most ten digits in the base, or null. */
function digits(text: unknown, base: Base): number | null {
  if (typeof text !== 'string') return null;
  const isInBase = base === 10 ? /^\d{1,10}$/.test(text) : /^[\dA-Fa-f]{1,10}$/.test(text);
  return isInBase ? Number.parseInt(text, base) : null;
}
