import { type MetricName, metrics } from './series-metrics.ts';

/** One metric in one bucket, of one installation. */
export interface Bucket {
  startMs: number;
  min: number;
  max: number;
  sum: number;
  count: number;
  /** The latest value and when it was measured, epoch milliseconds. */
  last: number;
  lastMs: number;
}

export interface SeriesPoint {
  /** Start of the bucket. */
  time: string;
  min: number;
  max: number;
  mean: number;
  last: number;
  count: number;
}

const MIN_BUCKET_MS = 1_000;

/** The width of the buckets, whole milliseconds, of which `points` at the most lie in the range. */
export function bucketMs(range: { fromMs: number; toMs: number }, points: number): number {
  return Math.max(MIN_BUCKET_MS, Math.ceil((range.toMs - range.fromMs) / points));
}

/** Buckets of several installations as one series: of a bucket in which the device was changed there are two. */
export function seriesOf(metric: MetricName, buckets: readonly Bucket[]): SeriesPoint[] {
  const byStart = new Map<number, Bucket>();
  for (const bucket of buckets) {
    const known = byStart.get(bucket.startMs);
    byStart.set(bucket.startMs, known ? together(known, bucket) : bucket);
  }
  const { digits } = metrics[metric];
  const shown = (value: number): number => Number(value.toPrecision(digits));
  return [...byStart.values()]
    .sort((a, b) => a.startMs - b.startMs)
    .map(({ startMs, min, max, sum, count, last }) => ({
      time: new Date(startMs).toISOString(),
      min: shown(min),
      max: shown(max),
      mean: shown(sum / count),
      last: shown(last),
      count,
    }));
}

function together(a: Bucket, b: Bucket): Bucket {
  const later = b.lastMs > a.lastMs ? b : a;
  return {
    startMs: a.startMs,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    sum: a.sum + b.sum,
    count: a.count + b.count,
    last: later.last,
    lastMs: later.lastMs,
  };
}
