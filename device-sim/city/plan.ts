import { between, chance, type Random } from '../random.ts';
import { chord, type District, divide, scatterSites } from './districts.ts';
import { distance, type Line, type Point, subdivided } from './point.ts';

/** Half the width of the city, metres. */
export const CITY_RADIUS_M = 8500;
const DISTRICTS = 72;
/** The old centre: one tight grid for all of its districts. */
const CENTRE_RADIUS_M = 1500;
/** Share of the outer districts that are hills, swamps and fields without streets. */
const GREEN_SHARE = 0.12;
const MAIN_ROAD_STEP_M = 120;
const STREET_STEP_M = 260;
/** Streets reach a little over the border road, so that they certainly cross it. */
const OVERSHOOT_M = 1;
/** Courses of the main roads out of town, degrees counter-clockwise from east. */
const RADIAL_COURSES_DEG = [12, 62, 108, 150, 196, 238, 288];

/** A bay of the lake in the south-east, where nothing is built. */
export function inLake({ x, y }: Point): boolean {
  return ((x - 6200) / 4300) ** 2 + ((y + 9200) / 4300) ** 2 < 1;
}

/** Draws every road: districts with their streets, their borders, two ring roads and the radials. */
export function drawRoads(random: Random): Line[] {
  const districts = divide(scatterSites(random, DISTRICTS, CITY_RADIUS_M), CITY_RADIUS_M);
  const centreCourse = between(random, 0.1, 0.6);
  const bend = smoothWarp(random);
  const lines = [
    ...rings(random),
    ...radials(random),
    ...borders(districts),
    ...districts.flatMap((district) => streets(random, district, centreCourse)),
  ];
  return lines.map(({ points, roadClass }) => ({
    roadClass,
    points: subdivided(points, roadClass === 'street' ? STREET_STEP_M : MAIN_ROAD_STEP_M).map(bend),
  }));
}

function rings(random: Random): Line[] {
  return [
    ...ring(random, 1900).map((points) => ({ points, roadClass: 'arterial' as const })),
    ...ring(random, 5200).map((points) => ({ points, roadClass: 'bypass' as const })),
  ];
}

/** A wobbly circle, open where it would run through the lake. */
function ring(random: Random, radiusM: number): Point[][] {
  const two = between(random, 0, 6.28);
  const three = between(random, 0, 6.28);
  const steps = Math.ceil((2 * Math.PI * radiusM) / MAIN_ROAD_STEP_M);
  const points = Array.from({ length: steps + 1 }, (_, i) => {
    const angle = (2 * Math.PI * (i % steps)) / steps;
    const r = radiusM * (1 + 0.08 * Math.sin(2 * angle + two) + 0.05 * Math.sin(3 * angle + three));
    return { x: r * Math.cos(angle), y: r * Math.sin(angle) };
  });
  return onLand(points);
}

function radials(random: Random): Line[] {
  return RADIAL_COURSES_DEG.flatMap((course) => {
    const start = ((course + between(random, -8, 8)) * Math.PI) / 180;
    const phase = between(random, 0, 6.28);
    const points: Point[] = [];
    for (let r = 250; r <= CITY_RADIUS_M; r += MAIN_ROAD_STEP_M) {
      const angle = start + 0.14 * Math.sin(r / 1900 + phase);
      points.push({ x: r * Math.cos(angle), y: r * Math.sin(angle) });
    }
    return onLand(points).map((land) => ({ points: land, roadClass: 'arterial' as const }));
  });
}

function onLand(points: readonly Point[]): Point[][] {
  const runs: Point[][] = [[]];
  for (const point of points) {
    if (inLake(point)) runs.push([]);
    else runs.at(-1)?.push(point);
  }
  return runs.filter((run) => run.length > 1);
}

/** The border between two districts is a collector road, unless both are under water. */
function borders(districts: readonly District[]): Line[] {
  return districts.flatMap(({ site, corners }, own) =>
    corners.flatMap((a, i): Line[] => {
      const b = corners[(i + 1) % corners.length] ?? a;
      const neighbour = districts[a.beyond];
      if (!neighbour || a.beyond < own || (inLake(site) && inLake(neighbour.site))) return [];
      return onLand(subdivided([a, b], MAIN_ROAD_STEP_M)).map((points) => ({
        points,
        roadClass: 'collector',
      }));
    }),
  );
}

/** An uneven grid, turned its own way in each district. */
function streets(random: Random, district: District, centreCourse: number): Line[] {
  const fromCentre = distance(district.site, { x: 0, y: 0 });
  const central = fromCentre < CENTRE_RADIUS_M;
  if (inLake(district.site) || (!central && chance(random, GREEN_SHARE))) return [];
  const course = central ? centreCourse : between(random, 0, Math.PI / 2);
  const block = 120 + 24 * (fromCentre / 1000) + between(random, 0, 40);
  return [
    ...parallels(random, district, course, block),
    ...parallels(random, district, course + Math.PI / 2, block * between(random, 1.3, 2)),
  ];
}

function parallels(random: Random, district: District, course: number, spacing: number): Line[] {
  const [dx, dy] = [Math.cos(course), Math.sin(course)];
  const lines: Line[] = [];
  const reach = 2500;
  for (let offset = -reach; offset < reach; offset += spacing * between(random, 0.8, 1.25)) {
    const through = { x: district.site.x - dy * offset, y: district.site.y + dx * offset };
    const ends = chord(district, through, dx, dy);
    if (!ends || distance(...ends) < spacing / 2 || chance(random, 0.07)) continue;
    const [a, b] = ends;
    const points = [
      { x: a.x - dx * OVERSHOOT_M, y: a.y - dy * OVERSHOOT_M },
      { x: b.x + dx * OVERSHOOT_M, y: b.y + dy * OVERSHOOT_M },
    ];
    lines.push(
      ...onLand(subdivided(points, STREET_STEP_M)).map((land) => ({
        points: land,
        roadClass: 'street' as const,
      })),
    );
  }
  return lines;
}

/** Bends the whole map gently, the same way everywhere nearby, so that no road is ruled. */
function smoothWarp(random: Random): (point: Point) => Point {
  const waves = Array.from({ length: 4 }, () => {
    const course = between(random, 0, 6.28);
    const rate = (2 * Math.PI) / between(random, 1600, 4200);
    return {
      kx: rate * Math.cos(course),
      ky: rate * Math.sin(course),
      phase: between(random, 0, 6.28),
      across: between(random, 0, 6.28),
      size: between(random, 25, 60),
    };
  });
  return (point) => {
    let { x, y } = point;
    for (const wave of waves) {
      const shift = wave.size * Math.sin(wave.kx * point.x + wave.ky * point.y + wave.phase);
      x += shift * Math.cos(wave.across);
      y += shift * Math.sin(wave.across);
    }
    return { x, y };
  };
}
