import { type GeoJSONSource, type Map as MapLibreMap, type MapMouseEvent, Marker } from 'maplibre-gl';
import { drivenUntil, type Journey, whereaboutsAt } from '../replay/journey.ts';
import type { ReplayScene } from '../replay/replay-store.ts';
import { PHONE_BELOW_PX } from './camera.ts';
import type { MapPalette } from './palette.ts';
import { bandedGeoJson } from './speed-bands.ts';
import { fleetBounds } from './viewport.ts';

/** What lies over the map while a day is replayed, in pixels; on a phone a sheet over its lower part. */
const COVERED = { right: 372, bottom: 236 };
/** Of the window's height. */
const SHEET_SHARE = 0.5;
const MARGIN_PX = 56;
const FIT_MAX_ZOOM = 16;
const FIT_MS = 600;
/** The driven part is drawn anew so often; the marker moves with every frame. */
const DRIVEN_EVERY_MS = 80;
const PICK_PX = 9;

const WAY = 'replay-way';
const DRIVEN = 'replay-driven';
const ENDS = 'replay-ends';
const DOUBTFUL = 'replay-doubtful';

interface ReplayOverlayOptions {
  map: MapLibreMap;
  palette(): MapPalette;
  still(): boolean;
  /** The pointer came upon a doubtful fix, by the time of its fix, or left it. */
  onHover(fixTime: string | null, point: { x: number; y: number } | null): void;
  /** A doubtful fix was picked, or none. */
  onPick(fixTime: string | null): void;
}

export interface ReplayOverlay {
  /** Null: no replay; the fleet has the map. */
  show(scene: ReplayScene | null): void;
  active(): boolean;
  /** Brings the whole day into view. */
  fit(): void;
  /** Puts the layers into a style that has just been loaded, below `before`. */
  addTo(before: string | undefined): void;
  remove(): void;
}

/** A vehicle's day on the map: its way by speed, what was driven of it, the doubtful fixes, and the vehicle. */
export function createReplayOverlay(options: ReplayOverlayOptions): ReplayOverlay {
  const { map, palette } = options;
  let shown: ReplayScene | null = null;
  let framed = 0;
  let drivenTimer: ReturnType<typeof setTimeout> | undefined;
  const arrow = markerElement();
  const marker = new Marker({ element: arrow, rotationAlignment: 'map', subpixelPositioning: true });

  const setData = (source: string, features: GeoJSON.Feature[]) =>
    void map.getSource<GeoJSONSource>(source)?.setData({ type: 'FeatureCollection', features });

  const drawJourney = (journey: Journey) => {
    setData(WAY, bandedGeoJson(journey.lines).features);
    const first = journey.lines[0]?.[0];
    const last = journey.lines.at(-1)?.at(-1);
    setData(ENDS, [
      ...(first ? [pointFeature(first, { end: 'first' })] : []),
      ...(last && last !== first ? [pointFeature(last, { end: 'last' })] : []),
    ]);
  };

  const drawDriven = () => {
    drivenTimer = undefined;
    const lines = shown?.atMs ? drivenUntil(shown.journey, shown.atMs) : [];
    setData(DRIVEN, [
      { type: 'Feature', properties: {}, geometry: { type: 'MultiLineString', coordinates: lines } },
    ]);
  };

  const drawVehicle = () => {
    drivenTimer ??= setTimeout(drawDriven, DRIVEN_EVERY_MS);
    const at = shown?.atMs ? whereaboutsAt(shown.journey, shown.atMs) : null;
    if (!at) return void marker.remove();
    marker.setLngLat([at.lon, at.lat]).addTo(map);
    if (at.headingDeg !== null) marker.setRotation(at.headingDeg);
    arrow.dataset.rest = String(at.headingDeg === null || (at.speedKmh ?? 0) < 1);
  };

  const drawDoubtful = ({ doubtful, picked }: ReplayScene) =>
    setData(
      DOUBTFUL,
      doubtful.map((fix) => pointFeature(fix, { fixTime: fix.fixTime, picked: fix.fixTime === picked })),
    );

  const fit = ({ journey, doubtful }: ReplayScene) => {
    // A fix at 0° N 0° E would make the city a dot: doubtful ones count only when there are no others.
    const points = journey.vertices > 0 ? journey.lines.flat() : doubtful;
    const bounds = fleetBounds(points);
    if (!bounds) return;
    const phone = window.innerWidth <= PHONE_BELOW_PX;
    const padding = phone
      ? { top: 34, left: 28, right: 28, bottom: 22 + window.innerHeight * SHEET_SHARE }
      : {
          top: MARGIN_PX,
          left: MARGIN_PX,
          right: COVERED.right + MARGIN_PX + 20,
          bottom: COVERED.bottom + 30,
        };
    map.fitBounds(bounds, {
      padding,
      maxZoom: FIT_MAX_ZOOM,
      linear: true,
      duration: options.still() ? 0 : FIT_MS,
    });
  };

  const drawAll = (scene: ReplayScene) => {
    drawJourney(scene.journey);
    drawDoubtful(scene);
    drawVehicle();
  };

  const reveal = ({ doubtful, picked }: ReplayScene) => {
    const fix = doubtful.find(({ fixTime }) => fixTime === picked);
    if (!fix || map.getBounds().contains([fix.lon, fix.lat])) return;
    map.easeTo({ center: [fix.lon, fix.lat], duration: options.still() ? 0 : FIT_MS });
  };

  const fixUnder = ({ point: { x, y } }: MapMouseEvent): string | null => {
    if (!shown || !map.getLayer(DOUBTFUL)) return null;
    const box: [[number, number], [number, number]] = [
      [x - PICK_PX, y - PICK_PX],
      [x + PICK_PX, y + PICK_PX],
    ];
    const [feature] = map.queryRenderedFeatures(box, { layers: [DOUBTFUL] });
    return typeof feature?.properties.fixTime === 'string' ? feature.properties.fixTime : null;
  };
  map.on('mousemove', (event) => {
    if (!shown) return;
    const fixTime = fixUnder(event);
    map.getCanvas().style.cursor = fixTime ? 'pointer' : '';
    options.onHover(fixTime, fixTime ? event.point : null);
  });
  map.on('movestart', () => shown && options.onHover(null, null));
  map.on('click', (event) => shown && options.onPick(fixUnder(event)));

  return {
    active: () => shown !== null,
    fit: () => shown && fit(shown),
    show(scene) {
      const before = shown;
      shown = scene;
      if (!scene) {
        if (!before) return;
        for (const source of [WAY, DRIVEN, ENDS, DOUBTFUL]) setData(source, []);
        marker.remove();
        options.onHover(null, null);
        framed = 0;
        return;
      }
      if (!before || before.journey !== scene.journey) drawJourney(scene.journey);
      if (!before || before.doubtful !== scene.doubtful || before.picked !== scene.picked)
        drawDoubtful(scene);
      if (before && before.picked !== scene.picked) reveal(scene);
      if (!before || before.atMs !== scene.atMs || before.journey !== scene.journey) drawVehicle();
      if (scene.framed !== framed) {
        framed = scene.framed;
        fit(scene);
      }
    },
    addTo(before) {
      for (const source of [WAY, DRIVEN, ENDS, DOUBTFUL]) {
        if (!map.getSource(source)) map.addSource(source, { type: 'geojson', data: NOTHING });
      }
      for (const layer of layersOf(palette())) map.addLayer(layer, before);
      if (shown) drawAll(shown);
    },
    remove() {
      clearTimeout(drivenTimer);
      marker.remove();
    },
  };
}

