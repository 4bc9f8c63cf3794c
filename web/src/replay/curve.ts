import type { SeriesPoint } from '../api/types.ts';

export interface Box {
  width: number;
  height: number;
  fromMs: number;
  toMs: number;
  low: number;
  high: number;
}

export interface Curve {
  /** The mean of each bucket. */
  line: string;
  /** From the least to the most of each bucket. */
  band: string;
}

/** Buckets without a value after which a curve is broken: nothing is known of what was between. */
const GAP_BUCKETS = 6;

/** SVG paths of a series; broken where nothing was told for long. */
export function curveOf(points: readonly SeriesPoint[], bucketMs: number, box: Box): Curve {
  const runs: SeriesPoint[][] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    const atMs = Date.parse(point.time);
    if (atMs - lastMs > GAP_BUCKETS * bucketMs) runs.push([]);
    runs.at(-1)!.push(point);
    lastMs = atMs;
  }
  const x = (point: SeriesPoint) =>
    clamp((Date.parse(point.time) + bucketMs / 2 - box.fromMs) / (box.toMs - box.fromMs)) * box.width;
  const y = (value: number) => box.height - clamp((value - box.low) / (box.high - box.low)) * box.height;
  const at = (point: SeriesPoint, value: number) => `${x(point).toFixed(1)} ${y(value).toFixed(1)}`;
  return {
    line: runs
      .map(
        (run) => `M${run.map((point) => at(point, point.mean)).join('L')}${run.length === 1 ? 'h1.5' : ''}`,
      )
      .join(''),
    band: runs
      .filter((run) => run.length > 1)
      .map((run) => {
        const over = run.map((point) => at(point, point.max));
        const under = run.toReversed().map((point) => at(point, point.min));
        return `M${[...over, ...under].join('L')}Z`;
      })
      .join(''),
  };
}

const clamp = (share: number) => Math.min(1, Math.max(0, share));

/** What the axis of a curve spans: round figures around its values, and never narrower than `least`. */
export function axisOf(
  points: readonly SeriesPoint[],
  { least, fromZero }: { least: number; fromZero: boolean },
): { low: number; high: number } {
  const lowest = Math.min(...points.map(({ min }) => min));
  const highest = Math.max(...points.map(({ max }) => max));
  if (fromZero) return { low: 0, high: Math.max(least, Math.ceil(highest / 10) * 10) };
  const middle = (lowest + highest) / 2;
  const half = Math.max(least, highest - lowest) / 2;
  return { low: Math.floor((middle - half) * 10) / 10, high: Math.ceil((middle + half) * 10) / 10 };
}

/** The bucket that tells of a time, if one within the gap that a curve bridges does. */
export function pointAt(points: readonly SeriesPoint[], bucketMs: number, atMs: number): SeriesPoint | null {
  const point = points.findLast(({ time }) => Date.parse(time) <= atMs);
  return point && atMs - Date.parse(point.time) <= GAP_BUCKETS * bucketMs ? point : null;
}

/** Full hours, or fewer, for the axis of a range: about `wanted` of them. */
export function ticksOf(fromMs: number, toMs: number, wanted: number): number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360].map((minutes) => minutes * 60_000);
  const step = steps.find((candidate) => (toMs - fromMs) / candidate <= wanted) ?? 720 * 60_000;
  const offsetMs = new Date(fromMs).getTimezoneOffset() * 60_000;
  const first = Math.ceil((fromMs - offsetMs) / step) * step + offsetMs;
  const ticks: number[] = [];
  for (let at = first; at <= toMs; at += step) ticks.push(at);
  return ticks;
}
