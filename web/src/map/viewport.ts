import type { Bounds } from '../api/types.ts';

/** Part of the viewport's span that is asked for beyond each edge, so that a small pan shows no gap. */
const PADDING = 0.35;
/** A subscription wider than this many viewports wastes more than it saves. */
const TOO_WIDE = 4;
/** From so many vehicles on, a few stray ones no longer decide what the first view shows. */
const ENOUGH_TO_TRIM = 20;
const TRIMMED_SHARE = 0.02;
/** Vehicles are stray when the view without them is so many times narrower. */
const STRAY_FACTOR = 2;

export const wrapLon = (lon: number) =>
  lon < -180 || lon > 180 ? ((((lon + 180) % 360) + 360) % 360) - 180 : lon;

/** The width in degrees, also across the antimeridian. */
const spanOfLon = ([west, , east]: Bounds) => (east >= west ? east - west : east - west + 360);

/**
 * What to subscribe to for a viewport whose longitudes may be unwrapped (west -190, east 200).
 * Null stands for the whole world.
 */
export function subscriptionBounds([west, south, east, north]: Bounds): Bounds | null {
  const padLon = (east - west) * PADDING;
  const padLat = (north - south) * PADDING;
  if (east - west + 2 * padLon >= 360) return null;
  return [
    round(wrapLon(west - padLon)),
    round(Math.max(-90, south - padLat)),
    round(wrapLon(east + padLon)),
    round(Math.min(90, north + padLat)),
  ];
}

/** Whether a moved viewport has left what is subscribed, or has become far smaller than it. */
export function outgrown(subscribed: Bounds | null, [west, south, east, north]: Bounds): boolean {
  const span = east - west;
  if (subscribed === null) return span * TOO_WIDE < 360;
  if (span >= 360) return true;
  if (spanOfLon(subscribed) > span * TOO_WIDE) return true;
  const inside = (lon: number, lat: number) => contains(subscribed, wrapLon(lon), lat);
  return !inside(west, south) || !inside(east, north) || !inside((west + east) / 2, (south + north) / 2);
}

export function contains([west, south, east, north]: Bounds, lon: number, lat: number): boolean {
  if (lat < south || lat > north) return false;
  return west <= east ? lon >= west && lon <= east : lon >= west || lon <= east;
}

/**
 * The bounds of a fleet, for the first view. In a larger fleet the outermost 2 % at each edge are left out if
 * that makes the view much closer: one tracker that reports from a warehouse abroad would shrink the city to
 * a dot. A fleet across
 * the antimeridian gets bounds whose east is beyond 180. Null for no points.
 */
export function fleetBounds(points: readonly { lon: number; lat: number }[]): Bounds | null {
  if (points.length === 0) return null;
  const lats = points.map((point) => point.lat).sort(ascending);
  const plain = trimmed(points.map((point) => point.lon).sort(ascending));
  const shifted = trimmed(
    points.map((point) => (point.lon < 0 ? point.lon + 360 : point.lon)).sort(ascending),
  );
  const [west, east] = shifted[1] - shifted[0] < plain[1] - plain[0] ? shifted : plain;
  const [south, north] = trimmed(lats);
  return [west, south, east, north];
}

function trimmed(sorted: number[]): [number, number] {
  const whole: [number, number] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  if (sorted.length < ENOUGH_TO_TRIM) return whole;
  const skip = Math.ceil(sorted.length * TRIMMED_SHARE);
  const core: [number, number] = [sorted[skip] ?? 0, sorted[sorted.length - 1 - skip] ?? 0];
  return whole[1] - whole[0] > (core[1] - core[0]) * STRAY_FACTOR ? core : whole;
}

const ascending = (a: number, b: number) => a - b;
/** A tenth of a metre is enough for an edge and keeps the message short. */
const round = (value: number) => Math.round(value * 1e6) / 1e6;
