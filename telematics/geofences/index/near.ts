import { inSpace } from '../shape/segment.ts';
import { createCellPath, DIGITS, enterBaseCell, enterChild } from './cell-path.ts';
import { childOf, entriesFrom, entriesTo, rootOf } from './cell-tree.ts';
import { entryLength, isInside } from './entries.ts';
import type { Shapes } from './locate.ts';

const path = createCellPath();
/** For rounding. */
const SPARE_RAD = 1e-8;
/** Around what is asked for, on the unit sphere. */
const around = { x: 0, y: 0, z: 0, reachRad: 0 };
const labels = new Set<number>();

/**
 * The labels of all parts that hold a point within an angle of a place, and of some others near it. The same
 * set every time: to be read before the next call.
 */
export function findNear(shapes: Shapes, lat: number, lon: number, reachRad: number): ReadonlySet<number> {
  labels.clear();
  [around.x, around.y, around.z] = inSpace(lat, lon);
  around.reachRad = reachRad + SPARE_RAD;
  for (const baseCell of shapes.tree.baseCells) {
    enterBaseCell(path, baseCell);
    if (isNear(0)) visit(shapes, rootOf(baseCell), 0);
  }
  return labels;
}

/** A chord is shorter than its angle: no cell that reaches there is left out. */
function isNear(resolution: number): boolean {
  const dx = path.x[resolution]! - around.x;
  const dy = path.y[resolution]! - around.y;
  const dz = path.z[resolution]! - around.z;
  const reach = path.reachRad[resolution]! + around.reachRad;
  return dx * dx + dy * dy + dz * dz <= reach * reach;
}

function visit(shapes: Shapes, node: number, resolution: number): void {
  const { tree } = shapes;
  const { words } = tree;
  const block = words[node + 1]!;
  if (block !== 0) {
    const end = entriesTo(tree, block);
    for (let at = entriesFrom(block); at < end; at += entryLength(words, at)) {
      const word = words[at]!;
      labels.add(isInside(word) ? ~word : word);
    }
  }
  const children = words[node]!;
  if (children === 0) return;
  for (let digit = 0; digit < DIGITS; digit++) {
    const child = childOf(children, digit);
    if (words[child] === 0 && words[child + 1] === 0) continue;
    if (enterChild(path, resolution, digit) && isNear(resolution + 1)) visit(shapes, child, resolution + 1);
  }
}
