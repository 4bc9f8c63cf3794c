import { memo, type PointerEvent } from 'react';
import type { Series, SeriesPoint } from '../api/types.ts';
import { axisOf, curveOf, pointAt, ticksOf } from './curve.ts';
import { clockMinute } from './day.ts';

const WIDTH = 1000;
const HEIGHT = 40;
const TICKS = 7;
const EDGE_PERCENT = 5;

interface ChartKind {
  metric: string;
  name: string;
  unit: string;
  digits: number;
  /** The narrowest axis, in the unit of the metric. */
  least: number;
  fromZero: boolean;
  className: string;
}

const KINDS: readonly ChartKind[] = [
  { metric: 'speed', name: 'Speed', unit: 'km/h', digits: 0, least: 40, fromZero: true, className: 'speed' },
  {
    metric: 'fuelPercent',
    name: 'Fuel',
    unit: '%',
    digits: 0,
    least: 100,
    fromZero: true,
    className: 'fuel',
  },
  { metric: 'fuelL', name: 'Fuel', unit: 'l', digits: 1, least: 10, fromZero: true, className: 'fuel' },
  {
    metric: 'battery',
    name: 'Battery',
    unit: 'V',
    digits: 1,
    least: 2,
    fromZero: false,
    className: 'battery',
  },
];

interface ChartsProps {
  series: Series | null;
  fromMs: number;
  toMs: number;
  atMs: number;
  onSeek(atMs: number): void;
}

/** What ran beside the drive, one curve each over the same time, with the values of the moment that is replayed. */
export function Charts({ series, fromMs, toMs, atMs, onSeek }: ChartsProps) {
  const bucketMs = (series?.bucketS ?? 0) * 1000;
  const told = KINDS.flatMap((kind) => {
    const points = series?.series.find(({ metric }) => metric === kind.metric)?.points ?? [];
    // A vehicle reports its fuel in one unit, or not at all; the others are expected of every one.
    return points.length > 0 || (kind.metric !== 'fuelL' && series) ? [{ kind, points }] : [];
  }).filter(
    ({ kind, points }, _, all) =>
      points.length > 0 || !all.some((other) => other.kind.name === kind.name && other.points.length > 0),
  );

  // A time at the very edge would be cut off.
  const hasRoom = (tick: number) => Math.abs(share(tick, fromMs, toMs) - 50) < 50 - EDGE_PERCENT;
  const seek = (event: PointerEvent<HTMLDivElement>) => {
    if (event.type === 'pointermove' && event.buttons === 0) return;
    const { left, width } = event.currentTarget.getBoundingClientRect();
    onSeek(fromMs + Math.min(1, Math.max(0, (event.clientX - left) / width)) * (toMs - fromMs));
  };

  return (
    <div className="charts" data-testid="replay-charts" aria-busy={series === null}>
      <div className="chart-names">
        {told.map(({ kind, points }) => (
          <div key={kind.metric} className="chart-name">
            <span>{kind.name}</span>
            <strong>{valueAt(points, bucketMs, atMs, kind)}</strong>
          </div>
        ))}
      </div>
      <div className="chart-curves" onPointerDown={seek} onPointerMove={seek} aria-hidden="true">
        {told.map(({ kind, points }) => (
          <Curve
            key={kind.metric}
            kind={kind}
            points={points}
            bucketMs={bucketMs}
            fromMs={fromMs}
            toMs={toMs}
          />
        ))}
        <i className="chart-cursor" style={{ left: `${share(atMs, fromMs, toMs)}%` }} />
        <div className="chart-ticks">
          {ticksOf(fromMs, toMs, TICKS)
            .filter(hasRoom)
            .map((tick) => (
              <span key={tick} style={{ left: `${share(tick, fromMs, toMs)}%` }}>
                {clockMinute(tick)}
              </span>
            ))}
        </div>
      </div>
    </div>
  );
}

const share = (atMs: number, fromMs: number, toMs: number) =>
  toMs > fromMs ? ((atMs - fromMs) / (toMs - fromMs)) * 100 : 0;

function valueAt(points: readonly SeriesPoint[], bucketMs: number, atMs: number, kind: ChartKind): string {
  if (points.length === 0) return 'Not reported';
  const point = pointAt(points, bucketMs, atMs);
  return point ? `${point.mean.toFixed(kind.digits)} ${kind.unit}` : '–';
}

interface CurveProps {
  kind: ChartKind;
  points: readonly SeriesPoint[];
  bucketMs: number;
  fromMs: number;
  toMs: number;
}

/** Not made anew while the replay moves over it. */
const Curve = memo(function Curve({ kind, points, bucketMs, fromMs, toMs }: CurveProps) {
  const { low, high } = axisOf(points, kind);
  const { line, band } = curveOf(points, bucketMs, { width: WIDTH, height: HEIGHT, fromMs, toMs, low, high });
  return (
    <div className={`chart ${kind.className}`} data-empty={points.length === 0}>
      <svg viewBox={`0 -1 ${WIDTH} ${HEIGHT + 2}`} preserveAspectRatio="none">
        <path className="chart-ground" d={`M0 ${HEIGHT}H${WIDTH}`} />
        <path className="chart-band" d={band} />
        <path className="chart-line" d={line} />
      </svg>
      {points.length > 0 && <span className="chart-top">{high}</span>}
    </div>
  );
});
