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
import { createBaseStyle } from './base-style.ts';
import { createCamera } from './camera.ts';
import { createEventMarkers } from './event-markers.ts';
import { fitControl } from './fit-control.ts';
import { createFleetLayers, type FleetScene } from './fleet-layers.ts';
import type { FleetMap, FleetMapOptions, MapView } from './fleet-map-ports.ts';
import { createFleetMotion } from './fleet-motion.ts';
import { createGeofenceLayers } from './geofence-layers.ts';
import { viewBounds } from './graticule-labels.ts';
import { createGraticuleLayer } from './graticule-layer.ts';
import { latFromY, lonFromX, WORLD_PX_AT_ZOOM_0, xFromLon, yFromLat } from './mercator.ts';
import { glidePoint } from './motion.ts';
import { PALETTES } from './palette.ts';
import { createReplayOverlay } from './replay-overlay.ts';
import { LOOK_ALARM, LOOK_HIDDEN, LOOK_HOVERED, LOOK_SELECTED } from './shaders.ts';
import { FIRST_LABEL_LAYER } from './style.ts';
import { type TrackPoint, trackGeoJson, trackLines } from './track.ts';
import { contains, fleetBounds, wrapLon } from './viewport.ts';

setWorkerUrl(workerUrl);

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
  let critical: ReadonlySet<string> = new Set();
  let pickedEvent = false;

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
  const palette = () => scene.palette;
  const geofences = createGeofenceLayers(map, palette);
  const events = createEventMarkers(map, palette);

  const addFleet = () => {
    const before = map.getLayer(FIRST_LABEL_LAYER) ? FIRST_LABEL_LAYER : undefined;
    const { trails, vehicles: marks } = createFleetLayers(scene);
    if (!map.getSource(TRACK_SOURCE)) {
      map.addSource(TRACK_SOURCE, { type: 'geojson', data: trackGeoJson(track ? trackLines(track) : []) });
    }
    geofences.addTo(before);
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
    events.addTo();
    graticule.redraw();
  };

  const lookOf = (vehicle: FleetVehicle) => {
    const moving = (vehicle.position?.speedKmh ?? 0) >= MOVING_FROM_KMH;
    const calm = vehicle.state === 'alarm' ? (moving ? 'moving' : 'parked') : vehicle.state;
    let flags = vehicle.state === 'alarm' || critical.has(vehicle.id) ? LOOK_ALARM : 0;
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

  const relookAll = () => {
    for (const vehicle of vehicles.values()) motion.look(vehicle.id, lookOf(vehicle));
    map.triggerRepaint();
  };

  const pick = (event: MapMouseEvent, reachPx: number) => {
    const reach = reachPx / (WORLD_PX_AT_ZOOM_0 * 2 ** map.getZoom());
    return motion.nearest(xFromLon(event.lngLat.lng), yFromLat(event.lngLat.lat), reach, nowS())?.id ?? null;
  };

  const hover = (id: string | null, point: { x: number; y: number } | null) => {
    map.getCanvas().style.cursor = id || (point && events.under(point)) ? 'pointer' : '';
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
    panelOpen: () => selectedId !== null || pickedEvent,
    still: () => scene.still,
  });
  const replay = createReplayOverlay({
    map,
    palette,
    still: () => scene.still,
    onHover: options.onDoubtful,
    onPick: options.onPickDoubtful,
  });
  const base = createBaseStyle({
    map,
    styleUrl: options.styleUrl,
    palette,
    onReady: addFleet,
    onFailure: options.onStyleFailure,
  });
  const graticule = createGraticuleLayer(map, base.embedded);

  const view = (): MapView => {
    const { lng, lat } = map.getCenter();
    return { zoom: map.getZoom(), lat, lon: wrapLon(lng) };
  };

  map.on('moveend', () => options.onViewport(viewBounds(map), view()));
  map.on('click', (event) => {
    if (replay.active()) return;
    const eventId = events.under(event.point);
    if (eventId) return options.onEvent(eventId);
    const touch = (event.originalEvent as PointerEvent).pointerType === 'touch';
    const id = pick(event, touch ? PICK_TOUCH_PX : PICK_PX);
    if (id) options.onTaken();
    options.onSelect(id);
  });
  map.on('mousemove', (event) => {
    if (!replay.active()) hover(events.under(event.point) ? null : pick(event, PICK_PX), event.point);
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
      relookAll();
    },
    showTrack(points) {
      track = points;
      void map
        .getSource<GeoJSONSource>(TRACK_SOURCE)
        ?.setData(trackGeoJson(points ? trackLines(points) : []));
    },
    showGeofences: (fences) => geofences.show(fences),
    showEvents(shown, marked) {
      events.show(shown);
      if (marked === critical) return;
      critical = marked;
      relookAll();
    },
    pickEvent(event) {
      events.pick(event?.id ?? null);
      pickedEvent = event !== null;
      if (!event || event.lat === null || event.lon === null) return;
      options.onTaken();
      camera.show({ lon: event.lon, lat: event.lat });
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
      graticule.remove();
      map.remove();
    },
  };
}
