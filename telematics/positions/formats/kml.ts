import { isLocated, type LocatedPosition, type PositionWriter } from './position-writer.ts';
import { decimal, escaped } from './xml-text.ts';

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">
<Document>`;

const SCHEMA = `<Schema id="position"><gx:SimpleArrayField name="speedKmh" type="float"><displayName>Speed, km/h</displayName></gx:SimpleArrayField></Schema>`;

/**
 * KML with gx:Track (OGC KML 2.3 took it over as Track; this older form is read by all): a placemark
 * for each device. A track lists all its times before all its places, which for a year of positions
 * would mean to read them twice, so a placemark is a gx:MultiTrack whose tracks are as long as what
 * is at hand; gx:interpolate says that between two of them the vehicle did not jump.
 */
export function createKmlWriter(name: string): PositionWriter {
  let isPlacemarkOpen = false;
  const closed = (): string => {
    const text = isPlacemarkOpen ? '</gx:MultiTrack>\n</Placemark>\n' : '';
    isPlacemarkOpen = false;
    return text;
  };
  return {
    begin: () => `${HEAD}\n<name>${escaped(name)}</name>\n${SCHEMA}\n`,
    write: (positions, isNewDevice) => {
      const located = positions.filter(isLocated);
      let text = isNewDevice ? closed() : '';
      if (located.length === 0) return text;
      if (!isPlacemarkOpen) {
        text += `<Placemark>\n<name>${escaped(name)}</name>\n<gx:MultiTrack>\n<gx:interpolate>1</gx:interpolate>\n`;
      }
      isPlacemarkOpen = true;
      return text + trackOf(located);
    },
    end: () => `${closed()}</Document>\n</kml>\n`,
  };
}

/** Elements in the order of the schema. Without altitudeMode the track lies on the ground, whatever GNSS says of heights. */
function trackOf(positions: readonly LocatedPosition[]): string {
  const each = (line: (position: LocatedPosition) => string): string => positions.map(line).join('');
  return [
    '<gx:Track>\n',
    each(({ fixTime }) => `<when>${fixTime}</when>\n`),
    each(
      ({ lat, lon, altitudeM }) =>
        `<gx:coord>${decimal(lon)} ${decimal(lat)} ${decimal(altitudeM ?? 0)}</gx:coord>\n`,
    ),
    '<ExtendedData><SchemaData schemaUrl="#position"><gx:SimpleArrayData name="speedKmh">\n',
    each(({ speedKmh }) => `<gx:value>${speedKmh === null ? '' : decimal(speedKmh)}</gx:value>\n`),
    '</gx:SimpleArrayData></SchemaData></ExtendedData>\n</gx:Track>\n',
  ].join('');
}
