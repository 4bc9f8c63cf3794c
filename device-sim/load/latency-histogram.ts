/**
 * Latencies in log-linear buckets: 64 to each doubling, so a quantile is within 1.6 % of the
 * truth, at the cost of one increment a sample.
 */
export interface LatencyHistogram {
  readonly count: number;
  /** Adds `times` samples of this many microseconds. */
  record(microseconds: number, times: number): void;
  /** Milliseconds below which this share (0 to 1) of the samples lies; 0 without samples. */
  quantileMs(share: number): number;
  maxMs(): number;
}

const SUB_BITS = 6;
const SUB = 1 << SUB_BITS;
/** Longer ones count as this long: 35 minutes. */
const MAX_US = 2 ** 31 - 1;
const BUCKETS = (32 - SUB_BITS) * SUB;

export function createLatencyHistogram(): LatencyHistogram {
  const buckets = new Float64Array(BUCKETS);
  let count = 0;
  let maxUs = 0;
  return {
    get count() {
      return count;
    },
    record(microseconds, times) {
      const us = microseconds >= MAX_US ? MAX_US : microseconds | 0;
      const bucket = bucketOf(us);
      buckets[bucket] = (buckets[bucket] as number) + times;
      count += times;
      if (us > maxUs) maxUs = us;
    },
    quantileMs(share) {
      let left = share * count;
      for (const [bucket, samples] of buckets.entries()) {
        left -= samples;
        if (left <= 0 && samples > 0) return Math.min(middleOf(bucket), maxUs) / 1000;
      }
      return maxUs / 1000;
    },
    maxMs: () => maxUs / 1000,
  };
}

/** Below SUB each microsecond has a bucket; above, the leading bits choose. */
function bucketOf(us: number): number {
  if (us < SUB) return us;
  const shift = 31 - Math.clz32(us) - SUB_BITS;
  return shift * SUB + (us >>> shift);
}

function middleOf(bucket: number): number {
  if (bucket < SUB) return bucket;
  const shift = Math.floor(bucket / SUB) - 1;
  return (bucket - shift * SUB + 0.5) * 2 ** shift;
}
