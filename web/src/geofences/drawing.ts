import type { GeofenceShape, LonLat } from '../api/geofence-types.ts';
import {
  dragged,
  emptySketch,
  type Handle,
  type PointAddress,
  ringAt,
  type Sketch,
  sketchOf,
  withHole,
  withoutLastPoint,
  withoutPoint,
  withoutRing,
  withPoint,
  withRimAt,
} from './sketch.ts';

/** A sketch and what the next click does to it. */
export interface Drawing {
  sketch: Sketch;
  /** The ring or line that clicks add points to, or a circle's rim; null once the shape is only changed. */
  adding: { part: number; ring: number } | null;
  /** The point that was picked. */
  picked: PointAddress | null;
}

export type DrawingAction =
  | { do: 'begin'; type: Sketch['type'] }
  | { do: 'load'; shape: GeofenceShape }
  | { do: 'click'; at: LonLat }
  /** The pointer moved while the rim of a circle is being set. */
  | { do: 'hover'; at: LonLat }
  | { do: 'finish' }
  /** Takes the last point back. */
  | { do: 'back' }
  | { do: 'hole'; part: number }
  | { do: 'drag'; from: Drawing; handle: Handle; to: LonLat }
  | { do: 'pick'; point: PointAddress | null }
  | { do: 'remove'; point: PointAddress }
  | { do: 'replace'; sketch: Sketch };

export const begun = (type: Sketch['type']): Drawing => ({
  sketch: emptySketch(type),
  adding: { part: 0, ring: 0 },
  picked: null,
});

export const loaded = (shape: GeofenceShape): Drawing => ({
  sketch: sketchOf(shape),
  adding: null,
  picked: null,
});

export function nextDrawing(drawing: Drawing, action: DrawingAction): Drawing {
  const { sketch, adding } = drawing;
  switch (action.do) {
    case 'begin':
      return begun(action.type);
    case 'load':
      return loaded(action.shape);
    case 'click':
      return clicked(drawing, action.at);
    case 'hover':
      return adding && sketch.type === 'Circle' && sketch.center
        ? { ...drawing, sketch: withRimAt(sketch, action.at) }
        : drawing;
    case 'finish':
      return adding ? finished(drawing) : drawing;
    case 'back':
      return adding ? tookBack(drawing, adding) : drawing;
    case 'hole': {
      const begunHole = withHole(sketch, action.part);
      return { sketch: begunHole.sketch, adding: { part: action.part, ring: begunHole.ring }, picked: null };
    }
    case 'drag': {
      const moved = dragged(action.from.sketch, action.handle, action.to);
      return { ...drawing, sketch: moved.sketch, picked: addressOf(action.handle) };
    }
    case 'pick':
      return { ...drawing, picked: action.point };
    case 'remove':
      return { ...drawing, sketch: withoutPoint(sketch, action.point), picked: null };
    case 'replace':
      return { ...drawing, sketch: action.sketch, picked: null };
  }
}

/** A middle that was dragged is a point from then on. */
function addressOf({ kind, part, ring, index }: Handle): PointAddress | null {
  return kind === 'point' || kind === 'middle' ? { part, ring, index } : null;
}

function clicked(drawing: Drawing, at: LonLat): Drawing {
  const { sketch, adding } = drawing;
  if (!adding) return drawing;
  if (sketch.type === 'Circle') {
    return sketch.center
      ? { ...drawing, sketch: withRimAt(sketch, at), adding: null }
      : { ...drawing, sketch: { ...sketch, center: at } };
  }
  const index = ringAt(sketch, adding).length;
  return { ...drawing, sketch: withPoint(sketch, { ...adding, index }, at) };
}

/** A ring that has too few points to be one is given up if it is a hole, and goes on otherwise. */
function finished(drawing: Drawing): Drawing {
  const { sketch, adding } = drawing;
  if (!adding) return drawing;
  if (sketch.type === 'Circle') return sketch.center ? { ...drawing, adding: null } : drawing;
  const points = ringAt(sketch, adding).length;
  if (points >= (sketch.type === 'Polygon' ? 3 : 2)) return { ...drawing, adding: null };
  return adding.ring > 0 ? { ...drawing, sketch: withoutRing(sketch, adding), adding: null } : drawing;
}

function tookBack(drawing: Drawing, adding: { part: number; ring: number }): Drawing {
  const { sketch } = drawing;
  if (sketch.type === 'Circle') return { ...drawing, sketch: { ...sketch, center: null } };
  const points = ringAt(sketch, adding).length;
  if (points > 0) return { ...drawing, sketch: withoutLastPoint(sketch, adding) };
  return adding.ring > 0 ? { ...drawing, sketch: withoutRing(sketch, adding), adding: null } : drawing;
}

/** What is to be done next, for whoever draws. */
export function drawingHint({ sketch, adding }: Drawing): string {
  if (!adding) {
    return sketch.type === 'Circle'
      ? 'Drag its middle or its rim to change it.'
      : 'Drag a point to move it, the middle between two to add one. Delete removes the picked point.';
  }
  if (sketch.type === 'Circle') {
    return sketch.center ? 'Click where its rim should be.' : 'Click on the middle of the circle.';
  }
  const points = ringAt(sketch, adding).length;
  const what = sketch.type === 'Corridor' ? 'line' : adding.ring > 0 ? 'hole' : 'area';
  if (points === 0) return `Click on the map to begin the ${what}.`;
  const needed = sketch.type === 'Corridor' ? 2 : 3;
  if (points < needed) return 'Click on the next point. Backspace takes the last one back.';
  return `Click on the next point; Enter or a click on the last one ends the ${what}.`;
}
