import type { Coordinates } from '../geofence.ts';
import { circlePolygon } from './circle-polygon.ts';
import { createCollector, type Drawn } from './collector.ts';
import {
  type ExportedGeofence,
  type GeofenceFormat,
  geometryInvalid,
  geometryUnsupported,
  type ImportReading,
  importTooManyVertices,
  importUnreadable,
  MAX_IMPORT_VERTICES,
  type ReadOptions,
} from './format.ts';
import { type Properties, propertiesOf } from './properties.ts';
import { readXml, type XmlElement, xmlText } from './xml.ts';

/*
 * KML 2.2 (OGC 07-147r2). What a geofence has beside name and geometry stands in ExtendedData, under the
 * names of geojson.ts. KML has no circles: one is written as a polygon, and its centre and radius
 * beside it; it is a circle again when read, unless somebody has moved the polygon in between.
 */
export const kml: GeofenceFormat = {
  contentType: 'application/vnd.google-earth.kml+xml',
  fileExtension: 'kml',
  read: readKml,
  head: '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n',
  separator: '\n',
  write: writeKml,
  tail: '\n</Document>\n</kml>\n',
};

/** Programs that save KML again keep eight digits or more; a centimetre. */
const SAME_PLACE_DEG = 1e-7;

/** Every Placemark, in whatever folder. */
export function readKml(text: string, options: ReadOptions): ImportReading {
  const collector = createCollector(text, options);
  const root = readXml(text);
  if (!['kml', 'Document', 'Folder', 'Placemark'].includes(root.name)) {
    throw importUnreadable(`The document is no KML: it begins with ${root.name.slice(0, 40)}.`);
  }
  for (const placemark of placemarksOf(root)) {
    const properties = extendedData(placemark);
    collector.add(textOf(placemark, 'name'), properties, () => {
      const drawn = placemark.children.flatMap(drawnOf);
      return circleOf(drawn, properties) ?? drawn;
    });
  }
  return collector.reading;
}

function placemarksOf(element: XmlElement): XmlElement[] {
  if (element.name === 'Placemark') return [element];
  return element.children.flatMap(placemarksOf);
}

function extendedData(placemark: XmlElement): Properties {
  const properties: Record<string, string> = {};
  for (const extended of placemark.children.filter(({ name }) => name === 'ExtendedData')) {
    for (const child of extended.children) {
      if (child.name === 'Data' && child.key !== null) properties[child.key] = textOf(child, 'value') ?? '';
      if (child.name !== 'SchemaData') continue;
      for (const { key, text } of child.children) if (key !== null) properties[key] = text.trim();
    }
  }
  return properties;
}

const textOf = (element: XmlElement, name: string) =>
  element.children.find((child) => child.name === name)?.text.trim();

/** What of a Placemark is drawn; nothing for its name, style and the like. */
function drawnOf(element: XmlElement): Drawn[] {
  switch (element.name) {
    case 'Point': {
      const [center] = coordinatesOf(element);
      if (center === undefined) throw geometryInvalid('A Point without coordinates.');
      return [{ type: 'Point', center }];
    }
    case 'LineString':
      return [{ type: 'LineString', line: coordinatesOf(element) }];
    case 'LinearRing':
      return [{ type: 'Polygon', coordinates: [coordinatesOf(element)] }];
    case 'Polygon': {
      const outline = boundaries(element, 'outerBoundaryIs');
      if (outline.length !== 1) throw geometryInvalid('A Polygon has one outer boundary.');
      return [{ type: 'Polygon', coordinates: [...outline, ...boundaries(element, 'innerBoundaryIs')] }];
    }
    case 'MultiGeometry': {
      const members = element.children.flatMap(drawnOf);
      const [only] = members;
      // As a MultiPolygon of one part is written.
      return members.length === 1 && only?.type === 'Polygon'
        ? [{ type: 'MultiPolygon', coordinates: [only.coordinates] }]
        : members;
    }
    case 'Track':
    case 'MultiTrack':
    case 'Model':
      throw geometryUnsupported(element.name);
    default:
      return [];
  }
}

