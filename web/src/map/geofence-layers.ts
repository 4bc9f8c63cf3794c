import type { ExpressionSpecification, GeoJSONSource, Map as MapLibreMap } from 'maplibre-gl';
import { type DrawnGeofence, geofenceFeature, labelFeature } from './geofence-features.ts';
import type { MapPalette } from './palette.ts';

const SOURCE = 'geofences';
const LABELS = 'geofence-labels';
const FILL = 'geofence-fill';
const LINES: readonly string[] = ['geofence-corridor', 'geofence-edge', 'geofence-corridor-edge'];
const NAMES = 'geofence-names';
const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

export interface GeofenceLayers {
  show(fences: readonly DrawnGeofence[]): void;
  /** Makes one stand out. */
  pick(id: string | null): void;
  /** The one under a point of the screen, the smallest of several; null for none. */
  under(point: { x: number; y: number }): string | null;
  /** Puts the layers into a style that has just been loaded, below `before`. */
  addTo(before: string | undefined): void;
}

/** Geofences by the colours of their kinds, areas and corridors alike. */
export function createGeofenceLayers(map: MapLibreMap, palette: () => MapPalette): GeofenceLayers {
  let collection: GeoJSON.FeatureCollection = EMPTY;
  let labels: GeoJSON.FeatureCollection = EMPTY;
  let picked: string | null = null;

  const emphasise = () => {
    if (!map.getLayer(FILL)) return;
    map.setPaintProperty(FILL, 'fill-opacity', whenPicked(picked, 0.22, 0.1));
    map.setPaintProperty('geofence-corridor', 'line-opacity', whenPicked(picked, 0.26, 0.13));
    map.setPaintProperty('geofence-edge', 'line-width', whenPicked(picked, 2.6, 1.4));
    map.setPaintProperty('geofence-corridor-edge', 'line-width', whenPicked(picked, 2.2, 1.2));
  };

  return {
    show(fences) {
      collection = { type: 'FeatureCollection', features: fences.map(geofenceFeature) };
      labels = { type: 'FeatureCollection', features: fences.map(labelFeature) };
      void map.getSource<GeoJSONSource>(SOURCE)?.setData(collection);
      void map.getSource<GeoJSONSource>(LABELS)?.setData(labels);
    },
    pick(id) {
      picked = id;
      emphasise();
    },
    under({ x, y }) {
      if (!map.getLayer(FILL)) return null;
      const hits = map.queryRenderedFeatures([x, y], { layers: [FILL, 'geofence-corridor'] });
      const id = hits[0]?.properties.id;
      return typeof id === 'string' ? id : null;
    },
    addTo(before) {
      if (!map.getSource(SOURCE))
        map.addSource(SOURCE, { type: 'geojson', data: collection, tolerance: 0.2 });
      if (!map.getSource(LABELS)) map.addSource(LABELS, { type: 'geojson', data: labels });
      for (const layer of layersOf(palette(), picked)) {
        if (!map.getLayer(layer.id)) map.addLayer(layer, layer.id === NAMES ? undefined : before);
      }
    },
  };
}

const whenPicked = (id: string | null, yes: number, no: number): ExpressionSpecification => [
  'case',
  ['==', ['get', 'id'], id ?? ''],
  yes,
  no,
];

type Layer = Parameters<MapLibreMap['addLayer']>[0];

function layersOf(palette: MapPalette, picked: string | null): Layer[] {
  const { fences } = palette;
  const colour: ExpressionSpecification = [
    'match',
    ['get', 'kind'],
    'depot',
    fences.depot,
    'home',
    fences.home,
    'territory',
    fences.territory,
    'forbidden',
    fences.forbidden,
    'border',
    fences.border,
    'low_speed',
    fences.low_speed,
    fences.other,
  ];
  // A pixel of zoom 0 is two of zoom 1: a width in metres is an exponential of the zoom.
  const width: ExpressionSpecification = [
    'interpolate',
    ['exponential', 2],
    ['zoom'],
    0,
    ['get', 'widthPx'],
    22,
    ['*', ['get', 'widthPx'], 2 ** 22],
  ];
  const isCorridor: ExpressionSpecification = ['==', ['geometry-type'], 'LineString'];
  const isArea: ExpressionSpecification = ['!', isCorridor];
  const round = { 'line-join': 'round', 'line-cap': 'round' } as const;
  const [corridor = '', edge = '', corridorEdge = ''] = LINES;
  return [
    {
      id: FILL,
      type: 'fill',
      source: SOURCE,
      filter: isArea,
      paint: { 'fill-color': colour, 'fill-opacity': whenPicked(picked, 0.22, 0.1) },
    },
    {
      id: corridor,
      type: 'line',
      source: SOURCE,
      filter: isCorridor,
      layout: round,
      paint: { 'line-color': colour, 'line-opacity': whenPicked(picked, 0.26, 0.13), 'line-width': width },
    },
    {
      id: edge,
      type: 'line',
      source: SOURCE,
      filter: isArea,
      layout: round,
      paint: { 'line-color': colour, 'line-opacity': 0.85, 'line-width': whenPicked(picked, 2.6, 1.4) },
    },
    {
      id: corridorEdge,
      type: 'line',
      source: SOURCE,
      filter: isCorridor,
      layout: round,
      paint: {
        'line-color': colour,
        'line-opacity': 0.85,
        'line-gap-width': width,
        'line-width': whenPicked(picked, 2.2, 1.2),
      },
    },
    {
      id: NAMES,
      type: 'symbol',
      source: LABELS,
      minzoom: 9,
      layout: {
        'text-field': ['get', 'name'],
        'text-font': ['Wayleave Medium'],
        'text-size': 12,
        'text-max-width': 9,
        'text-padding': 6,
      },
      paint: { 'text-color': colour, 'text-halo-color': palette.halo, 'text-halo-width': 1.4 },
    },
  ];
}
