import type { RoutePoint } from './route-file.ts';

/**
 * The points of a GPX 1.0 or 1.1 file: of its tracks, or else its routes, or else its waypoints,
 * in the order of the file. GPX needs no more of XML than its point elements, so this reads just those.
 */
export function parseGpxRoute(xml: string): RoutePoint[] {
  const text = xml.replace(/<!--[\s\S]*?-->/g, '');
  for (const element of ['trkpt', 'rtept', 'wpt']) {
    const points = pointsOf(text, element);
    if (points.length > 0) return points;
  }
  return [];
}

function pointsOf(text: string, element: string): RoutePoint[] {
  const points: RoutePoint[] = [];
  const tag = new RegExp(`<(?:\\w+:)?${element}\\b([^>]*?)(?:/>|>([\\s\\S]*?)</(?:\\w+:)?${element}>)`, 'g');
  for (const [, attributes = '', content = ''] of text.matchAll(tag)) {
    const lat = coordinate(attributes, 'lat', 90);
    const lon = coordinate(attributes, 'lon', 180);
    if (lat === undefined || lon === undefined) continue;
    const elevation = /<(?:\w+:)?ele>\s*([-+.\deE]+)\s*</.exec(content)?.[1];
    points.push({ lat, lon, altitudeM: elevation === undefined ? undefined : finite(elevation) });
  }
  return points;
}

function coordinate(attributes: string, name: string, limit: number): number | undefined {
  const text = new RegExp(`\\b${name}\\s*=\\s*["']\\s*([-+.\\deE]+)\\s*["']`).exec(attributes)?.[1];
  const value = text === undefined ? undefined : finite(text);
  return value !== undefined && Math.abs(value) <= limit ? value : undefined;
}

function finite(text: string): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
