import { basemapUrl } from 'virtual:basemap-url';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { PLACES } from './places.ts';
import { unwrapGeometry } from './unwrap.ts';

interface BasemapFile {
  world: Topology<{ land: GeometryCollection; countries: GeometryCollection }>;
  water: Topology<{ lakes: GeometryCollection; rivers: GeometryCollection }>;
  labels: { name: string; lon: number; lat: number; area: number }[];
}

export type Basemap = Awaited<ReturnType<typeof loadBasemap>>;

let loading: ReturnType<typeof fetchBasemap> | null = null;

/** The embedded base map as GeoJSON; fetched and unpacked once. */
export function loadBasemap() {
  loading ??= fetchBasemap();
  return loading;
}

async function fetchBasemap() {
  const response = await fetch(basemapUrl);
  if (!response.ok) throw new Error(`The base map answered ${response.status}`);
  const { world, water, labels } = (await response.json()) as BasemapFile;
  return {
    land: unwrapped(feature(world, world.objects.land)),
    borders: unwrapGeometry(mesh(world, world.objects.countries as never, (a, b) => a !== b)),
    coast: unwrapGeometry(mesh(world, world.objects.land as never)),
    lakes: feature(water, water.objects.lakes),
    rivers: feature(water, water.objects.rivers),
    countries: points(labels.map(({ name, lon, lat, area }) => ({ lon, lat, properties: { name, area } }))),
    places: points(PLACES.map(([name, lat, lon, rank]) => ({ lon, lat, properties: { name, rank } }))),
  };
}

function unwrapped<Collection extends { features: { geometry: { type: string } }[] }>(
  collection: Collection,
): Collection {
  const features = collection.features.map((item) => ({ ...item, geometry: unwrapGeometry(item.geometry) }));
  return { ...collection, features };
}

function points(items: { lon: number; lat: number; properties: Record<string, string | number> }[]) {
  return {
    type: 'FeatureCollection' as const,
    features: items.map(({ lon, lat, properties }) => ({
      type: 'Feature' as const,
      properties,
      geometry: { type: 'Point' as const, coordinates: [lon, lat] },
    })),
  };
}
