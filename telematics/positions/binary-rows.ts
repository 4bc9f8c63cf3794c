/** Takes the columns of one row, in their order, as what they hold; null for null. */
export interface RowReader {
  /** timestamptz. */
  instant(): Date | null;
  float8(): number | null;
  float4(): number | null;
  int2(): number | null;
  bool(): boolean | null;
  text(): string | null;
  jsonb(): Record<string, unknown> | null;
  /** bigint, as hexadecimal digits. */
  hex(): string | null;
}

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
/** Flags and the length of a header extension, which no version has. */
const HEADER_BYTES = SIGNATURE.length + 8;
const END_OF_ROWS = -1;
const NULL_LENGTH = -1;
/** PostgreSQL counts microseconds from 2000-01-01. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const TWO_TO_32 = 2 ** 32;

/**
 * Decodes the rows of COPY (…) TO STDOUT (FORMAT binary). Through the text protocol most of a query's
 * cost is to print numbers and to read them again: a day of positions takes half as long like this.
 * `row` must take each column once, in the order of the statement.
 * @throws if the bytes are no such rows: a fault of the statement, not of what is stored
 */
export function decodeRows<Row>(bytes: Buffer, columns: number, row: (next: RowReader) => Row): Row[] {
  if (!bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)) {
    throw new Error('these are no rows of a binary COPY');
  }
  let at = HEADER_BYTES;
  let length = 0;
  /** Steps over the next column. @returns where its value begins, or -1 for null */
  const begin = (): number => {
    length = bytes.readInt32BE(at);
    const start = at + 4;
    at = length === NULL_LENGTH ? start : start + length;
    return length === NULL_LENGTH ? -1 : start;
  };
  const next: RowReader = {
    instant: () => {
      const from = begin();
      if (from < 0) return null;
      const microseconds = bytes.readInt32BE(from) * TWO_TO_32 + bytes.readUInt32BE(from + 4);
      return new Date(EPOCH_MS + microseconds / 1_000);
    },
    float8: () => {
      const from = begin();
      return from < 0 ? null : bytes.readDoubleBE(from);
    },
    float4: () => {
      const from = begin();
      return from < 0 ? null : shortest(bytes.readFloatBE(from));
    },
    int2: () => {
      const from = begin();
      return from < 0 ? null : bytes.readInt16BE(from);
    },
    bool: () => {
      const from = begin();
      return from < 0 ? null : bytes[from] === 1;
    },
    text: () => {
      const from = begin();
      return from < 0 ? null : bytes.toString('utf8', from, at);
    },
    jsonb: () => {
      const from = begin();
      // The first byte is the version of the format.
      return from < 0 ? null : (JSON.parse(bytes.toString('utf8', from + 1, at)) as Record<string, unknown>);
    },
    hex: () => {
      const from = begin();
      if (from < 0) return null;
      const high = bytes.readUInt32BE(from);
      const low = bytes.readUInt32BE(from + 4).toString(16);
      return high === 0 ? low : high.toString(16) + low.padStart(8, '0');
    },
  };
  const rows: Row[] = [];
  for (;;) {
    const fields = bytes.readInt16BE(at);
    at += 2;
    if (fields === END_OF_ROWS) return rows;
    if (fields !== columns) throw new Error(`a row has ${fields} columns instead of ${columns}`);
    rows.push(row(next));
  }
}

/**
 * The number of the fewest digits that is stored as this four-byte one, as PostgreSQL prints it: a
 * tracker that said 41.3 did not say 41.29999923706055.
 */
export function shortest(stored: number): number {
  if (Number.isInteger(stored) && Math.abs(stored) <= 2 ** 24) return stored;
  for (let scale = 10; scale <= 1e6; scale *= 10) {
    const rounded = Math.round(stored * scale) / scale;
    if (Math.fround(rounded) === stored && Math.abs(rounded) * scale < 1e6) return rounded;
  }
  for (let digits = 1; digits < 9; digits += 1) {
    const rounded = Number(stored.toPrecision(digits));
    if (Math.fround(rounded) === stored) return rounded;
  }
  return Number(stored.toPrecision(9));
}
