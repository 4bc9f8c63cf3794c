import {
  type Adapter,
  type Decoded,
  MAX_POSITIONS_PER_MESSAGE,
  type MessageOrigin,
  refuseAll,
} from '../adapter.ts';
import { answerPosition, isMessageCodec, readMessages } from './answers.ts';
import { isRecordCodec, readRecords, readWholeRecords, type Walk } from './avl-records.ts';
import { crc16 } from './crc16.ts';
import { countRecords, IMEI_DIGITS, malformed, type Packet, packetAt, type Refused } from './packets.ts';

const SUFFIX = '/codec';

/** Trackers send packets of up to 1,280 bytes; what is longer than thirty of them is something else. */
export const MAX_PAYLOAD_BYTES = 48 * 1_024;

/** Of Codec 12 to 15, in one payload; a tracker sends one at a time. */
const MAX_MESSAGES = 255;

/** `{imei}/codec`, also with levels before: packets of Codec 8, 8 Extended, 16 and 12 to 15 (README.md). */
export const teltonikaCodec: Adapter = {
  name: 'teltonika-codec',
  reads: (topic) => topic.endsWith(SUFFIX) && identOf(topic) !== '',
  identOf,
  decode,
};

function identOf(topic: string): string {
  const ident = topic.slice(0, -SUFFIX.length);
  return ident.slice(ident.lastIndexOf('/') + 1);
}

/** A message on its way through {@link decode}. */
interface Reading {
  payload: Buffer;
  ident: string;
  receivedAtMs: number;
  decoded: Decoded;
  walk: Walk;
  /** What messages of Codec 12 to 15 said, as attributes. */
  said: Record<string, unknown>;
  messages: number;
}

function decode(payload: Buffer, { topic, receivedAtMs }: MessageOrigin): Decoded {
  const announced = countRecords(payload);
  if (announced > MAX_POSITIONS_PER_MESSAGE) {
    return refuseAll('too_many_positions', `${announced} records, at most ${MAX_POSITIONS_PER_MESSAGE}`);
  }
  if (payload.length > MAX_PAYLOAD_BYTES) {
    return refuseAll('malformed', `${payload.length} bytes, at most ${MAX_PAYLOAD_BYTES}`);
  }
  const decoded: Decoded = { positions: [], refusals: [] };
  const walk: Walk = { at: 0, problem: null, largeRecordElements: 0 };
  const reading: Reading = {
    payload,
    ident: identOf(topic),
    receivedAtMs,
    decoded,
    walk,
    said: {},
    messages: 0,
  };
  do {
    const packetStart = walk.at;
    const positions = decoded.positions.length;
    const refusals = decoded.refusals.length;
    const refused = readPacket(reading);
    if (refused === null) continue;
    decoded.positions.length = positions;
    decoded.refusals.length = refusals;
    addRefusal(reading, refused, packetStart);
    break;
  } while (walk.at < payload.length);
  if (Object.keys(reading.said).length > 0) addAnswers(reading);
  return decoded;
}

/** Reads the packet at `walk.at` and moves there behind it. */
function readPacket(reading: Reading): Refused | null {
  const { payload, ident, receivedAtMs, decoded, walk } = reading;
  const packet = packetAt(payload, walk.at);
  if ('reason' in packet) return packet;
  const { dataStart, dataEnd, framing } = packet;
  const codec = payload[dataStart] as number;
  const crc = framing === 'tcp' ? crc16(payload, dataStart, dataEnd) : 0;
  const isCrcRight = framing !== 'tcp' || crc === payload.readUInt32BE(dataEnd);
  if (isRecordCodec(codec)) {
    const before = decoded.positions.length;
    if (!isCrcRight) {
      // The length may be what is wrong: only then the records are followed beyond it.
      readRecords(payload, dataStart, payload.length, receivedAtMs, decoded, walk);
      return isMiscounted(payload, walk, crc) ? null : wrongCrc(payload, packet, crc);
    }
    readWholeRecords(payload, dataStart, dataEnd, receivedAtMs, decoded, walk);
    if (walk.problem !== null) return malformed(walk.problem);
    if (framing === 'udp')
      keepImei(payload.toString('latin1', dataStart - IMEI_DIGITS, dataStart), reading, before);
  } else {
    if (!isCrcRight) return wrongCrc(payload, packet, crc);
    if (!isMessageCodec(codec)) return malformed(`codec id ${codec.toString(16)}, not 8, 8e, 10 or c to f`);
    reading.messages += payload[dataStart + 1] as number;
    if (reading.messages > MAX_MESSAGES) return malformed(`more than ${MAX_MESSAGES} messages`);
    const said = { ...reading.said };
    const refused = readMessages(payload, dataStart, dataEnd, ident, said);
    if (refused !== null) return refused;
    reading.said = said;
  }
  walk.at = packet.end;
  return null;
}

/**
 * Some trackers leave the last bytes out of both the length and the CRC: the packet counts as
 * intact if the CRC behind its records is that of the announced length. Moves behind the CRC.
 */
function isMiscounted(payload: Buffer, walk: Walk, crc: number): boolean {
  if (walk.problem !== null || walk.at + 4 > payload.length || payload.readUInt32BE(walk.at) !== crc)
    return false;
  walk.at += 4;
  return true;
}

function wrongCrc(payload: Buffer, { dataStart, dataEnd }: Packet, crc: number): Refused {
  const sent = payload.toString('hex', dataEnd, dataEnd + 4);
  const computed = crc.toString(16).padStart(8, '0');
  return malformed(`bytes ${dataStart} to ${dataEnd - 1} have the CRC ${computed}, but ${sent} was sent`);
}

/** A packet that names another device than its topic does says so. */
function keepImei(imei: string, { ident, decoded }: Reading, from: number): void {
  if (imei === ident) return;
  for (let at = from; at < decoded.positions.length; at++) {
    const position = decoded.positions[at];
    if (position !== undefined) position.attributes = { ...position.attributes, imei };
  }
}

/** Refuses everything from the packet at `start` on: where the next one begins is not known for certain. */
function addRefusal({ payload, decoded }: Reading, refused: Refused, start: number): void {
  const items = decoded.positions.length + decoded.refusals.length;
  const rest = start === 0 ? {} : { payload: Buffer.from(payload.subarray(start)) };
  if (items < MAX_POSITIONS_PER_MESSAGE) decoded.refusals.push({ ...refused, item: items, ...rest });
  else Object.assign(decoded, refuseAll(refused.reason, refused.detail));
}

function addAnswers({ said, receivedAtMs, decoded }: Reading): void {
  const items = decoded.positions.length + decoded.refusals.length;
  const answer = answerPosition(said, receivedAtMs);
  if ('reason' in answer) decoded.refusals.push({ ...answer, item: items });
  else decoded.positions.push(answer);
}
