import {
  AttributionControl,
  type GeoJSONSource,
  Map as MapLibreMap,
  type MapMouseEvent,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { Bounds } from '../api/types.ts';
import { MOVING_FROM_KMH, type VehicleState } from '../live/classify.ts';
import type { FleetVehicle } from '../live/fleet.ts';
import type { ReplayScene } from '../replay/replay-store.ts';
import { createBaseStyle } from './base-style.ts';
import { createCamera } from './camera.ts';
import { fitControl } from './fit-control.ts';
import { createFleetLayers, type FleetScene } from './fleet-layers.ts';
import { createFleetMotion } from './fleet-motion.ts';
import { graticuleGeoJson } from './graticule.ts';
import { createGraticuleLabels, viewBounds } from './graticule-labels.ts';
import { latFromY, lonFromX, WORLD_PX_AT_ZOOM_0, xFromLon, yFromLat } from './mercator.ts';
import { glidePoint } from './motion.ts';
import { PALETTES, type Theme } from './palette.ts';
import { createReplayOverlay } from './replay-overlay.ts';
import { LOOK_ALARM, LOOK_HIDDEN, LOOK_HOVERED, LOOK_SELECTED } from './shaders.ts';
import { FIRST_LABEL_LAYER, GRATICULE_SOURCE } from './style.ts';
import { type TrackPoint, trackGeoJson, trackLines } from './track.ts';
import { contains, fleetBounds, wrapLon } from './viewport.ts';

setWorkerUrl(workerUrl);

export interface MapView {
  zoom: number;
  lat: number;
  lon: number;
}

export interface FleetMapOptions {
  container: HTMLElement;
  theme: Theme;
  still: boolean;
  /** A real map; when it cannot be loaded the embedded one takes its place. */
  styleUrl: string | null;
  view: MapView | null;
  onSelect(id: string | null): void;
  onHover(id: string | null, point: { x: number; y: number } | null): void;
  /** The viewport has come to rest, or moves with a vehicle that is followed. */
  onViewport(bounds: Bounds, view: MapView): void;
  /** The button that frames the fleet was pressed. */
  onFit(): void;
  /** The operator moved the map, picked a vehicle or had one brought into view. */
  onTaken(): void;
  /** The operator moved the map away from the vehicle that is followed. */
  onFollowEnd(): void;
  onStyleFailure(): void;
  /** The pointer is upon a doubtful fix of the day that is replayed, by the time of its fix. */
  onDoubtful(fixTime: string | null, point: { x: number; y: number } | null): void;
  onPickDoubtful(fixTime: string | null): void;
}

export interface FleetMap {
  update(vehicles: Iterable<FleetVehicle>): void;
  select(id: string | null): void;
  follow(id: string | null): void;
  filter(wanted: ReadonlySet<VehicleState>): void;
  showTrack(points: readonly TrackPoint[] | null): void;
  /** Shows a vehicle's day in place of the fleet; null brings the fleet back. */
  replay(scene: ReplayScene | null): void;
  addHistory(id: string, points: readonly TrackPoint[], serverNowMs: number): void;
  fit(vehicles: Iterable<FleetVehicle>, how: { smoothly: boolean }): void;
  /** Brings a vehicle into view, close enough to see the street. */
  flyTo(id: string): void;
  setTheme(theme: Theme): void;
  setStill(still: boolean): void;
  viewport(): Bounds;
  /** How many vehicles that are not filtered out are drawn inside the viewport. */
  visibleCount(): number;
  destroy(): void;
}

const SHAPES: Record<Exclude<VehicleState, 'alarm'>, number> = {
  moving: 0,
  idling: 1,
  parked: 2,
  offline: 3,
};
const PICK_PX = 16;
const PICK_TOUCH_PX = 26;
const FIT_MAX_ZOOM = 14;
const FIT_MS = 700;
const TRACK_SOURCE = 'track';

export function createFleetMap(options: FleetMapOptions): FleetMap {
  const motion = createFleetMotion(LOOK_HIDDEN);
  let originMs = performance.now();
  const nowS = () => (performance.now() - originMs) / 1000;
  let theme = options.theme;
  const scene: FleetScene = { motion, palette: PALETTES[theme], still: options.still, hidden: false, nowS };
  const vehicles = new Map<string, FleetVehicle>();
  let selectedId: string | null = null;
  let hoveredId: string | null = null;
  let wanted: ReadonlySet<VehicleState> = new Set();
  let track: readonly TrackPoint[] | null = null;
  let drawnGraticule = '';

  const map = new MapLibreMap({
    container: options.container,
    style: { version: 8, sources: {}, layers: [] },
    center: options.view ? [options.view.lon, options.view.lat] : [20, 8],
    zoom: options.view?.zoom ?? 2,
    attributionControl: false,
    // Vehicles are flat marks that are picked on the plane; a tilted map would not match them.
    maxPitch: 0,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: options.still ? 0 : 200,
    validateStyle: false,
    localIdeographFontFamily: 'sans-serif',
  });
  map.addControl(new AttributionControl({ compact: true }), 'bottom-right');
  map.addControl(new NavigationControl({ visualizePitch: false }), 'bottom-right');
  map.addControl(
    fitControl(() => (replay.active() ? replay.fit() : options.onFit())),
    'bottom-right',
  );
  map.addControl(new ScaleControl({ maxWidth: 120 }), 'bottom-left');
  map.getCanvas().setAttribute('aria-label', 'Map of the fleet. Arrow keys move it, plus and minus zoom.');
  const labels = createGraticuleLabels(map);

  const addFleet = () => {
    const before = map.getLayer(FIRST_LABEL_LAYER) ? FIRST_LABEL_LAYER : undefined;
    const { trails, vehicles: marks } = createFleetLayers(scene);
    if (!map.getSource(TRACK_SOURCE)) {
      map.addSource(TRACK_SOURCE, { type: 'geojson', data: trackGeoJson(track ? trackLines(track) : []) });
    }
    map.addLayer(trails, before);
    map.addLayer(
      {
        id: 'track',
        type: 'line',
        source: TRACK_SOURCE,
        layout: { 'line-join': 'round', 'line-cap': 'round' },
        paint: {
          'line-color': scene.palette.track,
          'line-opacity': 0.85,
          'line-width': ['interpolate', ['linear'], ['zoom'], 8, 1.5, 15, 3.5],
        },
      },
      before,
    );
    replay.addTo(before);
    map.addLayer(marks);
    drawnGraticule = '';
    drawGraticule();
  };

  const drawGraticule = () => {
    if (!base.embedded()) return;
    const lines = labels.update();
    const source = map.getSource<GeoJSONSource>(GRATICULE_SOURCE);
    const key = `${lines.stepDeg}|${lines.meridians.join()}|${lines.parallels.join()}`;
    if (!source || drawnGraticule === key) return;
    drawnGraticule = key;
    const [west, south, east, north] = viewBounds(map);
    const margin = Math.max(east - west, north - south);
    void source.setData(
      graticuleGeoJson(lines, [west - margin, south - margin, east + margin, north + margin]),
    );
  };

  const lookOf = (vehicle: FleetVehicle) => {
    const moving = (vehicle.position?.speedKmh ?? 0) >= MOVING_FROM_KMH;
    const calm = vehicle.state === 'alarm' ? (moving ? 'moving' : 'parked') : vehicle.state;
    let flags = vehicle.state === 'alarm' ? LOOK_ALARM : 0;
    if (vehicle.id === selectedId) flags |= LOOK_SELECTED;
    if (vehicle.id === hoveredId) flags |= LOOK_HOVERED;
    if (wanted.size > 0 && !wanted.has(vehicle.state) && vehicle.id !== selectedId) flags |= LOOK_HIDDEN;
    return { shape: SHAPES[calm], flags };
  };

  const relook = (id: string | null) => {
    const vehicle = id ? vehicles.get(id) : undefined;
    if (vehicle) motion.look(vehicle.id, lookOf(vehicle));
    map.triggerRepaint();
  };

  const pick = (event: MapMouseEvent, reachPx: number) => {
    const reach = reachPx / (WORLD_PX_AT_ZOOM_0 * 2 ** map.getZoom());
    return motion.nearest(xFromLon(event.lngLat.lng), yFromLat(event.lngLat.lat), reach, nowS())?.id ?? null;
  };

  const hover = (id: string | null, point: { x: number; y: number } | null) => {
    map.getCanvas().style.cursor = id ? 'pointer' : '';
    if (id !== hoveredId) {
      const before = hoveredId;
      hoveredId = id;
      relook(before);
      relook(id);
    } else if (!id) {
      return;
    }
    options.onHover(id, id ? point : null);
  };

  const drawnAt = (id: string) => {
    const mark = motion.marks.get(id);
    if (!mark) return null;
    const { x, y } = glidePoint(mark.glide, nowS());
    return { lon: lonFromX(x), lat: latFromY(y) };
  };

  const camera = createCamera({
    map,
    drawnAt,
    panelOpen: () => selectedId !== null,
    still: () => scene.still,
  });
  const replay = createReplayOverlay({
    map,
    palette: () => scene.palette,
    still: () => scene.still,
    onHover: options.onDoubtful,
    onPick: options.onPickDoubtful,
  });
  const base = createBaseStyle({
    map,
    styleUrl: options.styleUrl,
    palette: () => scene.palette,
    onReady: addFleet,
    onFailure: options.onStyleFailure,
  });

  const view = (): MapView => {
    const { lng, lat } = map.getCenter();
    return { zoom: map.getZoom(), lat, lon: wrapLon(lng) };
  };

  map.on('move', drawGraticule);
  map.on('resize', drawGraticule);
  map.on('moveend', () => options.onViewport(viewBounds(map), view()));
  map.on('click', (event) => {
    if (replay.active()) return;
    const touch = (event.originalEvent as PointerEvent).pointerType === 'touch';
    const id = pick(event, touch ? PICK_TOUCH_PX : PICK_PX);
    if (id) options.onTaken();
    options.onSelect(id);
  });
  map.on('mousemove', (event) => {
    if (!replay.active()) hover(pick(event, PICK_PX), event.point);
  });
  map.on('mouseout', () => hover(null, null));
  // A map that moves under a resting pointer leaves the label pointing at nothing.
  map.on('movestart', (event) => {
    hover(null, null);
    // A drag, a wheel, a key or a button, and not a movement that the page makes by itself.
    if (event.originalEvent) options.onTaken();
  });
  for (const taken of ['dragstart', 'rotatestart'] as const) {
    map.on(taken, (event) => {
      if (event.originalEvent && camera.following()) options.onFollowEnd();
    });
  }
  const clock = setInterval(() => {
    originMs += motion.rebase(nowS()) * 1000;
  }, 60_000);
  void base.apply(scene.palette);

  return {
    update(changed) {
      const now = nowS();
      for (const vehicle of changed) {
        vehicles.set(vehicle.id, vehicle);
        const { position } = vehicle;
        if (!position) continue;
        const { lon, lat, headingDeg, speedKmh, fixTimeMs } = position;
        const report = { x: xFromLon(lon), y: yFromLat(lat), headingDeg, speedKmh, fixTimeMs };
        motion.report(vehicle.id, report, lookOf(vehicle), now, scene.still);
      }
      map.triggerRepaint();
    },
    select(id) {
      const before = selectedId;
      selectedId = id;
      relook(before);
      relook(id);
    },
    follow(id) {
      if (id) options.onTaken();
      camera.follow(id);
    },
    filter(next) {
      wanted = next;
      for (const vehicle of vehicles.values()) motion.look(vehicle.id, lookOf(vehicle));
      map.triggerRepaint();
    },
    showTrack(points) {
      track = points;
      void map
        .getSource<GeoJSONSource>(TRACK_SOURCE)
        ?.setData(trackGeoJson(points ? trackLines(points) : []));
    },
    replay(next) {
      if (next && !replay.active()) options.onTaken();
      replay.show(next);
      scene.hidden = next !== null;
      map.triggerRepaint();
    },
    addHistory(id, points, serverNowMs) {
      const now = nowS();
      const placed = points
        .map(({ lon, lat, fixTimeMs }) => ({
          x: xFromLon(lon),
          y: yFromLat(lat),
          atS: now - (serverNowMs - fixTimeMs) / 1000,
        }))
        .sort((a, b) => a.atS - b.atS);
      motion.addHistory(id, placed);
      map.triggerRepaint();
    },
    fit(all, { smoothly }) {
      const points: { lon: number; lat: number }[] = [];
      for (const { position } of all) if (position) points.push(position);
      const bounds = fleetBounds(points);
      if (!bounds) return;
      const padding = Math.min(90, options.container.clientWidth * 0.12);
      const duration = smoothly && !scene.still ? FIT_MS : 0;
      map.fitBounds(bounds, { padding, maxZoom: FIT_MAX_ZOOM, linear: true, duration });
    },
    flyTo(id) {
      options.onTaken();
      camera.flyTo(id);
    },
    setTheme(next) {
      if (next === theme) return;
      theme = next;
      scene.palette = PALETTES[next];
      if (base.embedded()) void base.apply(scene.palette);
      else map.triggerRepaint();
    },
    setStill(still) {
      scene.still = still;
    },
    viewport: () => viewBounds(map),
    visibleCount() {
      const [west, south, east, north] = viewBounds(map);
      const bounds: Bounds =
        east - west >= 360 ? [-180, south, 180, north] : [wrapLon(west), south, wrapLon(east), north];
      let visible = 0;
      for (const { id, position } of vehicles.values()) {
        if (!position || (motion.marks.get(id)?.flags ?? 0) & LOOK_HIDDEN) continue;
        if (contains(bounds, position.lon, position.lat)) visible++;
      }
      return visible;
    },
    destroy() {
      clearInterval(clock);
      camera.stop();
      replay.remove();
      labels.remove();
      map.remove();
    },
  };
}
