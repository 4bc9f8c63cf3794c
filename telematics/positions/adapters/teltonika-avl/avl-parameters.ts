/*
 * What the I/O elements of Teltonika's FMB, FMC and FMM trackers mean, from the "Teltonika Data
 * Sending Parameters ID" lists of https://wiki.teltonika-gps.com/view/Teltonika_Data_Sending_Parameters_ID.
 * Ids whose meaning or unit depends on the model or firmware are left out on purpose (README.md).
 */

export const Kind = {
  /** A number, stored as an attribute after division. */
  number: 0,
  /** 0 or 1, stored as false or true. */
  flag: 1,
  ignition: 2,
  /** Metres. */
  odometer: 3,
  /** The vehicle's supply, millivolts. */
  supply: 4,
  /** Whether the receiver has a fix. */
  gnssStatus: 5,
  /** The speed of the record once more, km/h. */
  gnssSpeed: 6,
  /** Of variable length, ASCII. */
  text: 7,
  /** An identifier of eight bytes, stored as 16 hexadecimal digits. */
  hex: 8,
} as const;

export interface Parameter {
  name: string;
  kind: (typeof Kind)[keyof typeof Kind];
  /** Width in a binary record, 0 for a variable one; another width is another model's parameter. */
  bytes: number;
  /** Raw values per unit of the name. */
  divisor: number;
  /** From where an unsigned reading is a negative number, 0 for an unsigned parameter. */
  signLimit: number;
  /** Documented raw range; outside it stand error codes. */
  min: number;
  max: number;
}

interface Row {
  bytes?: number;
  divisor?: number;
  isSigned?: boolean;
  min?: number;
  max?: number;
  kind?: Parameter['kind'];
}

const flag = { kind: Kind.flag, max: 1 } as const satisfies Row;
const text = { kind: Kind.text, bytes: 0 } as const satisfies Row;
const identifier = { kind: Kind.hex, bytes: 8 } as const satisfies Row;
const acceleration = { bytes: 2, isSigned: true, min: -8_000, max: 8_000 } as const satisfies Row;
const dallasC = {
  bytes: 4,
  divisor: 10,
  isSigned: true,
  min: -550,
  // 85 °C is what such a sensor says before it has measured, and 850 is Teltonika's code for that.
  max: 849,
} as const satisfies Row;

