/**
 * Many messages packed into one log entry, because an append costs the log the same whether it
 * carries one message or a hundred.
 *
 * Layout, little endian: a version byte, then for each message
 * `u32 bytes that follow · f64 device · f64 operator · f64 receivedAt (epoch ms) · u8 flags ·
 * u16 topic bytes · topic (UTF-8) · payload`. Identities are numbers below 2^53, which a double
 * holds exactly and reads without a BigInt. Two bytes for the topic's length are enough for any:
 * a string of MQTT has at most 65,535 (MQTT 3.1.1, 1.5.3).
 */
export interface UplinkMessage {
  deviceId: number;
  operatorId: number;
  receivedAtMs: number;
  /**
   * A gateway sent this for a device that it may not speak for, or that is not there: `deviceId`
   * is the gateway's own.
   */
  unaddressed: boolean;
  topic: string;
  payload: Buffer;
}

const VERSION = 1;
const HEADER_BYTES = 1;
const FIXED_BYTES = 8 + 8 + 8 + 1 + 2;
/** Bit 0 once told that a message may have been sent before, and must not get another meaning. */
const FLAG_UNADDRESSED = 2;

/** Collects messages for one entry. Not safe to reuse until the entry made from it is durable. */
export class EntryPacker {
  #buffer: Buffer;
  #end = HEADER_BYTES;
  count = 0;

  constructor(initialBytes = 16 * 1024) {
    this.#buffer = Buffer.allocUnsafe(initialBytes);
    this.#buffer[0] = VERSION;
  }

  get byteLength(): number {
    return this.#end;
  }

  add(message: UplinkMessage): void {
    const { topic, payload } = message;
    // Three bytes are the most that a UTF-16 unit takes in UTF-8.
    this.#reserve(4 + FIXED_BYTES + topic.length * 3 + payload.length);
    const buffer = this.#buffer;
    const start = this.#end;
    buffer.writeDoubleLE(message.deviceId, start + 4);
    buffer.writeDoubleLE(message.operatorId, start + 12);
    buffer.writeDoubleLE(message.receivedAtMs, start + 20);
    buffer[start + 28] = message.unaddressed ? FLAG_UNADDRESSED : 0;
    const topicBytes = buffer.write(topic, start + 31);
    buffer.writeUInt16LE(topicBytes, start + 29);
    const payloadAt = start + 31 + topicBytes;
    payload.copy(buffer, payloadAt);
    this.#end = payloadAt + payload.length;
    buffer.writeUInt32LE(this.#end - start - 4, start);
    this.count += 1;
  }

  /** The entry; valid until `clear`. */
  entry(): Buffer {
    return this.#buffer.subarray(0, this.#end);
  }

  clear(): void {
    this.#end = HEADER_BYTES;
    this.count = 0;
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#end + bytes));
    this.#buffer.copy(larger, 0, 0, this.#end);
    this.#buffer = larger;
  }
}

/**
 * Calls `visit` for each message of an entry, in order, with its index in the entry.
 * Payloads are views into the entry.
 * @throws when the entry is not of this layout, which only a fault in the log can cause
 */
export function unpackEntry(entry: Buffer, visit: (message: UplinkMessage, index: number) => void): void {
  if (entry[0] !== VERSION) throw new Error(`log entry of unknown version ${entry[0]}`);
  let at = HEADER_BYTES;
  for (let index = 0; at < entry.length; index += 1) {
    const bytes = entry.readUInt32LE(at);
    const end = at + 4 + bytes;
    if (bytes < FIXED_BYTES || end > entry.length) throw new Error(`log entry is cut off at byte ${at}`);
    const topicBytes = entry.readUInt16LE(at + 29);
    const payloadAt = at + 31 + topicBytes;
    visit(
      {
        deviceId: entry.readDoubleLE(at + 4),
        operatorId: entry.readDoubleLE(at + 12),
        receivedAtMs: entry.readDoubleLE(at + 20),
        unaddressed: (entry[at + 28]! & FLAG_UNADDRESSED) !== 0,
        topic: entry.toString('utf8', at + 31, payloadAt),
        payload: entry.subarray(payloadAt, end),
      },
      index,
    );
    at = end;
  }
}
