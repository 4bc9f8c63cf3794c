import type { ExpressionSpecification, StyleSpecification } from 'maplibre-gl';
import type { Basemap } from './basemap.ts';
import type { MapPalette } from './palette.ts';

/** The vehicle layers go below this one, so that names stay readable over trails. */
export const FIRST_LABEL_LAYER = 'country-names';
export const GRATICULE_SOURCE = 'graticule';

const EMPTY = { type: 'FeatureCollection' as const, features: [] };

/**
 * A 1:50m coast is kilometres off in a street. So that nobody sees a vehicle in the sea that is not there,
 * sea and land fade into plain paper before the map gets that close, and the graticule takes over.
 */
const FADE_FROM_ZOOM = 8;
const FADE_TO_ZOOM = 10.5;

const fading = (from: string, to: string): ExpressionSpecification => [
  'interpolate',
  ['linear'],
  ['zoom'],
  FADE_FROM_ZOOM,
  from,
  FADE_TO_ZOOM,
  to,
];
const vanishing = (opacity: number, from = FADE_FROM_ZOOM, to = FADE_TO_ZOOM): ExpressionSpecification => [
  'interpolate',
  ['linear'],
  ['zoom'],
  from,
  opacity,
  to,
  0,
];

export function embeddedStyle(basemap: Basemap, palette: MapPalette): StyleSpecification {
  return {
    version: 8,
    sources: {
      land: { type: 'geojson', data: basemap.land, attribution: 'Natural Earth', maxzoom: 9 },
      coast: { type: 'geojson', data: basemap.coast, maxzoom: 9 },
      borders: { type: 'geojson', data: basemap.borders, maxzoom: 12 },
      lakes: { type: 'geojson', data: basemap.lakes, maxzoom: 9 },
      rivers: { type: 'geojson', data: basemap.rivers, maxzoom: 9 },
      countries: { type: 'geojson', data: basemap.countries, maxzoom: 8 },
      places: { type: 'geojson', data: basemap.places, maxzoom: 12 },
      [GRATICULE_SOURCE]: { type: 'geojson', data: EMPTY },
    },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': fading(palette.sea, palette.paper) } },
      {
        id: 'land',
        type: 'fill',
        source: 'land',
        paint: { 'fill-color': fading(palette.land, palette.paper), 'fill-antialias': false },
      },
      {
        id: 'rivers',
        type: 'line',
        source: 'rivers',
        minzoom: 3,
        paint: {
          'line-color': palette.river,
          'line-width': ['interpolate', ['linear'], ['zoom'], 3, 0.4, 8, 1.6],
          'line-opacity': vanishing(0.9, 7, 9),
        },
      },
      {
        id: 'lakes',
        type: 'fill',
        source: 'lakes',
        paint: { 'fill-color': palette.sea, 'fill-opacity': vanishing(1, 7.5, 9.5) },
      },
      {
        id: 'coast',
        type: 'line',
        source: 'coast',
        paint: {
          'line-color': palette.coast,
          'line-width': ['interpolate', ['linear'], ['zoom'], 1, 0.5, 7, 1.2],
          'line-opacity': vanishing(1),
        },
      },
      {
        id: 'borders',
        type: 'line',
        source: 'borders',
        layout: { 'line-join': 'round' },
        paint: {
          'line-color': palette.border,
          'line-width': ['interpolate', ['linear'], ['zoom'], 1, 0.5, 8, 1.4],
          'line-opacity': vanishing(1, 9, 11),
        },
      },
      {
        id: 'graticule',
        type: 'line',
        source: GRATICULE_SOURCE,
        paint: {
          'line-color': palette.grid,
          'line-width': 0.75,
          'line-opacity': ['interpolate', ['linear'], ['zoom'], 2, 0.08, 9, 0.14, 11, 0.22],
        },
      },
      {
        id: FIRST_LABEL_LAYER,
        type: 'symbol',
        source: 'countries',
        minzoom: 1.5,
        maxzoom: 8,
        filter: ['>=', ['get', 'area'], ['step', ['zoom'], 120, 3, 25, 4, 6, 5, 0]],
        layout: {
          'text-field': ['upcase', ['get', 'name']],
          'text-font': ['Wayleave Medium'],
          'text-size': ['interpolate', ['linear'], ['zoom'], 2, 9.5, 6, 13],
          'text-letter-spacing': 0.16,
          'text-max-width': 7,
          'text-padding': 6,
          'symbol-sort-key': ['-', 0, ['get', 'area']],
        },
        paint: {
          'text-color': palette.countryName,
          'text-halo-color': palette.halo,
          'text-halo-width': 1,
          'text-opacity': vanishing(1, 6, 8),
        },
      },
      {
        id: 'place-names',
        type: 'symbol',
        source: 'places',
        minzoom: 3,
        maxzoom: 14,
        filter: ['<=', ['get', 'rank'], ['step', ['zoom'], 1, 4.5, 2, 6, 3]],
        layout: {
          'text-field': ['get', 'name'],
          'text-font': ['Wayleave Medium'],
          'text-size': [
            'interpolate',
            ['linear'],
            ['zoom'],
            3,
            ['match', ['get', 'rank'], 1, 11, 10],
            9,
            15,
            12,
            21,
          ],
          'text-letter-spacing': ['interpolate', ['linear'], ['zoom'], 8, 0.01, 11, 0.14],
          'text-padding': 4,
          'symbol-sort-key': ['get', 'rank'],
        },
        paint: {
          'text-color': palette.cityName,
          'text-halo-color': palette.halo,
          'text-halo-width': 1.2,
          'text-opacity': ['interpolate', ['linear'], ['zoom'], 9, 1, 11, 0.5, 13, 0.3, 14, 0],
        },
      },
    ],
  };
}
