import type { PositionView } from '../position.ts';
import { isLocated, type PositionWriter } from './position-writer.ts';

/**
 * RFC 7946: a point per position, longitude first, altitude third where it is known. A doubtful
 * position without a place is a feature without a geometry (section 3.2); what the device gave as
 * coordinates is then among its properties. One feature a line.
 */
export function createGeoJsonWriter(): PositionWriter {
  let separator = '\n';
  return {
    begin: () => '{"type":"FeatureCollection","features":[',
    write: (positions) => {
      let text = '';
      for (const position of positions) {
        text += separator + JSON.stringify(featureOf(position));
        separator = ',\n';
      }
      return text;
    },
    end: () => '\n]}\n',
  };
}

function featureOf(position: PositionView): object {
  if (!isLocated(position)) return { type: 'Feature', geometry: null, properties: position };
  const { lat, lon, ...properties } = position;
  const coordinates = properties.altitudeM === null ? [lon, lat] : [lon, lat, properties.altitudeM];
  return { type: 'Feature', geometry: { type: 'Point', coordinates }, properties };
}
