import { crc16 } from '@wayleave/telematics/positions/adapters/teltonika-codec/crc16.ts';
import type { Format } from './format.ts';
import { type TeltonikaRecord, teltonikaRecord } from './teltonika-record.ts';

/*
 * Codec 8 Extended in a TCP packet (https://wiki.teltonika-gps.com/view/Codec#Codec_8_Extended).
 * It is written here and nowhere else in the product: only trackers write records.
 */

const CODEC_8_EXTENDED = 0x8e;
/** Trackers send packets of up to 1,280 bytes; a record takes about 70. */
const MAX_RECORDS = 15;

export const teltonikaCodec: Format = {
  maxPerMessage: MAX_RECORDS,
  resolutionMs: 1,
  needsGateway: false,
  encode: (ident, observations) => ({
    topic: `${ident}/codec`,
    payload: packetOf(observations.map(teltonikaRecord)),
  }),
};

/** Four zero bytes, the length of the data field, the data field, its CRC in four bytes. */
function packetOf(records: readonly TeltonikaRecord[]): Buffer {
  const count = uint(records.length, 1);
  const field = Buffer.concat([uint(CODEC_8_EXTENDED, 1), count, ...records.map(recordBytes), count]);
  return Buffer.concat([uint(0, 4), uint(field.length, 4), field, uint(crc16(field, 0, field.length), 4)]);
}

function recordBytes(record: TeltonikaRecord): Buffer {
  return Buffer.concat([
    uint(Math.floor(record.timestampMs / 2 ** 32), 4),
    uint(record.timestampMs % 2 ** 32, 4),
    uint(record.priority, 1),
    int(Math.round(record.lon * 1e7), 4),
    int(Math.round(record.lat * 1e7), 4),
    int(record.altitudeM, 2),
    uint(record.headingDeg, 2),
    uint(record.satellites, 1),
    uint(record.speedKmh, 2),
    uint(record.event, 2),
    elementBytes(record),
  ]);
}

/** The total, then those of one byte, of two, of four, of eight and of variable length, each with their count. */
function elementBytes({ elements }: TeltonikaRecord): Buffer {
  const groups = ([1, 2, 4] as const).flatMap((bytes) => {
    const group = elements.filter((element) => element.bytes === bytes);
    return [uint(group.length, 2), ...group.flatMap(({ id, value }) => [uint(id, 2), uint(value, bytes)])];
  });
  return Buffer.concat([uint(elements.length, 2), ...groups, uint(0, 2), uint(0, 2)]);
}

function uint(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}

function int(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeIntBE(value, 0, bytes);
  return buffer;
}
