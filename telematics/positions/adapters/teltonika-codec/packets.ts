import type { Refusal } from '../adapter.ts';
import { isRecordCodec } from './avl-records.ts';

/** A packet in a payload: where its data field lies and where the next packet begins. */
export interface Packet {
  framing: 'tcp' | 'udp' | 'bare';
  dataStart: number;
  dataEnd: number;
  end: number;
}

export type Refused = Pick<Refusal, 'reason' | 'detail'>;

export const malformed = (detail: string): Refused => ({ reason: 'malformed', detail });

export const IMEI_DIGITS = 15;
/** Codec id, two counts. */
const MIN_DATA_BYTES = 3;
const PREAMBLE_BYTES = 8;
const CRC_BYTES = 4;
/** Length, 0xCAFE, a byte that is not used, the packet's id and the length of the IMEI. */
const UDP_HEAD_BYTES = 8;
const UDP_IDENTIFIER = 0xcafe;
const GREETING_BYTES = 2 + IMEI_DIGITS;
const KEEPALIVE = 0xff;

/**
 * The packet at `at`, none of its data looked at. A data field without any framing is taken only
 * as a whole payload, since nothing but its two counts and its length tells that it is intact.
 */
export function packetAt(payload: Buffer, at: number): Packet | Refused {
  const left = payload.length - at;
  if (left === 1 && payload[at] === KEEPALIVE) return { reason: 'not_a_position', detail: 'a keep-alive' };
  if (left === GREETING_BYTES && payload.readUInt16BE(at) === IMEI_DIGITS) {
    return { reason: 'not_a_position', detail: 'the IMEI with which a TCP connection begins' };
  }
  if (at === 0 && left >= MIN_DATA_BYTES && isRecordCodec(payload[0] as number)) {
    return { framing: 'bare', dataStart: 0, dataEnd: left, end: left };
  }
  if (left < PREAMBLE_BYTES) return malformed(`byte ${at}: ${left} bytes are no packet`);
  if (payload.readUInt32BE(at) === 0) return tcpPacket(payload, at);
  if (payload.readUInt16BE(at + 2) === UDP_IDENTIFIER) return udpPacket(payload, at);
  const shown = payload.toString('hex', at, at + 4);
  return malformed(
    `byte ${at}: a packet begins with 00000000, or with its length and cafe, not with ${shown}`,
  );
}

function tcpPacket(payload: Buffer, at: number): Packet | Refused {
  const length = payload.readUInt32BE(at + 4);
  const dataStart = at + PREAMBLE_BYTES;
  const left = payload.length - dataStart;
  if (length < MIN_DATA_BYTES)
    return malformed(`byte ${at}: ${length} bytes of data, at least ${MIN_DATA_BYTES}`);
  if (length + CRC_BYTES > left) {
    return malformed(
      `byte ${at}: ${length} bytes of data and ${CRC_BYTES} of CRC announced, ${left} are left`,
    );
  }
  const dataEnd = dataStart + length;
  return { framing: 'tcp', dataStart, dataEnd, end: dataEnd + CRC_BYTES };
}

function udpPacket(payload: Buffer, at: number): Packet | Refused {
  const length = payload.readUInt16BE(at);
  const left = payload.length - at - 2;
  const dataStart = at + UDP_HEAD_BYTES + IMEI_DIGITS;
  if (length > left)
    return malformed(`byte ${at}: a UDP packet of ${length} bytes announced, ${left} are left`);
  const end = at + 2 + length;
  if (dataStart + MIN_DATA_BYTES > end) return malformed(`byte ${at}: a UDP packet of only ${length} bytes`);
  if (payload.readUInt16BE(at + 6) !== IMEI_DIGITS) {
    return malformed(`byte ${at + 6}: an IMEI of ${payload.readUInt16BE(at + 6)} digits, not ${IMEI_DIGITS}`);
  }
  for (let digit = dataStart - IMEI_DIGITS; digit < dataStart; digit++) {
    const character = payload[digit] as number;
    if (character < 0x30 || character > 0x39)
      return malformed(`byte ${digit}: the IMEI has another character than a digit`);
  }
  return { framing: 'udp', dataStart, dataEnd: end, end };
}

/** How many records the packets announce, as far as their lengths lead. */
export function countRecords(payload: Buffer): number {
  let records = 0;
  let at = 0;
  while (at + PREAMBLE_BYTES + MIN_DATA_BYTES < payload.length) {
    const isTcp = payload.readUInt32BE(at) === 0;
    if (!isTcp && payload.readUInt16BE(at + 2) !== UDP_IDENTIFIER) break;
    const dataStart = at + (isTcp ? PREAMBLE_BYTES : UDP_HEAD_BYTES + IMEI_DIGITS);
    if (isRecordCodec(payload[dataStart] ?? 0)) records += payload[dataStart + 1] ?? 0;
    at = isTcp ? dataStart + payload.readUInt32BE(at + 4) + CRC_BYTES : at + 2 + payload.readUInt16BE(at);
  }
  return records;
}
