import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { DeviceSegment } from './history-segments.ts';

/** Runs some reads in a transaction of the operator whose history it is. */
export type Transact = <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;

/** Reads rows of a device with fix times in [from, to), oldest first, `limit` at most. */
export type ReadRows<Row> = (
  connection: Connection,
  range: { deviceId: string; from: Date; to: Date; limit: number },
) => Promise<Row[]>;

export interface Portion<Row> {
  segment: DeviceSegment;
  /** Not empty. */
  rows: Row[];
}

/** Between two fixes of a device, before it is known how often it reports. */
const EXPECTED_INTERVAL_MS = 30_000;

/**
 * The rows of a vehicle's segments, oldest first, `portionRows` at a time; `limit` rows in all.
 *
 * Each portion is a transaction of its own that begins after the last fix time seen, which is unique
 * within a device. A cursor would give the same rows, but while a slow reader takes them it would hold
 * a connection and a snapshot, for whose sake the database keeps every dead row: here a reader that
 * takes an hour costs the database nothing between two portions. A fix that arrives late meanwhile is
 * seen if it lies ahead; none is seen twice.
 *
 * A portion looks into a span of time that follows how densely the device reports. No ORDER BY with a
 * LIMIT passes the security barrier of the view: PostgreSQL reads the whole range and sorts it, so over
 * a long range every portion would cost as much as all, and be planned for every partition.
 */
export async function* portionsOf<Row extends { fix_time: Date }>(
  transact: Transact,
  segments: readonly DeviceSegment[],
  read: ReadRows<Row>,
  { portionRows, limit = Number.POSITIVE_INFINITY }: { portionRows: number; limit?: number },
): AsyncGenerator<Portion<Row>> {
  let left = limit;
  for (const segment of segments) {
    const { deviceId, toMs } = segment;
    let startMs = segment.fromMs;
    let spanMs = portionRows * EXPECTED_INTERVAL_MS;
    while (startMs < toMs && left > 0) {
      const endMs = Math.min(startMs + spanMs, toMs);
      const wanted = Math.min(portionRows, left);
      const range = { deviceId, from: new Date(startMs), to: new Date(endMs), limit: wanted };
      const rows = await transact(async (connection) => await read(connection, range));
      left -= rows.length;
      if (rows.length < wanted) {
        startMs = endMs;
        if (rows.length < portionRows / 2) spanMs *= 2;
      } else {
        const nextMs = rows.at(-1)!.fix_time.getTime() + 1;
        spanMs = nextMs - startMs;
        startMs = nextMs;
      }
      if (rows.length > 0) yield { segment, rows };
    }
  }
}
