import { eastOf, type Place } from './track-simplifier.ts';

export interface TrackVertex extends Place {
  fixTimeMs: number;
  speedKmh: number | null;
}

export interface TrackWriter {
  begin(): string;
  /** The next vertices of a line, in order. */
  write(deviceId: string, vertices: readonly TrackVertex[]): string;
  /** What follows is of another installation: no line leads there. */
  endLine(): string;
  end(): string;
}

/**
 * A track as GeoJSON (RFC 7946) that can be drawn while it comes: a FeatureCollection with one
 * feature a line, every feature but the first after a comma at the start of its line. Each is a
 * LineString that begins where the one before of the same device ended; `coordTimes` and `speedsKmh`
 * among its properties have an entry for each of its vertices. A single fix of a device is a Point.
 */
export function createTrackWriter(): TrackWriter {
  let separator = '\n';
  /** The line goes on from here. */
  let last: { deviceId: string; vertex: TrackVertex; isDrawn: boolean } | null = null;

  const featureText = (deviceId: string, vertices: readonly TrackVertex[]): string => {
    const text = separator + JSON.stringify(featureOf(deviceId, vertices));
    separator = '\n,';
    return text;
  };

  return {
    begin: () => '{"type":"FeatureCollection","features":[',
    write: (deviceId, vertices) => {
      const end = vertices.at(-1);
      if (end === undefined) return '';
      const line = last === null ? vertices : [last.vertex, ...vertices];
      const isDrawn = line.length > 1;
      last = { deviceId, vertex: end, isDrawn };
      if (!isDrawn) return '';
      return cutAtAntimeridian(line)
        .map((part) => featureText(deviceId, part))
        .join('');
    },
    endLine: () => {
      const text = last === null || last.isDrawn ? '' : featureText(last.deviceId, [last.vertex]);
      last = null;
      return text;
    },
    end: () => '\n]}\n',
  };
}

function featureOf(deviceId: string, vertices: readonly TrackVertex[]): object {
  const coordinates = vertices.map(({ lon, lat }) => [lon, lat]);
  return {
    type: 'Feature',
    geometry:
      coordinates.length === 1
        ? { type: 'Point', coordinates: coordinates[0] }
        : { type: 'LineString', coordinates },
    properties: {
      deviceId,
      coordTimes: vertices.map(({ fixTimeMs }) => new Date(fixTimeMs).toISOString()),
      speedsKmh: vertices.map(({ speedKmh }) => speedKmh),
    },
  };
}

/** RFC 7946, 3.1.9: a line that crosses the antimeridian is cut there, or it is drawn around the Earth. */
function cutAtAntimeridian(line: readonly TrackVertex[]): TrackVertex[][] {
  let part: TrackVertex[] = [];
  const parts = [part];
  for (const vertex of line) {
    const before = part.at(-1);
    if (before && Math.abs(vertex.lon - before.lon) > 180) {
      const edge = crossing(before, vertex);
      part.push(edge);
      part = [{ ...edge, lon: -edge.lon }];
      parts.push(part);
    }
    part.push(vertex);
  }
  return parts;
}

function crossing(from: TrackVertex, to: TrackVertex): TrackVertex {
  const east = eastOf(from.lon, to.lon);
  const lon = from.lon > 0 ? 180 : -180;
  // From 180° to the same meridian under its other name there is no way to go.
  const share = east === 0 ? 0 : (lon - from.lon) / east;
  return {
    lon,
    lat: from.lat + (to.lat - from.lat) * share,
    fixTimeMs: Math.round(from.fixTimeMs + (to.fixTimeMs - from.fixTimeMs) * share),
    speedKmh: null,
  };
}
