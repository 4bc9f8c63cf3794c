import type { ExpressionSpecification, GeoJSONSource, Map as MapLibreMap } from 'maplibre-gl';
import type { GeofenceKind, LonLat } from '../api/geofence-types.ts';
import { geofenceFeature } from '../map/geofence-features.ts';
import type { PlainMap } from '../map/plain-map.ts';
import type { Drawing } from './drawing.ts';
import { type Handle, ringAt, shapeOf } from './sketch.ts';

const AREA = 'sketch-area';
const LINE = 'sketch-line';
const HANDLES = 'sketch-handles';
const FAULT = 'sketch-fault';

/** Puts the layers of a sketch on top of a style that has just been loaded. */
export function addSketchLayers({ map, palette }: PlainMap): void {
  const { halo, fences, doubtful } = palette();
  const empty: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };
  for (const source of [AREA, LINE, HANDLES, FAULT])
    map.addSource(source, { type: 'geojson', data: empty, tolerance: 0.1 });
  const colour: ExpressionSpecification = [
    'match',
    ['get', 'kind'],
    ...Object.entries(fences).flatMap(([kind, of]) => [kind, of]),
    fences.other,
  ] as unknown as ExpressionSpecification;
  const width: ExpressionSpecification = [
    'interpolate',
    ['exponential', 2],
    ['zoom'],
    0,
    ['coalesce', ['get', 'widthPx'], 0],
    22,
    ['*', ['coalesce', ['get', 'widthPx'], 0], 2 ** 22],
  ];
  const isCorridor: ExpressionSpecification = ['==', ['geometry-type'], 'LineString'];
  const round = { 'line-join': 'round', 'line-cap': 'round' } as const;
  map.addLayer({
    id: AREA,
    type: 'fill',
    source: AREA,
    filter: ['!', isCorridor],
    paint: { 'fill-color': colour, 'fill-opacity': 0.18 },
  });
  map.addLayer({
    id: `${AREA}-edge`,
    type: 'line',
    source: AREA,
    filter: ['!', isCorridor],
    layout: round,
    paint: { 'line-color': colour, 'line-width': 2.2 },
  });
  map.addLayer({
    id: `${AREA}-corridor`,
    type: 'line',
    source: AREA,
    filter: isCorridor,
    layout: round,
    paint: { 'line-color': colour, 'line-opacity': 0.22, 'line-width': width },
  });
  map.addLayer({
    id: LINE,
    type: 'line',
    source: LINE,
    layout: round,
    paint: {
      'line-color': colour,
      'line-width': 2,
      'line-dasharray': ['case', ['get', 'pending'], ['literal', [1, 2]], ['literal', [1, 0]]],
    },
  });
  map.addLayer({
    id: FAULT,
    type: 'circle',
    source: FAULT,
    paint: {
      'circle-radius': 13,
      'circle-color': doubtful,
      'circle-opacity': 0.2,
      'circle-stroke-color': doubtful,
      'circle-stroke-width': 2.5,
    },
  });
  map.addLayer({
    id: HANDLES,
    type: 'circle',
    source: HANDLES,
    paint: {
      'circle-radius': ['match', ['get', 'handle'], 'middle', 4, ['case', ['get', 'picked'], 8, 6]],
      'circle-color': [
        'match',
        ['get', 'handle'],
        'middle',
        colour,
        ['case', ['get', 'picked'], colour, halo],
      ],
      'circle-opacity': ['match', ['get', 'handle'], 'middle', 0.55, 1],
      'circle-stroke-color': ['match', ['get', 'handle'], 'middle', halo, colour],
      'circle-stroke-width': ['match', ['get', 'handle'], 'middle', 1, 2.2],
    },
  });
}

interface Drawn {
  drawing: Drawing | null;
  kind: GeofenceKind;
  handles: readonly Handle[];
  /** Where the pointer is, while points are added. */
  pointer: LonLat | null;
  /** A place that the API found fault with. */
  fault: LonLat | null;
}

/** Draws a sketch into the layers of {@link addSketchLayers}. */
export function drawSketch(map: MapLibreMap, { drawing, kind, handles, pointer, fault }: Drawn): void {
  const set = (source: string, features: GeoJSON.Feature[]) =>
    void map.getSource<GeoJSONSource>(source)?.setData({ type: 'FeatureCollection', features });
  set(FAULT, fault ? [pointFeature(fault, {})] : []);
  if (!drawing) {
    for (const source of [AREA, LINE, HANDLES]) set(source, []);
    return;
  }
  const { sketch, adding, picked } = drawing;
  const shape = shapeOf(sketch);
  set(AREA, shape ? [geofenceFeature({ id: '', name: '', kind, shape })] : []);
  const ring = adding && sketch.type !== 'Circle' ? ringAt(sketch, adding) : [];
  const last = ring.at(-1);
  const isAdding = (part: number, at: number) => adding?.part === part && adding.ring === at;
  // Lines of their own: of an area that crosses itself the map may fill nothing.
  const outlines =
    sketch.type === 'Polygon'
      ? sketch.parts.flatMap((rings, part) =>
          rings.filter((each, at) => each.length > 1 && !isAdding(part, at)),
        )
      : [];
  set(LINE, [
    ...outlines.map((each) => lineFeature([...each, each[0]!], kind, false)),
    ...(sketch.type === 'Corridor' && sketch.line.length > 1 ? [lineFeature(sketch.line, kind, false)] : []),
    ...(ring.length > 1 ? [lineFeature(ring, kind, false)] : []),
    ...(last && pointer ? [lineFeature([last, pointer], kind, true)] : []),
  ]);
  set(
    HANDLES,
    handles.map(({ kind: handle, at, part, ring: ringIndex, index }) => {
      const isPicked =
        handle === 'point' && picked?.part === part && picked.ring === ringIndex && picked.index === index;
      return pointFeature(at, { handle, kind, picked: isPicked });
    }),
  );
}

const pointFeature = (coordinates: LonLat, properties: Record<string, unknown>): GeoJSON.Feature => ({
  type: 'Feature',
  properties,
  geometry: { type: 'Point', coordinates },
});

const lineFeature = (points: readonly LonLat[], kind: GeofenceKind, pending: boolean): GeoJSON.Feature => ({
  type: 'Feature',
  properties: { kind, pending },
  geometry: { type: 'LineString', coordinates: points.map((point) => [...point]) },
});
