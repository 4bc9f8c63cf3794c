import type { Coordinates } from '../geofence.ts';
import type { Drawn } from './collector.ts';
import {
  crsUnsupported,
  geometryInvalid,
  geometryUnsupported,
  importTooManyVertices,
  MAX_IMPORT_DEPTH,
  MAX_IMPORT_VERTICES,
} from './format.ts';

/** Reads geometries out of a text, from one place on to the next. */
export interface WktReader {
  /** Where in the text the next thing to read stands. */
  at: number;
  /** The geometry that begins here. Throws CodedErrors of one feature, and leaves `at` where it failed. */
  readGeometry(): Drawn[];
}

const WHITE = /\s*/y;
const WORD = /[A-Za-z]+/y;
const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y;
const SRID = /SRID\s*=\s*(\d{1,9})\s*;/iy;

/**
 * Well-known text (OGC 06-103r4, 7), with the SRID of PostGIS before it, Z and M ordinates left out, and
 * `CIRCLE (lon lat, radius)`, metres, as Traccar has it.
 */
export function createWktReader(text: string, isLatLon: boolean): WktReader {
  const reader: WktReader = { at: 0, readGeometry };
  let positionsRead = 0;

  function take(pattern: RegExp): string | null {
    WHITE.lastIndex = reader.at;
    WHITE.exec(text);
    pattern.lastIndex = WHITE.lastIndex;
    const found = pattern.exec(text);
    if (found === null) return null;
    reader.at = pattern.lastIndex;
    return found[1] ?? found[0];
  }

  function tryTake(character: string): boolean {
    WHITE.lastIndex = reader.at;
    WHITE.exec(text);
    if (text[WHITE.lastIndex] !== character) return false;
    reader.at = WHITE.lastIndex + 1;
    return true;
  }

  function demand(character: string): void {
    if (tryTake(character)) return;
    WHITE.lastIndex = reader.at;
    WHITE.exec(text);
    const found = JSON.stringify(text.slice(WHITE.lastIndex, WHITE.lastIndex + 20));
    throw geometryInvalid(`"${character}" is missing before ${found}.`);
  }

  function number(): number {
    const found = take(NUMBER);
    if (found === null)
      throw geometryInvalid(
        `A number is missing before ${JSON.stringify(text.slice(reader.at, reader.at + 20))}.`,
      );
    return Number(found);
  }

  /** Two numbers, and up to two more that say nothing here. */
  function position(): Coordinates {
    if (++positionsRead > MAX_IMPORT_VERTICES) throw importTooManyVertices();
    const first = number();
    const second = number();
    if (take(NUMBER) !== null) take(NUMBER);
    return isLatLon ? [second, first] : [first, second];
  }

  function listOf<Item>(item: () => Item): Item[] {
    demand('(');
    const items = [item()];
    while (tryTake(',')) items.push(item());
    demand(')');
    return items;
  }

  const positions = () => listOf(position);
  const rings = () => listOf(positions);

  /** A point of a MULTIPOINT stands in brackets of its own, or not. */
  function bracketedPosition(): Coordinates {
    if (!tryTake('(')) return position();
    const point = position();
    demand(')');
    return point;
  }

  function circle(): Drawn[] {
    demand('(');
    const center = position();
    demand(',');
    const radiusM = number();
    demand(')');
    return [{ type: 'Circle', center, radiusM }];
  }

  function readGeometry(): Drawn[] {
    const srid = take(SRID);
    if (srid !== null && srid !== '4326') throw crsUnsupported(`SRID ${srid}`);
    return geometry(0);
  }

  function geometry(depth: number): Drawn[] {
    if (depth > MAX_IMPORT_DEPTH) throw geometryInvalid(`Nested deeper than ${MAX_IMPORT_DEPTH} levels.`);
    const word = (take(WORD) ?? '').toUpperCase();
    // POLYGON Z, POLYGONZ and POLYGON EMPTY.
    const type = word.replace(/(?<=.)Z?M?$/, '');
    let modifier = hasOrdinals(text, reader.at) ? take(WORD)?.toUpperCase() : undefined;
    if (modifier !== undefined && modifier !== 'EMPTY' && hasOrdinals(text, reader.at)) {
      modifier = take(WORD)?.toUpperCase();
    }
    if (modifier === 'EMPTY') return [];
    switch (type) {
      case 'POINT':
        return listOf(position).map((center) => ({ type: 'Point', center }));
      case 'MULTIPOINT':
        return listOf(bracketedPosition).map((center) => ({ type: 'Point', center }));
      case 'LINESTRING':
        return [{ type: 'LineString', line: positions() }];
      case 'MULTILINESTRING':
        return rings().map((line) => ({ type: 'LineString', line }));
      case 'POLYGON':
        return [{ type: 'Polygon', coordinates: rings() }];
      case 'MULTIPOLYGON':
        return [{ type: 'MultiPolygon', coordinates: listOf(rings) }];
      case 'CIRCLE':
        return circle();
      case 'GEOMETRYCOLLECTION':
        return listOf(() => geometry(depth + 1)).flat();
      default:
        throw geometryUnsupported(word);
    }
  }

  return reader;
}

const ORDINALS = /\s*(?:ZM|Z|M|EMPTY)\b/iy;

function hasOrdinals(text: string, at: number): boolean {
  ORDINALS.lastIndex = at;
  return ORDINALS.test(text);
}
