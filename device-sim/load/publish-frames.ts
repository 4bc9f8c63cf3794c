import { positionsTopic } from '../formats/native-json.ts';
import { remainingLength, text } from './control-packets.ts';

/**
 * The PUBLISH packets of one connection, one for each place in its window, lying end to end in
 * one buffer. All is encoded once but the digits of time and place; the packet id of a place is
 * its number plus one and never changes. What was acknowledged has left the process, so a place
 * may be written again while its neighbours are still on the way.
 */
export interface PublishFrames {
  bytes: Buffer;
  frameBytes: number;
  /**
   * Writes the positions of a message into a place: the first at `fixTimeMs`, each `stepMs`
   * after the one before. Clears the DUP flag.
   */
  write(place: number, fixTimeMs: number, stepMs: number): void;
  /** Sets DUP: the packet is sent again (MQTT 3.1.1, 3.3.1.1). */
  markRepeated(place: number): void;
}

const PUBLISH_QOS_1 = 0x32;
const DUP = 0x08;
export const MAX_WINDOW = 65_535;

/** 13 digits: epoch milliseconds from 2001 to 2286. */
const TIME_DIGITS = '0000000000000';
/** Seven digits after the point: about a centimetre. */
const FRACTION_DIGITS = '0000000';
/** Places of a device lie within this of its start, in 1e-7 degrees: about 3 km. */
const SWING = 300_000;
/** Each device starts elsewhere in the city, up to this far from its middle. */
const SPREAD = 600_000;
const MIDDLE_LAT_FRACTION = 3_476_000;
const MIDDLE_LON_FRACTION = 5_825_000;

/** "0000" to "9999", four bytes each. */
const FOUR_DIGITS = Buffer.from(
  Array.from({ length: 10_000 }, (_, n) => String(n).padStart(4, '0')).join(''),
  'latin1',
);

/**
 * Native positions of about 220 bytes with every usual field. A device moves north-east and back
 * at 56.6 km/h of its own fix times, as its speed and heading say.
 * @param device number that decides where in the city the device drives
 */
export function createPublishFrames(
  ident: string,
  device: number,
  window: number,
  positionsPerMessage: number,
): PublishFrames {
  const payload = payloadOf(positionsPerMessage);
  const topic = text(positionsTopic(ident));
  const body = Buffer.concat([topic, Buffer.alloc(2), Buffer.from(payload, 'latin1')]);
  const head = Buffer.concat([Buffer.from([PUBLISH_QOS_1]), remainingLength(body.length)]);
  const frame = Buffer.concat([head, body]);
  const frameBytes = frame.length;
  const bytes = Buffer.alloc(frameBytes * window);
  for (let place = 0; place < window; place++) {
    frame.copy(bytes, place * frameBytes);
    bytes.writeUInt16BE(place + 1, place * frameBytes + head.length + topic.length);
  }

  const payloadAt = head.length + topic.length + 2;
  const first = payload.indexOf(TIME_DIGITS);
  const timeAt = payloadAt + first;
  const latAt = payloadAt + payload.indexOf(`0.${FRACTION_DIGITS}`) + 2;
  const lonAt = payloadAt + payload.indexOf(`32.${FRACTION_DIGITS}`) + 3;
  const strideBytes = positionsPerMessage > 1 ? payload.indexOf(TIME_DIGITS, first + 1) - first : 0;
  const lat = MIDDLE_LAT_FRACTION + spread(device, 7919);
  const lon = MIDDLE_LON_FRACTION + spread(device, 104_729);

  return {
    bytes,
    frameBytes,
    write(place, fixTimeMs, stepMs) {
      let at = place * frameBytes;
      bytes[at] = PUBLISH_QOS_1;
      let timeMs = fixTimeMs;
      for (let k = 0; k < positionsPerMessage; k++) {
        writeTime(bytes, at + timeAt, timeMs);
        const along = swing(timeMs);
        writeFraction(bytes, at + latAt, lat + along);
        writeFraction(bytes, at + lonAt, lon + along);
        at += strideBytes;
        timeMs += stepMs;
      }
    },
    markRepeated(place) {
      bytes[place * frameBytes] = PUBLISH_QOS_1 | DUP;
    },
  };
}

function payloadOf(positionsPerMessage: number): string {
  const position =
    `{"time":${TIME_DIGITS},"lat":0.${FRACTION_DIGITS},"lon":32.${FRACTION_DIGITS},"speedKmh":56.6,` +
    '"headingDeg":45,"altitudeM":1190,"accuracyM":6,"satellites":9,"ignition":true,' +
    '"odometerM":120345,"batteryV":13.9,"attributes":{"gsmSignal":21,"hdop":0.9}}';
  if (positionsPerMessage === 1) return position;
  return `[${Array.from({ length: positionsPerMessage }, () => position).join(',')}]`;
}

/** Somewhere in ±SPREAD, different for neighbouring numbers. */
const spread = (device: number, stride: number): number => ((device * stride) % (2 * SPREAD)) - SPREAD;

/** To and fro at one unit a millisecond. */
function swing(timeMs: number): number {
  const phase = timeMs % (4 * SWING);
  return phase < 2 * SWING ? phase - SWING : 3 * SWING - phase;
}

function writeTime(bytes: Buffer, at: number, timeMs: number): void {
  const high = Math.floor(timeMs / 100_000_000);
  const low = timeMs - high * 100_000_000;
  bytes[at] = 48 + ((high / 10_000) | 0);
  writeFour(bytes, at + 1, high % 10_000);
  writeFour(bytes, at + 5, (low / 10_000) | 0);
  writeFour(bytes, at + 9, low % 10_000);
}

function writeFraction(bytes: Buffer, at: number, units: number): void {
  const high = (units / 10_000) | 0;
  const digits = high * 4;
  bytes[at] = FOUR_DIGITS[digits + 1] as number;
  bytes[at + 1] = FOUR_DIGITS[digits + 2] as number;
  bytes[at + 2] = FOUR_DIGITS[digits + 3] as number;
  writeFour(bytes, at + 3, units - high * 10_000);
}

function writeFour(bytes: Buffer, at: number, value: number): void {
  const digits = value * 4;
  bytes[at] = FOUR_DIGITS[digits] as number;
  bytes[at + 1] = FOUR_DIGITS[digits + 1] as number;
  bytes[at + 2] = FOUR_DIGITS[digits + 2] as number;
  bytes[at + 3] = FOUR_DIGITS[digits + 3] as number;
}
