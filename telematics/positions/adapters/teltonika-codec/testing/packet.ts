import { crc16 } from '../crc16.ts';

/** A record to be encoded; numbers as they are sent. */
export interface RawRecord {
  timestampMs?: number;
  priority?: number;
  lon?: number;
  lat?: number;
  altitude?: number;
  angle?: number;
  satellites?: number;
  speed?: number;
  event?: number;
  generationType?: number;
  /** Declared total of I/O elements, by default the right one. */
  total?: number;
  /** Elements as id and value, by width in bytes. */
  elements?: Partial<Record<1 | 2 | 4 | 8, readonly (readonly [id: number, value: number | bigint])[]>>;
  /** Elements of sixteen bytes, which some trackers add to Codec 8. */
  wide?: readonly (readonly [id: number, value: Buffer])[];
  /** Elements of variable length, Codec 8 Extended only. */
  variable?: readonly (readonly [id: number, value: Buffer])[];
}

export type RecordCodec = 0x08 | 0x8e | 0x10;

/** A data field: from the codec id to the second count. */
export function dataField(codec: RecordCodec, records: readonly RawRecord[]): Buffer {
  const count = Buffer.from([records.length]);
  return Buffer.concat([
    Buffer.from([codec]),
    count,
    ...records.map((record) => encodeRecord(codec, record)),
    count,
  ]);
}

/** A data field as it is sent over TCP. */
export function tcpPacket(data: Buffer): Buffer {
  const ends = crc16(data, 0, data.length);
  return Buffer.concat([uint(0, 4), uint(data.length, 4), data, uint(ends, 4)]);
}

/** A data field as it is sent over UDP. */
export function udpPacket(imei: string, data: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from('cafe0105', 'hex'), uint(imei.length, 2), Buffer.from(imei), data]);
  return Buffer.concat([uint(rest.length, 2), rest]);
}

function encodeRecord(codec: RecordCodec, record: RawRecord): Buffer {
  const idBytes = codec === 0x08 ? 1 : 2;
  const countBytes = codec === 0x8e ? 2 : 1;
  const { elements = {}, wide, variable = [] } = record;
  const widths = ([1, 2, 4, 8] as const).map((width) => [width, elements[width] ?? []] as const);
  const total = widths.reduce((sum, [, list]) => sum + list.length, variable.length);
  return Buffer.concat([
    uint(record.timestampMs ?? 0, 8),
    uint(record.priority ?? 0, 1),
    int(record.lon ?? 0, 4),
    int(record.lat ?? 0, 4),
    int(record.altitude ?? 0, 2),
    uint(record.angle ?? 0, 2),
    uint(record.satellites ?? 0, 1),
    uint(record.speed ?? 0, 2),
    uint(record.event ?? 0, idBytes),
    ...(codec === 0x10 ? [uint(record.generationType ?? 0, 1)] : []),
    uint(record.total ?? total, countBytes),
    ...widths.flatMap(([width, list]) => [
      uint(list.length, countBytes),
      ...list.flatMap(([id, value]) => [uint(id, idBytes), uint(value, width)]),
    ]),
    ...(wide === undefined ? [] : [uint(wide.length, countBytes)]),
    ...(wide ?? []).flatMap(([id, value]) => [uint(id, idBytes), value]),
    ...(codec === 0x8e ? [uint(variable.length, 2)] : []),
    ...variable.flatMap(([id, value]) => [uint(id, 2), uint(value.length, 2), value]),
  ]);
}

function uint(value: number | bigint, bytes: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt.asUintN(64, BigInt(value)));
  return buffer.subarray(8 - bytes);
}

const int = (value: number, bytes: number): Buffer => uint(BigInt(value), bytes);
