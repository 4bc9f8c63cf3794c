import type { Connection } from '@wayleave/runtime/postgres.ts';
import { z } from 'zod';
import { findSegments, refuseTooLong, type VehicleRange } from './history.ts';
import { type Bucket, bucketMs, seriesOf } from './series-buckets.ts';
import { type MetricName, metrics } from './series-metrics.ts';
import { bucketsOfDevice } from './series-store.ts';

/** Buckets of one series. */
export const MAX_SERIES_POINTS = 2_000;

const figure = z.number();
export const seriesView = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    bucketS: z.number().describe('Width of a bucket, seconds; the first begins at `from`'),
    series: z.array(
      z.object({
        metric: z.string(),
        unit: z.string(),
        points: z
          .array(
            z.object({
              time: z.iso.datetime().describe('Start of the bucket'),
              min: figure,
              max: figure,
              mean: figure.describe('Of the values, however they lie in time'),
              last: figure,
              count: z.number().int().min(1).describe('Positions that told a value'),
            }),
          )
          .describe('Oldest first; a bucket without a value is absent'),
      }),
    ),
  })
  .meta({ id: 'Series' });
export type SeriesView = z.infer<typeof seriesView>;

/**
 * How metrics of a vehicle ran within [fromMs, toMs), in `points` buckets at the most.
 * @throws `vehicle_not_found`, `empty_time_range`, `range_too_long`
 */
export async function vehicleSeries(
  connection: Connection,
  query: VehicleRange & { metrics: readonly MetricName[]; points: number },
): Promise<SeriesView> {
  refuseTooLong(query);
  const segments = await findSegments(connection, query);
  const widthMs = bucketMs(query, Math.min(query.points, MAX_SERIES_POINTS));
  const buckets = new Map<MetricName, Bucket[]>(query.metrics.map((name) => [name, []]));
  for (const { deviceId, fromMs, toMs } of segments) {
    const ofDevice = await bucketsOfDevice(connection, query.metrics, {
      deviceId,
      from: new Date(fromMs),
      to: new Date(toMs),
      origin: new Date(query.fromMs),
      bucketMs: widthMs,
    });
    for (const [name, found] of ofDevice) for (const bucket of found) buckets.get(name)!.push(bucket);
  }
  return {
    from: new Date(query.fromMs).toISOString(),
    to: new Date(query.toMs).toISOString(),
    bucketS: widthMs / 1_000,
    series: query.metrics.map((name) => ({
      metric: name,
      unit: metrics[name].unit,
      points: seriesOf(name, buckets.get(name)!),
    })),
  };
}