const NOTHING = { type: 'FeatureCollection' as const, features: [] };

function layersOf(palette: MapPalette) {
  const round = { 'line-join': 'round', 'line-cap': 'round' } as const;
  const [crawling, slow, brisk, fast] = palette.speeds;
  return [
    {
      id: DRIVEN,
      type: 'line' as const,
      source: DRIVEN,
      layout: round,
      paint: { 'line-color': palette.track, 'line-opacity': 0.22, 'line-width': width(9, 15) },
    },
    {
      id: WAY,
      type: 'line' as const,
      source: WAY,
      layout: round,
      paint: {
        'line-color': ['match', ['get', 'band'], 0, crawling, 1, slow, 2, brisk, fast],
        'line-width': width(2, 4),
      },
    },
    {
      id: ENDS,
      type: 'circle' as const,
      source: ENDS,
      paint: {
        'circle-radius': 5,
        'circle-color': ['match', ['get', 'end'], 'first', palette.paper, palette.track],
        'circle-stroke-color': ['match', ['get', 'end'], 'first', palette.track, palette.paper],
        'circle-stroke-width': 2,
      },
    },
    {
      id: DOUBTFUL,
      type: 'circle' as const,
      source: DOUBTFUL,
      paint: {
        'circle-radius': ['case', ['get', 'picked'], 8, 5],
        // Hollow, and yet to be hit by a pointer in its middle.
        'circle-color': palette.doubtful,
        'circle-opacity': ['case', ['get', 'picked'], 0.35, 0.01],
        'circle-stroke-color': palette.doubtful,
        'circle-stroke-width': 2,
      },
    },
  ] as Parameters<MapLibreMap['addLayer']>[0][];
}

const width = (far: number, near: number) => ['interpolate', ['linear'], ['zoom'], 9, far, 15, near];

function pointFeature(
  { lon, lat }: { lon: number; lat: number },
  properties: Record<string, unknown>,
): GeoJSON.Feature {
  return { type: 'Feature', properties, geometry: { type: 'Point', coordinates: [lon, lat] } };
}

function markerElement(): HTMLElement {
  const element = document.createElement('div');
  element.className = 'replay-marker';
  element.innerHTML =
    '<svg viewBox="0 0 32 32" aria-hidden="true"><path d="M16 3 26.5 28.5 16 22.8 5.5 28.5Z"/><circle cx="16" cy="16" r="8"/></svg>';
  return element;
}
