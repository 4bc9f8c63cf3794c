import { type FormatName, formats } from '@wayleave/device-sim/formats/formats.ts';
import type { VehicleKind } from '@wayleave/telematics/vehicles/vehicle.ts';

/** A vehicle of the demonstration and the tracker in it. */
export interface PlannedVehicle {
  ident: string;
  label: string;
  kind: VehicleKind;
  plate: string;
  /** What the tracker speaks. */
  format: FormatName;
  /**
   * The ident of a tracker of our own format that demonstrations of before there were others put
   * into the vehicle; absent where it would be the same.
   */
  formerIdent?: string;
}

/** The account of the demonstration that brings the messages of a gateway's format. */
export interface PlannedGateway {
  ident: string;
  model: string;
}

/** Type allocation codes that begin with 00 belong to test devices, so no real tracker bears one. */
const TEST_TYPE_ALLOCATION_CODE = '00101700';

/** Of a boda fleet's twenty vehicles, the ones that carry goods and not people. */
const OTHER_KINDS = new Map<number, VehicleKind>([
  [7, 'van'],
  [13, 'car'],
  [17, 'truck'],
]);

/**
 * Of twenty-five trackers, the ones that speak another format than ours: six that come by
 * themselves, and two each behind a Traccar server and behind flespi.
 */
const OTHER_FORMATS = new Map<number, FormatName>([
  [2, 'owntracks'],
  [5, 'teltonika-json'],
  [8, 'teltonika-codec'],
  [11, 'navixy-ngp'],
  [14, 'ruptela-json'],
  [17, 'hsl-hfp'],
  [19, 'traccar-forward'],
  [20, 'traccar-forward'],
  [22, 'flespi'],
  [23, 'flespi'],
]);

const GATEWAYS: Partial<Record<FormatName, PlannedGateway>> = {
  'traccar-forward': { ident: 'demo.traccar', model: 'Traccar' },
  flespi: { ident: 'demo.flespi', model: 'flespi' },
};

/** Operators of Helsinki's public transport have numbers below. */
const HFP_OPERATOR = '0999';

const NAMES = { motorcycle: 'Boda', car: 'Taxi', van: 'Courier', truck: 'Lorry' };

/**
 * The vehicle of a number, always the same one: a start with more vehicles adds to those of the
 * start before. Number 0 is left to the person who tries things out.
 */
export function plannedVehicle(number: number): PlannedVehicle {
  const kind = number === 0 ? 'motorcycle' : (OTHER_KINDS.get(number % 20) ?? 'motorcycle');
  const format = OTHER_FORMATS.get(number % 25) ?? 'native-json';
  const idents =
    format === 'hsl-hfp' ? { ident: hfpIdent(number), formerIdent: imei(number) } : { ident: imei(number) };
  return {
    ...idents,
    label: number === 0 ? 'Yours to drive' : `${NAMES[kind]} ${String(number).padStart(3, '0')}`,
    kind,
    plate: plateOf(number),
    format,
  };
}

/** The gateway that a format needs; undefined for one whose trackers come by themselves. */
export function gatewayOf(format: FormatName): PlannedGateway | undefined {
  return formats[format].needsGateway ? GATEWAYS[format] : undefined;
}

const hfpIdent = (number: number): string => `${HFP_OPERATOR}-${String(number).padStart(5, '0')}`;

/** An IMEI (3GPP TS 23.003): type allocation code, six-digit serial, Luhn check digit. */
function imei(serial: number): string {
  const digits = TEST_TYPE_ALLOCATION_CODE + String(serial).padStart(6, '0');
  const sum = Array.from(digits).reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** In the style of Uganda's plates: UEA 000A, … UEA 999A, UEB 000A, … */
function plateOf(number: number): string {
  const series = String.fromCharCode('A'.charCodeAt(0) + Math.floor(number / 1_000));
  return `UE${series} ${String(number % 1_000).padStart(3, '0')}A`;
}
