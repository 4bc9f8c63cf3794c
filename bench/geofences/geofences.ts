import type { FenceIndex } from '@wayleave/telematics/geofences/index/fence-index.ts';
import { createFenceIndex } from '@wayleave/telematics/geofences/index/index.ts';
import type { Figures } from '../main.ts';
import { measureBook } from './book.ts';
import { type Country, createCountry, createRandom, type Place, SEED } from './country.ts';
import { createFences, HOME_UP_TO_M, type Polygon } from './fences.ts';
import { createBoundaryPoints, createDarts, createFleet, type Points, VEHICLES } from './fleet.ts';
import { createTurfIndex, measurePostgis } from './peers.ts';

const FEW_FENCES = 10_000;
const MANY_FENCES = 100_000;
const TIMES = MANY_FENCES / FEW_FENCES;
/** Of a run: 17 minutes of the fleet, which drives on from run to run. */
const POINTS = 1_000_000;
/** The slow ones are asked as often as gives a rate. */
const TURF_POINTS = 200_000;
const POSTGIS_POINTS = 100_000;
const RUNS = 6;

/**
 * Which geofences hold a position, and which its way led through, on one core: for a fleet of 10,000 vehicles
 * and 10,000 polygons of 100 to 500 vertices, the answers compared with those of turf, the rate with turf over
 * an R-tree and with PostGIS (`POSTGIS_URL`) at the same points. Then 100,000 polygons: in ten times as many
 * such towns, and all in the same towns, where ten times as many hold each position.
 */
export async function run(): Promise<Figures> {
  const figures: Figures = {};
  const report = (name: string, figure: number): void => {
    figures[name] = Math.abs(figure) >= 100 ? Math.round(figure) : Math.round(figure * 1_000) / 1_000;
    process.stdout.write(`  ${name}: ${figures[name].toLocaleString('en')}\n`);
  };
  const country = createCountry();
  const wide = createCountry(TIMES);
  // First, as long as no memory of something before is used again.
  report('residentMibOfARuleBookWith100k', measureBook(wide, MANY_FENCES));
  const fences: Polygon[] = [];
  const few = fill(country, FEW_FENCES, fences);
  report('buildMsOf10k', few.buildMs);
  const fewSpeed = measure(few, country);
  report('positionsPerSOf10k', fewSpeed.positionsPerS);
  report('crossedUsOf10k', fewSpeed.crossedUs);
  report('dartsPerSOf10k', fewSpeed.dartsPerS);
  report('heldByOf10k', fewSpeed.heldBy);

  const points = fewSpeed.lastPoints;
  const turf = createTurfIndex(fences);
  const some = points.subarray(0, TURF_POINTS * 2);
  let turfPerS = 0;
  for (let run = 0; run < RUNS; run++) turfPerS = Math.max(turfPerS, positionRate(turf, some));
  report('turfPositionsPerS', turfPerS);
  report('timesTurf', fewSpeed.positionsPerS / turfPerS);

  const url = process.env['POSTGIS_URL'];
  if (url) {
    const fewer = points.subarray(0, POSTGIS_POINTS * 2);
    const postgis = await measurePostgis(url, fences, fewer);
    report('postgisPositionsPerS', postgis.positionsPerS);
    report('timesPostgis', fewSpeed.positionsPerS / postgis.positionsPerS);
    const pairs = pairsOf(few.index, fewer);
    if (pairs !== postgis.pairs) throw new Error(`PostGIS found ${postgis.pairs} pairs, the index ${pairs}`);
  }

  const boundary = createBoundaryPoints(POINTS / 2, fences, createRandom(SEED));
  const compared =
    differences(few.index, turf, boundary) + differences(few.index, turf, points.subarray(0, POINTS));
  report('differencesFromTurfInAMillion', compared);

  const asDense = fill(wide, MANY_FENCES);
  report('buildMsOf100k', asDense.buildMs);
  const asDenseSpeed = measure(asDense, wide);
  report('positionsPerSOf100k', asDenseSpeed.positionsPerS);
  report('slowerAt100kPercent', (1 - asDenseSpeed.positionsPerS / fewSpeed.positionsPerS) * 100);
  report('crossedUsOf100k', asDenseSpeed.crossedUs);
  report('dartsPerSOf100k', asDenseSpeed.dartsPerS);
  report('heldByOf100k', asDenseSpeed.heldBy);

  const dense = fill(country, MANY_FENCES);
  const denseSpeed = measure(dense, country);
  report('positionsPerSOf100kInTheSameTowns', denseSpeed.positionsPerS);
  report('slowerAt100kInTheSameTownsPercent', (1 - denseSpeed.positionsPerS / fewSpeed.positionsPerS) * 100);
  report('crossedUsOf100kInTheSameTowns', denseSpeed.crossedUs);
  report('heldByOf100kInTheSameTowns', denseSpeed.heldBy);
  return figures;
}

