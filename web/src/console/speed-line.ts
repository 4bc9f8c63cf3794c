import type { TrackPoint } from '../map/track.ts';

/** An SVG path of speed over time in a box of `width` x `height`; empty without two fixes. */
export function speedLine(
  points: readonly TrackPoint[],
  box: { width: number; height: number; fromMs: number; toMs: number; topKmh: number },
): string {
  const { width, height, fromMs, toMs, topKmh } = box;
  const drawn: string[] = [];
  let lastColumn = -1;
  for (const { fixTimeMs, speedKmh } of points) {
    const x = ((fixTimeMs - fromMs) / (toMs - fromMs)) * width;
    // One point a pixel is all that can be seen.
    const column = Math.floor(x);
    if (x < 0 || column === lastColumn) continue;
    lastColumn = column;
    const y = height - (Math.min(speedKmh ?? 0, topKmh) / topKmh) * height;
    drawn.push(`${x.toFixed(1)} ${y.toFixed(1)}`);
  }
  return drawn.length < 2 ? '' : `M${drawn.join('L')}`;
}