const ROWS: readonly (readonly [id: number, name: string, row?: Row])[] = [
  // Permanent I/O elements
  [1, 'digitalInput1', flag],
  [2, 'digitalInput2', flag],
  [3, 'digitalInput3', flag],
  [4, 'pulseCounter1', { bytes: 4 }],
  [6, 'analogInput2V', { bytes: 2, divisor: 1_000 }],
  [9, 'analogInput1V', { bytes: 2, divisor: 1_000 }],
  [10, 'sdCardPresent', flag],
  [11, 'iccid1', { bytes: 8 }],
  [12, 'fuelUsedGpsL', { bytes: 4, divisor: 1_000 }],
  [13, 'fuelRateGpsLPer100Km', { bytes: 2, divisor: 100, max: 32_767 }],
  [14, 'iccid2', { bytes: 8 }],
  [15, 'ecoScore', { bytes: 2, divisor: 100 }],
  [16, 'odometerM', { kind: Kind.odometer, bytes: 4, max: 2_147_483_647 }],
  [17, 'axisXMg', acceleration],
  [18, 'axisYMg', acceleration],
  [19, 'axisZMg', acceleration],
  [21, 'gsmSignal', { max: 5 }],
  [24, 'gnssSpeedKmh', { kind: Kind.gnssSpeed, bytes: 2, max: 350 }],
  [66, 'batteryV', { kind: Kind.supply, bytes: 2 }],
  [67, 'deviceBatteryV', { bytes: 2, divisor: 1_000 }],
  [68, 'deviceBatteryA', { bytes: 2, divisor: 1_000 }],
  [69, 'gnssStatus', { kind: Kind.gnssStatus }],
  [71, 'dallasId4', identifier],
  [72, 'temperature1C', dallasC],
  [73, 'temperature2C', dallasC],
  [74, 'temperature3C', dallasC],
  [75, 'temperature4C', dallasC],
  [76, 'dallasId1', identifier],
  [77, 'dallasId2', identifier],
  [78, 'iButton', identifier],
  [79, 'dallasId3', identifier],
  [80, 'dataMode', { max: 5 }],
  [113, 'batteryPercent', { max: 100 }],
  [179, 'digitalOutput1', flag],
  [180, 'digitalOutput2', flag],
  [181, 'pdop', { bytes: 2, divisor: 10 }],
  [182, 'hdop', { bytes: 2, divisor: 10 }],
  [199, 'tripOdometerM', { bytes: 4 }],
  [200, 'sleepMode', { max: 4 }],
  [205, 'gsmCellId', { bytes: 2 }],
  [206, 'gsmAreaCode', { bytes: 2 }],
  [207, 'rfid', identifier],
  [237, 'networkType'],
  [238, 'userId', identifier],
  [239, 'ignition', { kind: Kind.ignition, max: 1 }],
  [240, 'moving', flag],
  [241, 'gsmOperator', { bytes: 4 }],
  [263, 'bluetoothStatus', { max: 4 }],
  [264, 'barcode', text],
  [303, 'instantMovement', flag],
  [380, 'digitalOutput3', flag],
  [381, 'groundSense', flag],
  [387, 'iso6709', text],
  [449, 'ignitionOnS', { bytes: 4 }],
  [636, 'lteCellId', { bytes: 4 }],
  // Eventual I/O elements
  [175, 'autoGeofence', { max: 1 }],
  [236, 'alarmInput', flag],
  [243, 'greenDrivingMs', { bytes: 2 }],
  [246, 'towing', flag],
  [247, 'crash', { max: 6 }],
  [248, 'immobilizer', { max: 2 }],
  [249, 'jamming', flag],
  [250, 'trip', { max: 9 }],
  [251, 'idling', flag],
  [252, 'unplugged', flag],
  [253, 'greenDriving', { max: 3 }],
  [254, 'greenDrivingValue', { divisor: 100 }],
  [255, 'overspeedKmh'],
  [317, 'crashCounter'],
  [318, 'gnssJamming', { max: 2 }],
  [391, 'privateMode', flag],
  // OBD
  [30, 'faultCount'],
  [31, 'engineLoadPercent', { max: 100 }],
  [32, 'coolantC', { isSigned: true }],
  [36, 'engineRpm', { bytes: 2, max: 16_384 }],
  [37, 'obdSpeedKmh'],
  [43, 'milDistanceKm', { bytes: 2 }],
  [48, 'fuelPercent', { max: 100 }],
  [58, 'engineOilC', { max: 215 }],
  [60, 'fuelRateLPerHour', { bytes: 2, divisor: 100, max: 32_767 }],
  [256, 'vin', text],
  [281, 'faultCodes', text],
  // CAN adapters
  [81, 'canSpeedKmh'],
  [82, 'acceleratorPercent', { max: 102 }],
  [83, 'canFuelUsedL', { bytes: 4, divisor: 10, max: 2_147_483_647 }],
  [84, 'fuelL', { bytes: 2, divisor: 10 }],
  [85, 'engineRpm', { bytes: 2, max: 16_384 }],
  [87, 'canOdometerM', { bytes: 4 }],
  [89, 'fuelPercent', { max: 100 }],
  [90, 'doorStatus', { bytes: 2, max: 16_128 }],
  [102, 'engineWorkMinutes', { bytes: 4, max: 1_677_215 }],
  [103, 'engineWorkCountedMinutes', { bytes: 4, max: 1_677_215 }],
  [105, 'canOdometerCountedM', { bytes: 4 }],
  [107, 'canFuelUsedCountedL', { bytes: 4, divisor: 10, max: 2_147_483_647 }],
  [110, 'fuelRateLPerHour', { bytes: 2, divisor: 10, max: 32_768 }],
  [114, 'engineLoadPercent', { max: 130 }],
  [115, 'coolantC', { bytes: 2, divisor: 10, isSigned: true, min: -600, max: 1_270 }],
  [325, 'vin', text],
  // "0 - Closed, 1 - Open", though the list calls it "SSF Car Is Closed"
  [662, 'doorOpen', flag],
];

function parameterOf(name: string, row: Row = {}): Parameter {
  const { kind = Kind.number, bytes = 1, divisor = 1, isSigned = false } = row;
  const signLimit = isSigned ? 2 ** (8 * bytes - 1) : 0;
  const { min = -signLimit, max = isSigned ? signLimit - 1 : 2 ** (8 * bytes) - 1 } = row;
  return { name, kind, bytes, divisor, signLimit, min, max };
}

/** One more than the largest id that has a meaning. */
const KNOWN_IDS = 1_024;

/** By id; a list without holes is read in one step. */
const parameters: (Parameter | null)[] = Array.from({ length: KNOWN_IDS }, () => null);
for (const [id, name, row] of ROWS) parameters[id] = parameterOf(name, row);

/** What an id means, or null. */
export function parameter(id: number): Parameter | null {
  return id < KNOWN_IDS ? (parameters[id] ?? null) : null;
}

/** Ids that have a meaning, ascending. */
export const knownIds: readonly number[] = ROWS.map(([id]) => id).sort((a, b) => a - b);

const MAX_IDS = 65_536;
const ioNames: (string | undefined)[] = Array.from({ length: MAX_IDS });

/** Under which key a raw value is kept, e.g. `io385`. */
export function ioName(id: number): string {
  const known = ioNames[id];
  if (known !== undefined) return known;
  // A key read back from an object is one that the engine need not hash again.
  const [name = ''] = Object.keys({ [`io${id}`]: 0 });
  if (id < MAX_IDS) ioNames[id] = name;
  return name;
}
