import { distanceM, EARTH_RADIUS_M } from '../../positions/distance.ts';
import { cellOf } from '../../positions/h3/cell.ts';
import { halfLengthRad, inSpace } from '../shape/segment.ts';
import { MAX_CROSSING_M, type Way, waysBetween } from '../shape/way.ts';
import {
  createCellPath,
  DIGITS,
  enterBaseCell,
  enterChild,
  FINEST,
  homeFaces,
  PENTAGON,
  steps,
  stepsRad,
  widestRad,
} from './cell-path.ts';
import { childOf, entriesFrom, entriesTo, rootOf } from './cell-tree.ts';
import { entryLength, isInside, partOf } from './entries.ts';
import { faceOf, placeOnFace } from './face-edges.ts';
import { digitAt, type Found, type Shapes } from './locate.ts';
import { wayMeetsEntry } from './meeting.ts';

const path = createCellPath();
/** For rounding, and for how a straight way bends. */
const SPARE_RAD = 1e-8;
/**
 * In the plane of a face nothing is longer than on the globe by more: at a corner of the face, 37.4°
 * from its centre.
 */
const PLANE_STRETCH = 1.6;

/** What is looked for on the way down: everything about a way that each cell is compared with. */
interface Search {
  way: Way;
  x: number;
  y: number;
  z: number;
  reachRad: number;
}
const search: Search = {
  way: { fromLat: 0, fromLon: 0, toLat: 0, toLon: 0 },
  x: 0,
  y: 0,
  z: 0,
  reachRad: 0,
};

/** Finds a part of every shape whose boundary the way meets, perhaps more than one of the same shape. */
export function findMet(
  shapes: Shapes,
  fromLat: number,
  fromLon: number,
  toLat: number,
  toLon: number,
  found: Found,
): void {
  found.count = 0;
  const turn = Math.abs(fromLon - toLon);
  if (turn <= 180) {
    const halfRad = halfLengthRad(fromLat, fromLon, toLat, toLon);
    if (2 * halfRad * EARTH_RADIUS_M > MAX_CROSSING_M) {
      if (distanceM(fromLat, fromLon, toLat, toLon) > MAX_CROSSING_M) return;
    }
  } else if (distanceM(fromLat, fromLon, toLat, toLon) > MAX_CROSSING_M) return;
  if (turn <= 180 && Math.abs(fromLon) !== 180) {
    const { way } = search;
    way.fromLat = fromLat;
    way.fromLon = fromLon;
    way.toLat = toLat;
    way.toLon = toLon;
    searchAlong(shapes, found);
    return;
  }
  for (const way of waysBetween(fromLat, fromLon, toLat, toLon)) {
    Object.assign(search.way, way);
    searchAlong(shapes, found);
  }
}

function searchAlong(shapes: Shapes, found: Found): void {
  const { fromLat, fromLon, toLat, toLon } = search.way;
  const lat = (fromLat + toLat) / 2;
  const lon = (fromLon + toLon) / 2;
  [search.x, search.y, search.z] = inSpace(lat, lon);
  search.reachRad = halfLengthRad(fromLat, fromLon, toLat, toLon) + SPARE_RAD;
  if (searchWithin(shapes, lat, lon, found)) return;
  const { baseCells } = shapes.tree;
  const on = faceOf(search.x, search.y, search.z);
  for (const baseCell of baseCells) {
    enterBaseCell(path, baseCell);
    if (!isNear(0)) continue;
    const face = homeFaces[baseCell]!;
    if (face !== PENTAGON && placeOnFace(face, on, search.x, search.y, search.z, onPlane)) {
      const x = path.planeX[0]! - onPlane[0]!;
      const y = path.planeY[0]! - onPlane[1]!;
      const z = path.planeZ[0]! - onPlane[2]!;
      visitOnPlane(shapes, rootOf(baseCell), face, 0, x, y, z, found);
    } else {
      visit(shapes, rootOf(baseCell), 0, found);
    }
  }
}

/**
 * Searches the smallest cell that surely holds all of the way. Cells of a resolution are a step or more
 * apart and reach `REACH_STEPS` of it: what is nearer to a centre than the rest of the step is in no other
 * cell. False, with nothing searched, if there is no such cell.
 */
