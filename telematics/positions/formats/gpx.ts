import type { PositionView } from '../position.ts';

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Wayleave" xmlns="http://www.topografix.com/GPX/1/1" xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.topografix.com/GPX/1/1 http://www.topografix.com/GPX/1/1/gpx.xsd http://www.garmin.com/xmlschemas/TrackPointExtension/v2 http://www.garmin.com/xmlschemas/TrackPointExtensionv2.xsd">`;

/**
 * GPX 1.1: one track of one segment. The order of a point's elements is the schema's; speed and
 * course, which 1.1 dropped, go into Garmin's track point extension, which programs read.
 */
export function positionsAsGpx(name: string, positions: readonly PositionView[]): string {
  const points = positions.map(pointOf).join('');
  const segment = points === '' ? '' : `<trkseg>\n${points}</trkseg>\n`;
  return `${HEAD}\n<trk>\n<name>${escaped(name)}</name>\n${segment}</trk>\n</gpx>\n`;
}

function pointOf(position: PositionView): string {
  const { lat, lon, altitudeM, fixTime, satellites, speedKmh, headingDeg } = position;
  const extension = [
    speedKmh === null ? '' : `<gpxtpx:speed>${decimal(speedKmh / 3.6)}</gpxtpx:speed>`,
    headingDeg === null ? '' : `<gpxtpx:course>${decimal(headingDeg)}</gpxtpx:course>`,
  ].join('');
  return [
    // The schema's longitudes end before 180, which is the same meridian as -180.
    `<trkpt lat="${decimal(lat)}" lon="${decimal(lon === 180 ? -180 : lon)}">`,
    altitudeM === null ? '' : `<ele>${decimal(altitudeM)}</ele>`,
    `<time>${fixTime}</time>`,
    satellites === null ? '' : `<sat>${satellites}</sat>`,
    extension === ''
      ? ''
      : `<extensions><gpxtpx:TrackPointExtension>${extension}</gpxtpx:TrackPointExtension></extensions>`,
    '</trkpt>\n',
  ].join('');
}

/** xsd:decimal knows no exponent; seven digits of a degree are a centimetre. */
const decimal = (value: number): string => value.toFixed(7).replace(/\.?0+$/, '');

/** Besides what XML escapes, some characters must not be in a document in any form. */
function escaped(text: string): string {
  const allowed = text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '');
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  };
  return allowed.replace(/[&<>"']/g, (character) => entities[character]!);
}