function boundaries(polygon: XmlElement, name: string): Coordinates[][] {
  return polygon.children
    .filter((child) => child.name === name)
    .flatMap(({ children }) => children.filter((child) => child.name === 'LinearRing'))
    .map(coordinatesOf);
}

const TUPLE = /^[-+\d.eE]+,[-+\d.eE]+(?:,[-+\d.eE]*)?$/;

/** Tuples of longitude, latitude and perhaps altitude, between white space. */
function coordinatesOf(geometry: XmlElement): Coordinates[] {
  const text = textOf(geometry, 'coordinates') ?? '';
  if (text === '') return [];
  const tuples = text.split(/\s+/);
  if (tuples.length > MAX_IMPORT_VERTICES) throw importTooManyVertices();
  return tuples.map((tuple) => {
    const [lon, lat] = tuple.split(',', 2).map(Number);
    if (!TUPLE.test(tuple) || lon === undefined || lat === undefined) {
      throw geometryInvalid(`${JSON.stringify(tuple.slice(0, 40))} is no longitude and latitude.`);
    }
    return [lon, lat];
  });
}

/** The circle that a polygon stands for, if it still is where the circle is. */
function circleOf(drawn: readonly Drawn[], { circleLon, circleLat, radiusM }: Properties): Drawn[] | null {
  const [lon, lat, radius] = [circleLon, circleLat, radiusM].map(Number) as [number, number, number];
  if (!(Math.abs(lon) <= 180 && Math.abs(lat) <= 90 && radius > 0) || circleLon === '') return null;
  const expected = circlePolygon([lon, lat], radius).flat(2);
  const actual = drawn.flatMap((one) => {
    if (one.type === 'Polygon') return one.coordinates.flat();
    return one.type === 'MultiPolygon' ? one.coordinates.flat(2) : [];
  });
  const isUnmoved =
    actual.length === expected.length &&
    expected.every(([atLon, atLat], i) => {
      const [otherLon, otherLat] = actual[i] as Coordinates;
      return Math.abs(atLon - otherLon) < SAME_PLACE_DEG && Math.abs(atLat - otherLat) < SAME_PLACE_DEG;
    });
  return isUnmoved ? [{ type: 'Circle', center: [lon, lat], radiusM: radius }] : null;
}

/** A Placemark. */
export function writeKml(geofence: ExportedGeofence): string {
  const { name, shape } = geofence;
  const properties: Record<string, unknown> = propertiesOf(geofence);
  if (shape.type === 'Circle') [properties.circleLon, properties.circleLat] = shape.center;
  const extended = Object.entries(properties).map(([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `<Data name="${key}"><value>${xmlText(text)}</value></Data>`;
  });
  return `<Placemark><name>${xmlText(name)}</name><ExtendedData>${extended.join('')}</ExtendedData>${geometryOf(geofence)}</Placemark>`;
}

function geometryOf({ shape }: ExportedGeofence): string {
  switch (shape.type) {
    case 'Circle': {
      const parts = circlePolygon(shape.center, shape.radiusM);
      const [only] = parts;
      return parts.length === 1 && only !== undefined ? polygonText(only) : multiText(parts);
    }
    case 'Polygon':
      return polygonText(shape.coordinates);
    case 'MultiPolygon':
      return multiText(shape.coordinates);
    case 'Corridor':
      return `<LineString><tessellate>1</tessellate>${coordinatesText(shape.line)}</LineString>`;
  }
}

const multiText = (parts: Coordinates[][][]) =>
  `<MultiGeometry>${parts.map(polygonText).join('')}</MultiGeometry>`;

function polygonText([outline, ...holes]: Coordinates[][]): string {
  const outer = boundaryText('outerBoundaryIs', outline as Coordinates[]);
  return `<Polygon>${outer}${holes.map((hole) => boundaryText('innerBoundaryIs', hole)).join('')}</Polygon>`;
}

const boundaryText = (name: string, ring: Coordinates[]) =>
  `<${name}><LinearRing>${coordinatesText(ring)}</LinearRing></${name}>`;

const coordinatesText = (points: Coordinates[]) =>
  `<coordinates>${points.map(([lon, lat]) => `${lon},${lat}`).join(' ')}</coordinates>`;
