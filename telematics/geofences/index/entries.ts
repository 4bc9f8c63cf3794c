import { edgeSide, NO_SIDE, ON_EDGE } from '../shape/rings.ts';
import { chunkOf, placeOf } from './vertex-store.ts';

/*
 * What a cell of the index knows of a part of a shape, as words of 32 bits.
 *
 * A part that covers the whole cell is one negative word, `insideEntry(label)`. A part whose boundary may
 * lead through it is
 *   label, (runs << 3) | (half << 1) | parity, and two words for each run:
 *   first vertex, (edges << 2) | (counts end << 1) | counts start
 *
 * The rule by which rings hold a point (shape/rings.ts) goes over all edges. Most are neither near the
 * cell nor needed: one to the east never counts; one that is north or south of the cell, or west of it,
 * counts just if one end is north of the point and the other is not. Such edges one after the other cancel
 * out but for the two ends of the chain, and these are the ends of the runs of edges that are near. So it
 * is enough to have the runs, whether each end counts, and the parity of whatever is the same for all
 * points of the cell.
 *
 * At the antimeridian a cell lies on both sides of the plane: an entry is for one half of it.
 */

export const HALF_BOTH = 0;
export const HALF_EAST = 1;
export const HALF_WEST = 2;

export const RUN_WORDS = 2;
export const COUNTS_START = 1;
export const COUNTS_END = 2;
export const EDGES_SHIFT = 2;

/** A part as entries name it: whether its shape has other parts, too, in the lowest bit. */
export const labelOf = (part: number, hasOthers: boolean): number => part * 2 + (hasOthers ? 1 : 0);
export const partOf = (label: number): number => label >> 1;
export const hasOtherParts = (label: number): boolean => (label & 1) === 1;

export const insideEntry = (label: number): number => ~label;
export const isInside = (word: number): boolean => word < 0;

export const runsOf = (head: number): number => head >>> 3;
export const halfOf = (head: number): number => (head >> 1) & 3;
export const headOf = (runs: number, half: number, parity: number): number =>
  (runs << 3) | (half << 1) | parity;

/** Whether an entry for a half does not concern a point. */
export const isOtherHalf = (half: number, lon: number): boolean =>
  half !== HALF_BOTH && half === (lon >= 0 ? HALF_WEST : HALF_EAST);

/** How many words an entry takes that begins at a place. */
export const entryLength = (words: Int32Array, at: number): number =>
  words[at]! < 0 ? 1 : 2 + runsOf(words[at + 1]!) * RUN_WORDS;

/** Whether rings hold a point of the cell, by the runs of edges in `words` from one place to another. */
export function runsHold(
  chunks: readonly Float64Array[],
  words: Int32Array,
  from: number,
  to: number,
  parity: number,
  lat: number,
  lon: number,
): boolean {
  let odd = parity;
  for (let at = from; at < to; at += RUN_WORDS) {
    const vertex = words[at]! >>> 0;
    const code = words[at + 1]!;
    const xy = chunkOf(chunks, vertex);
    let place = placeOf(vertex);
    const end = place + (code >>> EDGES_SHIFT) * 2;
    let u1 = xy[place]! - lon;
    let v1 = xy[place + 1]! - lat;
    if ((code & COUNTS_START) !== 0 && v1 > 0) odd ^= 1;
    while (place < end) {
      place += 2;
      const u2 = xy[place]! - lon;
      const v2 = xy[place + 1]! - lat;
      if ((v1 <= 0 || v2 <= 0) && (v1 >= 0 || v2 >= 0) && (u1 <= 0 || u2 <= 0)) {
        if (u1 < 0 && u2 < 0) {
          if (v1 > 0 !== v2 > 0) odd ^= 1;
        } else {
          const side = edgeSide(u1, v1, u2, v2);
          if (side === ON_EDGE) return true;
          if (side !== NO_SIDE) odd ^= 1;
        }
      }
      u1 = u2;
      v1 = v2;
    }
    if ((code & COUNTS_END) !== 0 && v1 > 0) odd ^= 1;
  }
  return odd === 1;
}
