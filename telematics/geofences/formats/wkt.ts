import { CodedError } from '@wayleave/runtime/errors.ts';
import type { Coordinates } from '../geofence.ts';
import { createCollector } from './collector.ts';
import type { ExportedGeofence, GeofenceFormat, ImportReading, ReadOptions } from './format.ts';
import { type Properties, propertiesOf } from './properties.ts';
import { createWktReader } from './wkt-reader.ts';

/*
 * Well-known text, a geofence a line: the geometry, and after tabs its name and what else it has, as
 * `key=value` under the names of geojson.ts:
 *
 *     POLYGON ((32.5 0.3, 32.6 0.3, 32.6 0.4, 32.5 0.3))<tab>Depot<tab>kind=depot<tab>speedLimitKmh=20
 *
 * Longitude comes first, as everywhere here, unless the reader is told otherwise. A geometry may lead over
 * several lines; blank lines and those that begin with # are left out.
 */
export const wkt: GeofenceFormat = {
  contentType: 'text/plain; charset=utf-8',
  fileExtension: 'wkt',
  read: readWkt,
  head: '',
  separator: '\n',
  write: writeWkt,
  tail: '\n',
};

/** After a geometry that fails, reading goes on with the next line. */
export function readWkt(text: string, options: ReadOptions): ImportReading {
  const collector = createCollector(text, options);
  const reader = createWktReader(text.startsWith('\uFEFF') ? text.slice(1) : text, options.isLatLon ?? false);
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  while (skipBlank(source, reader)) {
    const lineEnd = endOfLine(source, reader.at);
    const [, ...ownColumns] = source.slice(reader.at, Math.min(lineEnd, reader.at + 100_000)).split('\t', 20);
    let columns = ownColumns;
    const drawn = attempt(() => reader.readGeometry());
    if (drawn instanceof CodedError) reader.at = Math.max(lineEnd, startOfLine(source, reader.at));
    else {
      const end = endOfLine(source, reader.at);
      columns = source.slice(reader.at, end).trim().split('\t', 20);
      reader.at = end;
    }
    const [name, ...pairs] = columns;
    collector.add(name, propertiesFrom(pairs), () => {
      if (drawn instanceof CodedError) throw drawn;
      return drawn;
    });
  }
  return collector.reading;
}

function attempt<Result>(read: () => Result): Result | CodedError {
  try {
    return read();
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
}

/** On to the next line with something in it; false at the end. */
function skipBlank(text: string, reader: { at: number }): boolean {
  while (reader.at < text.length) {
    const rest = /\s*/y;
    rest.lastIndex = reader.at;
    rest.exec(text);
    reader.at = rest.lastIndex;
    if (text[reader.at] !== '#') break;
    reader.at = endOfLine(text, reader.at);
  }
  return reader.at < text.length;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

const startOfLine = (text: string, at: number) => text.lastIndexOf('\n', at - 1) + 1;

function propertiesFrom(pairs: readonly string[]): Properties {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0 ? [pair, ''] : [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
    }),
  );
}

/** A line. */
export function writeWkt(geofence: ExportedGeofence): string {
  const pairs = Object.entries(propertiesOf(geofence)).filter(
    ([key]) => key !== 'radiusM' || geofence.shape.type !== 'Circle',
  );
  const columns = pairs.map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [geometryText(geofence), geofence.name, ...columns].join('\t');
}

function geometryText({ shape }: ExportedGeofence): string {
  switch (shape.type) {
    case 'Circle':
      return `CIRCLE (${shape.center.join(' ')}, ${shape.radiusM})`;
    case 'Polygon':
      return `POLYGON ${polygonText(shape.coordinates)}`;
    case 'MultiPolygon':
      return `MULTIPOLYGON (${shape.coordinates.map(polygonText).join(', ')})`;
    case 'Corridor':
      return `LINESTRING ${pointsText(shape.line)}`;
  }
}

const polygonText = (rings: Coordinates[][]) => `(${rings.map(pointsText).join(', ')})`;
const pointsText = (points: Coordinates[]) => `(${points.map((point) => point.join(' ')).join(', ')})`;