interface Filled {
  index: FenceIndex;
  /** Where vehicles are parked: at fences of homes, yards and the like. */
  homes: Place[];
  buildMs: number;
}

/** Makes the fences one by one, so that nothing but the index keeps them unless asked for. */
function fill(country: Country, count: number, kept?: Polygon[]): Filled {
  const index = createFenceIndex();
  const homes: Place[] = [];
  let buildMs = 0;
  let key = 0;
  for (const { centre, sizeM, shape } of createFences(country, count, createRandom(SEED))) {
    const startedAtMs = performance.now();
    index.put(key++, shape);
    buildMs += performance.now() - startedAtMs;
    if (sizeM <= HOME_UP_TO_M) homes.push(centre);
    kept?.push(shape);
  }
  return { index, homes, buildMs };
}

interface Speed {
  positionsPerS: number;
  crossedUs: number;
  dartsPerS: number;
  heldBy: number;
  lastPoints: Points;
}

/**
 * The best of some runs, what the code can do when nothing else wants the core. Every run is about other
 * points: nothing that the index remembers of a run is what the next one asks, but for the places.
 */
function measure({ index, homes }: Filled, country: Country): Speed {
  const random = createRandom(SEED);
  const drive = createFleet(country, homes, random);
  const best: Speed = {
    positionsPerS: 0,
    crossedUs: Number.POSITIVE_INFINITY,
    dartsPerS: 0,
    heldBy: 0,
    lastPoints: new Float64Array(),
  };
  for (let run = 0; run < RUNS; run++) {
    const points = drive(POINTS);
    best.positionsPerS = Math.max(best.positionsPerS, positionRate(index, points));
    best.crossedUs = Math.min(best.crossedUs, crossingUs(index, points));
    best.lastPoints = points;
  }
  best.heldBy = pairsOf(index, best.lastPoints) / POINTS;
  for (let run = 0; run < RUNS; run++) {
    best.dartsPerS = Math.max(best.dartsPerS, positionRate(index, createDarts(country, POINTS, random)));
  }
  return best;
}

interface Locator {
  containing: (lat: number, lon: number) => readonly number[];
}

function pairsOf(index: Locator, points: Points): number {
  let pairs = 0;
  for (let at = 0; at < points.length; at += 2) {
    pairs += index.containing(points[at]!, points[at + 1]!).length;
  }
  return pairs;
}

function positionRate(index: Locator, points: Points): number {
  const startedAtMs = performance.now();
  pairsOf(index, points);
  return (points.length / 2 / (performance.now() - startedAtMs)) * 1_000;
}

/** From each position of a vehicle to its next one: microseconds for each. */
function crossingUs(index: FenceIndex, points: Points): number {
  const before = VEHICLES * 2;
  const startedAtMs = performance.now();
  for (let at = before; at < points.length; at += 2) {
    index.crossed(points[at - before]!, points[at - before + 1]!, points[at]!, points[at + 1]!);
  }
  return ((performance.now() - startedAtMs) * 1_000) / ((points.length - before) / 2);
}

/** At how many points two do not say the same. */
function differences(ours: Locator, theirs: Locator, points: Points): number {
  let count = 0;
  for (let at = 0; at < points.length; at += 2) {
    const found = [...ours.containing(points[at]!, points[at + 1]!)].sort((a, b) => a - b).join();
    const expected = theirs
      .containing(points[at]!, points[at + 1]!)
      .toSorted((a, b) => a - b)
      .join();
    if (found !== expected) count += 1;
  }
  return count;
}
