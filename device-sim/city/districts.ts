import { between, type Random } from '../random.ts';
import type { Point } from './point.ts';

/** A convex piece of the city; each border knows which district lies beyond it (-1: none). */
export interface District {
  site: Point;
  corners: Corner[];
}

/** A corner and the border that leaves it. */
export interface Corner extends Point {
  beyond: number;
}

const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/** Sites on a jittered sunflower: small districts in the middle, wide ones outside. */
export function scatterSites(random: Random, count: number, radiusM: number): Point[] {
  return Array.from({ length: count }, (_, i) => {
    const r = radiusM * ((i + 0.5) / count) ** 0.62 * between(random, 0.93, 1.07);
    const angle = i * GOLDEN_ANGLE + between(random, -0.35, 0.35);
    return { x: r * Math.cos(angle), y: r * Math.sin(angle) };
  });
}

/** The Voronoi cells of the sites inside a circle: each is that circle cut by every bisector. */
export function divide(sites: readonly Point[], radiusM: number): District[] {
  return sites.map((site, own) => {
    let corners = circle(radiusM);
    for (const [other, rival] of sites.entries()) {
      if (other !== own) corners = cutByBisector(corners, site, rival, other);
    }
    return { site, corners };
  });
}

function circle(radiusM: number): Corner[] {
  return Array.from({ length: 32 }, (_, i) => ({
    x: radiusM * Math.cos((i * Math.PI) / 16),
    y: radiusM * Math.sin((i * Math.PI) / 16),
    beyond: -1,
  }));
}

/** Sutherland and Hodgman: keeps what is nearer to `site` than to `rival`. */
function cutByBisector(corners: readonly Corner[], site: Point, rival: Point, label: number): Corner[] {
  const nx = rival.x - site.x;
  const ny = rival.y - site.y;
  const limit = (nx * (site.x + rival.x) + ny * (site.y + rival.y)) / 2;
  const over = (p: Point) => nx * p.x + ny * p.y - limit;
  const kept: Corner[] = [];
  for (const [i, a] of corners.entries()) {
    const b = corners[(i + 1) % corners.length] ?? a;
    const overA = over(a);
    const overB = over(b);
    const t = overA / (overA - overB);
    const cut = { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
    if (overA <= 0) kept.push(a);
    if (overA <= 0 && overB > 0) kept.push({ ...cut, beyond: label });
    if (overA > 0 && overB <= 0) kept.push({ ...cut, beyond: a.beyond });
  }
  return kept;
}

/**
 * The part of the line through `p` with direction (dx, dy) that lies in the district, or null.
 * The direction has length 1.
 */
export function chord(district: District, p: Point, dx: number, dy: number): [Point, Point] | null {
  let enter = Number.NEGATIVE_INFINITY;
  let leave = Number.POSITIVE_INFINITY;
  for (const [i, a] of district.corners.entries()) {
    const b = district.corners[(i + 1) % district.corners.length] ?? a;
    const ex = b.x - a.x;
    const ey = b.y - a.y;
    // The corners run counter-clockwise: the inside is on the left of each border.
    const side = ex * (p.y - a.y) - ey * (p.x - a.x);
    const rate = ex * dy - ey * dx;
    if (rate > 0) enter = Math.max(enter, -side / rate);
    else if (rate < 0) leave = Math.min(leave, -side / rate);
    else if (side < 0) return null;
  }
  if (!(enter < leave)) return null;
  return [
    { x: p.x + dx * enter, y: p.y + dy * enter },
    { x: p.x + dx * leave, y: p.y + dy * leave },
  ];
}
