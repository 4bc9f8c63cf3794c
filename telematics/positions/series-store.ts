import type { Connection } from '@wayleave/runtime/postgres.ts';
import { Doubt } from './quality/doubts.ts';
import type { Bucket } from './series-buckets.ts';
import { type MetricName, metrics } from './series-metrics.ts';

export interface SeriesRange {
  deviceId: string;
  from: Date;
  to: Date;
  /** Where the first bucket begins. */
  origin: Date;
  bucketMs: number;
}

type BucketRow = { start: Date } & Record<string, number[] | null | Date>;

/** Times that the device's clock did not give cannot be put into an order with others. */
const UNTRUSTED_TIME = Doubt.future | Doubt.clockUnset;

/**
 * The buckets of each metric, of one device within [from, to). `max` over (time, value) gives the
 * last value without sorting the rows of a bucket.
 */
export async function bucketsOfDevice(
  connection: Connection,
  names: readonly MetricName[],
  range: SeriesRange,
): Promise<Map<MetricName, Bucket[]>> {
  const columns = names.map((name) => {
    const { sql, needsGoodFix } = metrics[name];
    const value = needsGoodFix ? `CASE WHEN p.doubts = 0 THEN ${sql} END` : sql;
    return `(${value}) AS "${name}"`;
  });
  const aggregates = names.map(
    (name) => `CASE WHEN count("${name}") > 0 THEN ARRAY[
        min("${name}"), max("${name}"), sum("${name}"), count("${name}")::float8
      ] || max(ARRAY[extract(epoch FROM fix_time)::float8, "${name}"]) FILTER (WHERE "${name}" IS NOT NULL)
      END AS "${name}"`,
  );
  const { rows } = await connection.query<BucketRow>(
    `SELECT date_bin($5 * interval '1 millisecond', fix_time, $4) AS start, ${aggregates.join(', ')}
     FROM (
       SELECT p.fix_time, ${columns.join(', ')} FROM operator_positions p
       WHERE p.device_id = $1 AND p.fix_time >= $2 AND p.fix_time < $3 AND p.doubts & ${UNTRUSTED_TIME} = 0
     ) AS told GROUP BY 1`,
    [range.deviceId, range.from, range.to, range.origin, range.bucketMs],
  );
  return new Map(
    names.map((name) => [
      name,
      rows.flatMap(({ start, [name]: figures }) => {
        if (!Array.isArray(figures)) return [];
        const [min, max, sum, count, lastS, last] = figures as [
          number,
          number,
          number,
          number,
          number,
          number,
        ];
        return [{ startMs: start.getTime(), min, max, sum, count, last, lastMs: lastS * 1_000 }];
      }),
    ]),
  );
}
