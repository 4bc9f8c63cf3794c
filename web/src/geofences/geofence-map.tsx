import { useEffect, useMemo, useRef, useState } from 'react';
import type { Geofence, GeofenceKind, LonLat } from '../api/geofence-types.ts';
import { useLatest } from '../console/hooks.ts';
import { boundsOfShapes } from '../map/geofence-features.ts';
import { createGeofenceLayers } from '../map/geofence-layers.ts';
import { viewBounds } from '../map/graticule-labels.ts';
import { usePlainMap } from '../map/use-plain-map.ts';
import type { Drawing, DrawingAction } from './drawing.ts';
import { type Handle, handlesOf, shapeOf } from './sketch.ts';
import { addSketchLayers, drawSketch } from './sketch-layers.ts';
import { attachSketchTool } from './sketch-tool.ts';

interface GeofenceMapProps {
  fences: readonly Geofence[];
  pickedId: string | null;
  /** What is drawn; the geofence of that id is then not shown as it was. */
  drawing: Drawing | null;
  kind: GeofenceKind;
  /** A place that the API found fault with. */
  fault: LonLat | null;
  /** Where the fleet is, for a map without geofences. */
  places: readonly { lat: number; lon: number }[];
  onAct(action: DrawingAction): void;
  onPick(id: string | null): void;
}

export function GeofenceMap(props: GeofenceMapProps) {
  const { fences, pickedId, drawing, kind, fault, places } = props;
  const latest = useLatest(props);
  const handles = useRef<readonly Handle[]>([]);
  const pointer = useRef<LonLat>(null);
  const frame = useRef(0);
  const layers = useRef<ReturnType<typeof createGeofenceLayers>>(null);
  const [crowded, setCrowded] = useState(false);
  const isDrawing = drawing !== null;
  const shown = useMemo(
    () => (isDrawing && pickedId !== null ? fences.filter(({ id }) => id !== pickedId) : fences),
    [fences, pickedId, isDrawing],
  );

  const { container, plain } = usePlainMap({
    label: 'Map of the geofences. Arrow keys move it, plus and minus zoom.',
    paddingPx: 70,
    onStyle(made, before) {
      layers.current = createGeofenceLayers(made.map, made.palette);
      layers.current.show(shown);
      layers.current.pick(pickedId);
      layers.current.addTo(before);
      addSketchLayers(made);
    },
  });

  useEffect(() => {
    if (!plain) return;
    const { map } = plain;
    const draw = () => {
      frame.current = 0;
      const current = latest.current;
      const found = current.drawing ? handlesOf(current.drawing.sketch, viewBounds(map)) : [];
      handles.current = found ?? [];
      setCrowded(found === null);
      drawSketch(map, {
        drawing: current.drawing,
        kind: current.kind,
        handles: handles.current,
        pointer: pointer.current,
        fault: current.fault,
      });
    };
    const drawSoon = () => {
      frame.current ||= requestAnimationFrame(draw);
    };
    const detach = attachSketchTool({
      map,
      drawing: () => latest.current.drawing,
      handles: () => handles.current,
      act: (action) => latest.current.onAct(action),
      onPointer(at) {
        pointer.current = at;
        if (latest.current.drawing?.adding) drawSoon();
      },
      onPick: (point) => latest.current.onPick(layers.current?.under(point) ?? null),
    });
    const onWanted = () => drawSoon();
    map.on('moveend', onWanted);
    map.on('style.load', onWanted);
    container.current?.addEventListener('sketch', onWanted);
    const element = container.current;
    drawSoon();
    return () => {
      detach();
      map.off('moveend', onWanted);
      map.off('style.load', onWanted);
      element?.removeEventListener('sketch', onWanted);
      cancelAnimationFrame(frame.current);
      frame.current = 0;
    };
  }, [plain, container, latest]);
  useEffect(() => {
    container.current?.dispatchEvent(new Event('sketch'));
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- what is drawn changed
  }, [container, drawing, kind, fault]);

  useEffect(() => {
    if (isDrawing) plain?.map.doubleClickZoom.disable();
    else {
      plain?.map.doubleClickZoom.enable();
      if (plain) plain.map.getCanvas().style.cursor = '';
    }
  }, [plain, isDrawing]);
  useEffect(() => layers.current?.show(shown), [shown]);
  useEffect(() => layers.current?.pick(pickedId), [pickedId]);

  // The whole of it once, and then what is picked.
  const framed = useRef<string | null>(null);
  useEffect(() => {
    if (!plain) return;
    const fence = fences.find(({ id }) => id === pickedId);
    const key = fence ? fence.id : fences.length > 0 ? 'all' : places.length > 0 ? 'fleet' : null;
    if (key === null || framed.current === key || (framed.current === 'all' && key === 'fleet')) return;
    // Closing one leaves the map where it is.
    if (key === 'all' && framed.current !== null && framed.current !== 'fleet') return;
    const bounds =
      key === 'fleet'
        ? boundsOfShapes([{ type: 'Polygon', coordinates: [places.map(({ lon, lat }) => [lon, lat])] }])
        : boundsOfShapes(fence ? [fence.shape] : fences.map(({ shape }) => shape));
    if (bounds && !latest.current.drawing?.adding) {
      plain.frame(bounds, { smoothly: framed.current !== null });
      framed.current = key;
    }
  }, [plain, fences, pickedId, places, latest]);
  useEffect(() => {
    if (!plain || !fault || plain.map.getBounds().contains(fault)) return;
    plain.map.easeTo({ center: fault });
  }, [plain, fault]);

  return (
    <section className="map-region" aria-label="Map">
      <div
        ref={container}
        className="map"
        data-testid="geofence-map"
        data-map-ready={plain !== null}
        data-shape={drawing ? (shapeOf(drawing.sketch)?.type ?? 'incomplete') : undefined}
      />
      {crowded && (
        <output className="map-notice">Zoom in to take hold of its points: there are too many here.</output>
      )}
    </section>
  );
}
