import type { Position } from './position.ts';
import type { StoredPosition } from './stored-position.ts';

/** The columns in the order in which `encode` writes them. */
export const COPY_COLUMNS =
  'device_id, fix_time, received_at, operator_id, lat, lon, odometer_m, h3, speed_kmh, heading_deg, ' +
  'altitude_m, accuracy_m, battery_v, distance_m, satellites, doubts, remarks, ignition, alarm, attributes';
const COLUMN_COUNT = 20;

/** The columns in the order in which `encodeLatest` writes them. */
export const COPY_LATEST_COLUMNS = `device_id, operator_id, newest_fix_time, last_received_at, ${COPY_COLUMNS.replace(
  'device_id, ',
  '',
).replace('operator_id, ', '')}`;
const LATEST_COLUMN_COUNT = 22;

/** What is known of a device besides its history. */
export interface LatestOfDevice {
  deviceId: number;
  operatorId: number;
  /** Its latest good position; null until there is one. */
  position: StoredPosition | null;
  /** The newest instant that is stored of it, epoch milliseconds; minus infinity for none. */
  newestFixTimeMs: number;
  lastReceivedAtMs: number;
}

/** `PGCOPY\n\377\r\n\0`, no flags, no header extension (PostgreSQL manual, COPY, binary format). */
const SIGNATURE = Buffer.from('5047434f50590aff0d0a00' + '00000000' + '00000000', 'hex');
/** All columns of either stream but the two of variable length. */
const FIXED_ROW_BYTES = 2 + LATEST_COLUMN_COUNT * 4 + 6 * 8 + 4 * 8 + 6 * 4 + 3 * 2 + 1 + 1;
/** 2000-01-01 UTC, from which PostgreSQL counts microseconds. */
const POSTGRES_EPOCH_MS = 946_684_800_000;
const TWO_32 = 4_294_967_296;

/**
 * Encodes positions for `COPY … FROM STDIN (FORMAT binary)`: the fastest way into PostgreSQL,
 * twice as fast as text. One buffer, reused, grown to the largest batch.
 */
export class CopyEncoder {
  #buffer = Buffer.allocUnsafe(1 << 20);
  #at = 0;
  /** Of the row being written, as JSON. */
  #attributes: string | null = null;

  /** The whole COPY stream of `COPY_COLUMNS`; valid until the next call. */
  encode(rows: readonly StoredPosition[]): Buffer {
    this.#begin();
    for (const row of rows) {
      this.#beginRow(COLUMN_COUNT, row.position);
      this.#bigint(row.deviceId);
      this.#instant(row.position.fixTimeMs);
      this.#instant(row.position.receivedAtMs);
      this.#bigint(row.operatorId);
      this.#position(row);
    }
    return this.#end();
  }

  /** The whole COPY stream of `COPY_LATEST_COLUMNS`; valid until the next call. */
  encodeLatest(latest: readonly LatestOfDevice[]): Buffer {
    this.#begin();
    for (const { deviceId, operatorId, position, newestFixTimeMs, lastReceivedAtMs } of latest) {
      this.#beginRow(LATEST_COLUMN_COUNT, position?.position ?? null);
      this.#bigint(deviceId);
      this.#bigint(operatorId);
      if (Number.isFinite(newestFixTimeMs)) this.#instant(newestFixTimeMs);
      else this.#length(-1);
      this.#instant(lastReceivedAtMs);
      if (position) {
        this.#instant(position.position.fixTimeMs);
        this.#instant(position.position.receivedAtMs);
        this.#position(position);
      } else {
        for (let column = 4; column < LATEST_COLUMN_COUNT; column += 1) this.#length(-1);
      }
    }
    return this.#end();
  }

  #begin(): void {
    this.#at = 0;
    this.#reserve(SIGNATURE.length);
    this.#at += SIGNATURE.copy(this.#buffer, this.#at);
  }

  #end(): Buffer {
    this.#reserve(2);
    this.#at = this.#buffer.writeInt16BE(-1, this.#at);
    return this.#buffer.subarray(0, this.#at);
  }

  #beginRow(columnCount: number, position: Position | null): void {
    this.#attributes = position?.attributes ? JSON.stringify(position.attributes) : null;
    // Three bytes are the most that a UTF-16 unit takes in UTF-8.
    const textLength = (position?.alarm?.length ?? 0) + (this.#attributes?.length ?? 0);
    this.#reserve(FIXED_ROW_BYTES + textLength * 3);
    this.#at = this.#buffer.writeInt16BE(columnCount, this.#at);
  }

  /** All but whose it is and when: in both streams they come last, in the same order. */
  #position({ h3High, h3Low, position, verdict }: StoredPosition): void {
    this.#double(position.lat);
    this.#double(position.lon);
    this.#double(position.odometerM);
    this.#cell(h3High, h3Low);
    this.#real(position.speedKmh);
    this.#real(position.headingDeg);
    this.#real(position.altitudeM);
    this.#real(position.accuracyM);
    this.#real(position.batteryV);
    this.#real(verdict.distanceM);
    this.#smallint(position.satellites);
    this.#smallint(verdict.doubts);
    this.#smallint(verdict.remarks);
    this.#boolean(position.ignition);
    this.#text(position.alarm);
    this.#jsonb(this.#attributes);
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }

  #length(bytes: number): void {
    this.#at = this.#buffer.writeInt32BE(bytes, this.#at);
  }

  /** A whole number beyond 32 bits, in two's complement, without the cost of a BigInt. */
  #bigint(value: number): void {
    this.#length(8);
    this.#at = this.#buffer.writeInt32BE(Math.floor(value / TWO_32), this.#at);
    this.#at = this.#buffer.writeUInt32BE(value >>> 0, this.#at);
  }

  #instant(epochMs: number): void {
    this.#bigint((epochMs - POSTGRES_EPOCH_MS) * 1_000);
  }

  #cell(high: number, low: number): void {
    if (high === 0 && low === 0) return this.#length(-1);
    this.#length(8);
    this.#at = this.#buffer.writeInt32BE(high, this.#at);
    this.#at = this.#buffer.writeInt32BE(low, this.#at);
  }

  #double(value: number | null): void {
    if (value === null) return this.#length(-1);
    this.#length(8);
    this.#at = this.#buffer.writeDoubleBE(value, this.#at);
  }

  #real(value: number | null): void {
    if (value === null) return this.#length(-1);
    this.#length(4);
    this.#at = this.#buffer.writeFloatBE(value, this.#at);
  }

  #smallint(value: number | null): void {
    if (value === null) return this.#length(-1);
    this.#length(2);
    this.#at = this.#buffer.writeInt16BE(value, this.#at);
  }

  #boolean(value: boolean | null): void {
    if (value === null) return this.#length(-1);
    this.#length(1);
    this.#at = this.#buffer.writeUInt8(value ? 1 : 0, this.#at);
  }

  #text(value: string | null): void {
    if (value === null) return this.#length(-1);
    const bytes = this.#buffer.write(value, this.#at + 4);
    this.#length(bytes);
    this.#at += bytes;
  }

  #jsonb(json: string | null): void {
    if (json === null) return this.#length(-1);
    const bytes = this.#buffer.write(json, this.#at + 5);
    this.#length(bytes + 1);
    // The version of jsonb's binary form.
    this.#at = this.#buffer.writeUInt8(1, this.#at) + bytes;
  }
}
