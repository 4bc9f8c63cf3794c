import type { Map as MapLibreMap, MapMouseEvent, MapTouchEvent } from 'maplibre-gl';
import type { LonLat } from '../api/geofence-types.ts';
import type { Drawing, DrawingAction } from './drawing.ts';
import { type Handle, ringAt } from './sketch.ts';

const REACH_PX = 11;
const REACH_TOUCH_PX = 24;
/** A second click so close to the last point ends the line, as a double click does. */
const SAME_PLACE_PX = 8;

interface SketchToolPorts {
  map: MapLibreMap;
  /** Null while nothing is drawn. */
  drawing(): Drawing | null;
  handles(): readonly Handle[];
  act(action: DrawingAction): void;
  /** Where the pointer is; null when it left the map. */
  onPointer(at: LonLat | null): void;
  /** Nothing is drawn, and a place was clicked. */
  onPick(point: { x: number; y: number }): void;
}

/** Draws and changes a sketch by mouse and touch. @returns what takes it off the map */
export function attachSketchTool({
  map,
  drawing,
  handles,
  act,
  onPointer,
  onPick,
}: SketchToolPorts): () => void {
  let drag: { from: Drawing; handle: Handle } | null = null;
  let dragEnded = false;

  const at = ({ lngLat }: MapMouseEvent | MapTouchEvent): LonLat => [lngLat.lng, lngLat.lat];
  const pixelsTo = (point: { x: number; y: number }, place: LonLat) => {
    const { x, y } = map.project(place);
    return Math.hypot(x - point.x, y - point.y);
  };
  const handleUnder = (point: { x: number; y: number }, reachPx: number): Handle | null => {
    let nearest: Handle | null = null;
    let nearestPx = reachPx;
    for (const handle of handles()) {
      // A point lies over a middle that is as near.
      const px = pixelsTo(point, handle.at) + (handle.kind === 'middle' ? 4 : 0);
      if (px <= nearestPx) [nearest, nearestPx] = [handle, px];
    }
    return nearest;
  };

  const begin = (event: MapMouseEvent | MapTouchEvent, reachPx: number) => {
    const current = drawing();
    if (!current || current.adding) return;
    const handle = handleUnder(event.point, reachPx);
    if (!handle) return;
    event.preventDefault();
    drag = { from: current, handle };
    map.dragPan.disable();
    if (handle.kind === 'point') act({ do: 'pick', point: handle });
  };
  const move = (event: MapMouseEvent | MapTouchEvent) => {
    const current = drawing();
    if (drag) return act({ do: 'drag', ...drag, to: at(event) });
    if (!current) return;
    const grip = current.adding ? null : handleUnder(event.point, REACH_PX);
    map.getCanvas().style.cursor = current.adding ? 'crosshair' : grip ? 'move' : '';
    onPointer(at(event));
    if (current.adding) act({ do: 'hover', at: at(event) });
  };
  const end = () => {
    if (!drag) return;
    drag = null;
    dragEnded = true;
    map.dragPan.enable();
  };
  const click = (event: MapMouseEvent) => {
    const current = drawing();
    // The click that ends a drag is not one upon the map.
    if (dragEnded) {
      dragEnded = false;
      if (current && !current.adding && handleUnder(event.point, REACH_PX)) return;
    }
    if (!current) return onPick(event.point);
    const { adding, sketch } = current;
    if (!adding) return act({ do: 'pick', point: null });
    const ring = sketch.type === 'Circle' ? [] : ringAt(sketch, adding);
    const [first, last] = [ring[0], ring.at(-1)];
    const endsAtLast = last !== undefined && pixelsTo(event.point, last) <= SAME_PLACE_PX;
    const closes =
      first !== undefined &&
      sketch.type === 'Polygon' &&
      ring.length > 2 &&
      pixelsTo(event.point, first) <= SAME_PLACE_PX;
    act(endsAtLast || closes ? { do: 'finish' } : { do: 'click', at: at(event) });
  };
  const remove = (event: MapMouseEvent) => {
    const current = drawing();
    if (!current) return;
    event.preventDefault();
    const handle = handleUnder(event.point, REACH_PX);
    if (current.adding) act({ do: 'back' });
    else if (handle?.kind === 'point') act({ do: 'remove', point: handle });
  };

  const mouseDown = (event: MapMouseEvent) => begin(event, REACH_PX);
  const touchStart = (event: MapTouchEvent) => begin(event, REACH_TOUCH_PX);
  const leave = () => onPointer(null);
  map.on('mousedown', mouseDown);
  map.on('touchstart', touchStart);
  map.on('mousemove', move);
  map.on('touchmove', move);
  map.on('mouseup', end);
  map.on('touchend', end);
  map.on('touchcancel', end);
  map.on('mouseout', leave);
  map.on('click', click);
  map.on('contextmenu', remove);
  // The button may be let go outside of the map.
  addEventListener('mouseup', end);
  return () => {
    removeEventListener('mouseup', end);
    map.off('mousedown', mouseDown);
    map.off('touchstart', touchStart);
    map.off('mousemove', move);
    map.off('touchmove', move);
    map.off('mouseup', end);
    map.off('touchend', end);
    map.off('touchcancel', end);
    map.off('mouseout', leave);
    map.off('click', click);
    map.off('contextmenu', remove);
  };
}
