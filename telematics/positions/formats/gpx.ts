import { isLocated, type LocatedPosition, type PositionWriter } from './position-writer.ts';
import { decimal, escaped } from './xml-text.ts';

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Wayleave" xmlns="http://www.topografix.com/GPX/1/1" xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.topografix.com/GPX/1/1 http://www.topografix.com/GPX/1/1/gpx.xsd http://www.garmin.com/xmlschemas/TrackPointExtension/v2 http://www.garmin.com/xmlschemas/TrackPointExtensionv2.xsd">`;

/**
 * GPX 1.1: one track, a segment for each device. The order of a point's elements is the schema's;
 * speed and course, which 1.1 dropped, go into Garmin's track point extension, which programs read.
 */
export function createGpxWriter(name: string): PositionWriter {
  let isSegmentOpen = false;
  const closed = (): string => {
    const text = isSegmentOpen ? '</trkseg>\n' : '';
    isSegmentOpen = false;
    return text;
  };
  return {
    begin: () => `${HEAD}\n<trk>\n<name>${escaped(name)}</name>\n`,
    write: (positions, isNewDevice) => {
      const points = positions.filter(isLocated).map(pointOf).join('');
      let text = isNewDevice ? closed() : '';
      if (points === '') return text;
      if (!isSegmentOpen) text += '<trkseg>\n';
      isSegmentOpen = true;
      return text + points;
    },
    end: () => `${closed()}</trk>\n</gpx>\n`,
  };
}

function pointOf(position: LocatedPosition): string {
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
