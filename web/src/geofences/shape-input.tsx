import { useState } from 'react';
import type { LonLat } from '../api/geofence-types.ts';
import { Icon } from '../console/icons.tsx';
import { count } from '../format/units.ts';
import type { Drawing, DrawingAction } from './drawing.ts';
import {
  pointCount,
  type Ring,
  ringAt,
  type Sketch,
  shapeOf,
  withoutPoint,
  withPoint,
  withPointMoved,
} from './sketch.ts';

/** Points that are listed to be typed; of more the map is the only way. */
const MAX_LISTED = 60;

interface ShapeInputProps {
  drawing: Drawing;
  onAct(action: DrawingAction): void;
}

/** The figures of a shape, for whoever has them or cannot draw. */
export function ShapeInput({ drawing, onAct }: ShapeInputProps) {
  const { sketch, adding } = drawing;
  const replace = (next: Sketch) => onAct({ do: 'replace', sketch: next });
  return (
    <div className="shape-input">
      {sketch.type === 'Circle' && (
        <Metres
          label="Radius"
          value={sketch.radiusM}
          onChange={(radiusM) => replace({ ...sketch, radiusM })}
          testId="shape-radius"
        />
      )}
      {sketch.type === 'Corridor' && (
        <Metres
          label="Width"
          value={sketch.widthM}
          onChange={(widthM) => replace({ ...sketch, widthM })}
          testId="shape-width"
        />
      )}
      <div className="shape-actions">
        {adding && (
          <button
            type="button"
            className="button small"
            onClick={() => onAct({ do: 'finish' })}
            data-testid="shape-finish"
          >
            <Icon name="check" /> Done drawing
          </button>
        )}
        {!adding && sketch.type === 'Polygon' && shapeOf(sketch) && sketch.parts.length === 1 && (
          <button
            type="button"
            className="button small"
            onClick={() => onAct({ do: 'hole', part: 0 })}
            data-testid="shape-hole"
          >
            Cut a hole
          </button>
        )}
        <button
          type="button"
          className="button small"
          onClick={() => onAct({ do: 'begin', type: sketch.type })}
        >
          Draw anew
        </button>
      </div>
      <details className="points">
        <summary>
          {sketch.type === 'Circle'
            ? 'Its middle in figures'
            : `${count(pointCount(sketch))} points in figures`}
        </summary>
        <Points sketch={sketch} onSketch={replace} />
      </details>
    </div>
  );
}

function Points({ sketch, onSketch }: { sketch: Sketch; onSketch(sketch: Sketch): void }) {
  if (sketch.type === 'Circle') {
    return (
      <ol>
        <PointRow
          point={sketch.center}
          name="the middle"
          onPoint={(center) => onSketch({ ...sketch, center })}
        />
      </ol>
    );
  }
  if (pointCount(sketch) > MAX_LISTED) {
    return <p className="hint">There are too many to list; they can be moved on the map.</p>;
  }
  const rings: { part: number; ring: number; points: Ring }[] =
    sketch.type === 'Corridor'
      ? [{ part: 0, ring: 0, points: sketch.line }]
      : sketch.parts.flatMap((of, part) => of.map((points, ring) => ({ part, ring, points })));
  return rings.map(({ part, ring, points }) => (
    <ol key={`${part} ${ring}`} aria-label={ring > 0 ? `Hole ${ring}` : 'Outline'}>
      {points.map((point, index) => (
        <PointRow
          key={`${index} ${point.join()}`}
          point={point}
          name={`point ${index + 1}`}
          onPoint={(to) => onSketch(withPointMoved(sketch, { part, ring, index }, to))}
          onRemove={() => onSketch(withoutPoint(sketch, { part, ring, index }))}
        />
      ))}
      <PointRow
        key={`new ${points.length}`}
        point={null}
        name="a further point"
        onPoint={(to) => {
          const index = ringAt(sketch, { part, ring }).length;
          onSketch(withPoint(sketch, { part, ring, index }, to));
        }}
      />
    </ol>
  ));
}

interface PointRowProps {
  /** Null for one that is yet to be. */
  point: LonLat | null;
  name: string;
  onPoint(point: LonLat): void;
  onRemove?(): void;
}

/** Latitude first, as people say it. */
function PointRow({ point, name, onPoint, onRemove }: PointRowProps) {
  const [lat, setLat] = useState(point ? String(Number(point[1].toFixed(6))) : '');
  const [lon, setLon] = useState(point ? String(Number(point[0].toFixed(6))) : '');
  const [latDeg, lonDeg] = [Number(lat), Number(lon)];
  const isPlace = lat.trim() !== '' && lon.trim() !== '' && Math.abs(latDeg) <= 90 && Math.abs(lonDeg) <= 180;
  const commit = () => {
    if (isPlace && (latDeg !== point?.[1] || lonDeg !== point[0])) onPoint([lonDeg, latDeg]);
  };
  return (
    <li>
      <input
        className="text-input"
        inputMode="decimal"
        value={lat}
        placeholder="lat"
        aria-label={`Latitude of ${name}`}
        onChange={(event) => setLat(event.currentTarget.value)}
        onBlur={commit}
      />
      <input
        className="text-input"
        inputMode="decimal"
        value={lon}
        placeholder="lon"
        aria-label={`Longitude of ${name}`}
        onChange={(event) => setLon(event.currentTarget.value)}
        onBlur={commit}
      />
      {onRemove && (
        <button type="button" className="icon-button" aria-label={`Remove ${name}`} onClick={onRemove}>
          <Icon name="close" />
        </button>
      )}
    </li>
  );
}

interface MetresProps {
  label: string;
  value: number;
  onChange(metres: number): void;
  testId: string;
}

function Metres({ label, value, onChange, testId }: MetresProps) {
  const [text, setText] = useState<string | null>(null);
  const shown = text ?? String(Number(value.toFixed(1)));
  return (
    <span className="metres">
      <span aria-hidden="true">{label}</span>
      <span className="with-unit">
        <input
          inputMode="decimal"
          value={shown}
          aria-label={`${label}, metres`}
          aria-invalid={!(Number(shown) > 0)}
          onChange={(event) => {
            const typed = event.currentTarget.value;
            setText(typed);
            if (Number(typed) > 0) onChange(Number(typed));
          }}
          // What was drawn since is shown again.
          onBlur={() => setText(null)}
          data-testid={testId}
        />
        <span>m</span>
      </span>
    </span>
  );
}