function searchWithin(shapes: Shapes, lat: number, lon: number, found: Found): boolean {
  const { words } = shapes.tree;
  const { high, low } = cellOf(lat, lon, FINEST);
  const baseCell = (high >> 13) & 127;
  const face = homeFaces[baseCell]!;
  if (face === PENTAGON) return false;
  if (!placeOnFace(face, faceOf(search.x, search.y, search.z), search.x, search.y, search.z, onPlane))
    return false;
  enterBaseCell(path, baseCell);
  let x = path.planeX[0]! - onPlane[0]!;
  let y = path.planeY[0]! - onPlane[1]!;
  let z = path.planeZ[0]! - onPlane[2]!;
  const wayReach = search.reachRad * PLANE_STRETCH;
  chain[0] = rootOf(baseCell);
  let known = 0;
  let best = -1;
  let [bestX, bestY, bestZ] = [0, 0, 0];
  for (let resolution = 1; resolution <= FINEST; resolution++) {
    const step = stepsRad[resolution]!;
    const clear = step - widestRad[resolution]! - wayReach;
    if (clear < 0) break;
    const digit = digitAt(high, low, resolution);
    const at = ((face * 2 + (resolution & 1)) * DIGITS + digit) * 3;
    x += steps[at]! * step;
    y += steps[at + 1]! * step;
    z += steps[at + 2]! * step;
    if (known === resolution - 1) {
      const children = words[chain[known]!]!;
      if (children !== 0) chain[++known] = childOf(children, digit);
    }
    if (resolution >= FIRST_SURE && x * x + y * y + z * z <= clear * clear) {
      best = resolution;
      [bestX, bestY, bestZ] = [x, y, z];
      if (known < resolution) break;
    }
  }
  if (best < 0) return false;
  for (let resolution = 0; resolution < Math.min(best, known + 1); resolution++) {
    const block = words[chain[resolution]! + 1]!;
    if (block !== 0) meetEntries(shapes, block, found);
  }
  if (known >= best) visitOnPlane(shapes, chain[best]!, face, best, bestX, bestY, bestZ, found);
  return true;
}

/** The nodes of the cells around the middle of the way. */
const chain = new Int32Array(FINEST + 1);
/** Coarser cells may lie around a corner of the icosahedron, where a plane has a gap. */
const FIRST_SURE = 2;
const onPlane = new Float64Array(3);

/** As `visit`, where the plane of one face is enough. The cell is given from the middle of the way. */
function visitOnPlane(
  shapes: Shapes,
  node: number,
  face: number,
  resolution: number,
  x: number,
  y: number,
  z: number,
  found: Found,
): void {
  const { words } = shapes.tree;
  const block = words[node + 1]!;
  if (block !== 0) meetEntries(shapes, block, found);
  const children = words[node]!;
  if (children === 0) return;
  const finer = resolution + 1;
  const step = stepsRad[finer]!;
  const reach = widestRad[finer]! + search.reachRad * PLANE_STRETCH;
  for (let digit = 0; digit < DIGITS; digit++) {
    const child = childOf(children, digit);
    if (words[child] === 0 && words[child + 1] === 0) continue;
    const at = ((face * 2 + (finer & 1)) * DIGITS + digit) * 3;
    const dx = x + steps[at]! * step;
    const dy = y + steps[at + 1]! * step;
    const dz = z + steps[at + 2]! * step;
    if (dx * dx + dy * dy + dz * dz <= reach * reach) {
      visitOnPlane(shapes, child, face, finer, dx, dy, dz, found);
    }
  }
}

/** A chord is shorter than its angle: no cell that the way leads through is left out. */
function isNear(resolution: number): boolean {
  const dx = path.x[resolution]! - search.x;
  const dy = path.y[resolution]! - search.y;
  const dz = path.z[resolution]! - search.z;
  const reach = path.reachRad[resolution]! + search.reachRad;
  return dx * dx + dy * dy + dz * dz <= reach * reach;
}

function visit(shapes: Shapes, node: number, resolution: number, found: Found): void {
  const { words } = shapes.tree;
  const block = words[node + 1]!;
  if (block !== 0) meetEntries(shapes, block, found);
  const children = words[node]!;
  if (children === 0) return;
  for (let digit = 0; digit < DIGITS; digit++) {
    const child = childOf(children, digit);
    if (words[child] === 0 && words[child + 1] === 0) continue;
    if (enterChild(path, resolution, digit) && isNear(resolution + 1)) {
      visit(shapes, child, resolution + 1, found);
    }
  }
}

function meetEntries(shapes: Shapes, block: number, found: Found): void {
  const { parts, tree } = shapes;
  const { words } = tree;
  const end = entriesTo(tree, block);
  for (let at = entriesFrom(block); at < end; ) {
    const word = words[at]!;
    const next = at + entryLength(words, at);
    if (!isInside(word) && wayMeetsEntry(parts, search.way, words, at, next)) {
      if (found.count === found.parts.length) {
        const grown = new Int32Array(found.count * 2);
        grown.set(found.parts);
        found.parts = grown;
      }
      found.parts[found.count++] = partOf(word);
    }
    at = next;
  }
}
