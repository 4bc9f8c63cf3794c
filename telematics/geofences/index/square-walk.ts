import type { Shapes } from './locate.ts';
import { fillSquare } from './square-fill.ts';
import { CHILDREN, rootSlot, SPLIT_BITS, type Squares, shiftAt } from './squares.ts';

/* From roots down to the undivided square around a point; what is not known yet is made on the way. */

const SIDE_MASK = (1 << SPLIT_BITS) - 1;

/** The undivided square that the last question led to. */
export const reached = { block: 0, level: 0 };

/** Goes to the undivided square around a point, given by numbers of the finest squares. */
export function reach(shapes: Shapes, squares: Squares, x: number, y: number): void {
  let level = 0;
  let node = rootNode(shapes, squares, x >> shiftAt(0), y >> shiftAt(0));
  while (node < 0) {
    level += 1;
    node = childNode(shapes, squares, node, level, x >> shiftAt(level), y >> shiftAt(level));
  }
  reached.block = node;
  reached.level = level;
}

export function rootNode(shapes: Shapes, squares: Squares, column: number, row: number): number {
  const slot = rootSlot(squares, column, row);
  const known = squares.roots[slot]!;
  if (known !== 0) return known;
  const node = fillSquare(shapes, squares, 0, column, row, 0);
  squares.roots[slot] = node;
  return node;
}

/** The child of a divided square that has these numbers at its level. */
export function childNode(
  shapes: Shapes,
  squares: Squares,
  branch: number,
  level: number,
  column: number,
  row: number,
): number {
  const place = ~branch + ((row & SIDE_MASK) << SPLIT_BITS) + (column & SIDE_MASK);
  const known = squares.words[place]!;
  if (known !== 0) return known;
  const node = fillSquare(shapes, squares, level, column, row, ~branch + CHILDREN);
  squares.words[place] = node;
  return node;
}
