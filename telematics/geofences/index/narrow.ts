import { COUNTS_END, COUNTS_START, EDGES_SHIFT, RUN_WORDS } from './entries.ts';
import { chunkOf, placeOf } from './vertex-store.ts';

/** A part of the plane of longitude and latitude, degrees, its sides included. */
export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/**
 * Runs in preparation, of cells one within the other: those of each cell follow those of the cell around it.
 */
export interface RunStack {
  words: Int32Array;
  /** The parity that the last narrowing left. */
  parity: number;
}

/**
 * From the runs that tell whether rings hold the points of a cell, makes those for a smaller box within
 * it. Writes them at `to` and returns where they end.
 */
export function narrow(
  stack: RunStack,
  chunks: readonly Float64Array[],
  from: number,
  to: number,
  parity: number,
  box: Box,
): number {
  const { words } = stack;
  const { west, south, east, north } = box;
  let end = to;
  let odd = parity;

  for (let at = from; at < to; at += RUN_WORDS) {
    const first = words[at]! >>> 0;
    const code = words[at + 1]!;
    const edges = code >>> EDGES_SHIFT;
    const xy = chunkOf(chunks, first);
    const origin = placeOf(first);
    /** Whether the vertex at hand counts by itself, so far. */
    let counts = code & COUNTS_START;
    /** The first edge of the run at hand that is near, or -1. */
    let opened = -1;
    let openedCode = 0;
    let x1 = xy[origin]!;
    let y1 = xy[origin + 1]!;
    for (let edge = 0; edge < edges; edge++) {
      const x2 = xy[origin + edge * 2 + 2]!;
      const y2 = xy[origin + edge * 2 + 3]!;
      const isEast = x1 > east && x2 > east;
      if (
        !isEast &&
        (x1 >= west || x2 >= west) &&
        (y1 >= south || y2 >= south) &&
        (y1 <= north || y2 <= north)
      ) {
        if (opened < 0) {
          opened = edge;
          openedCode = counts;
        }
      } else {
        const chain = isEast ? 0 : 1;
        if (opened >= 0) {
          words[end] = first + opened;
          words[end + 1] = ((edge - opened) << EDGES_SHIFT) | (chain * COUNTS_END) | openedCode;
          end += RUN_WORDS;
          opened = -1;
        } else if (counts !== chain) {
          // What is left of a vertex where kinds of edges meet: the same for the whole box, or kept.
          if (y1 > north) odd ^= 1;
          else if (y1 >= south) {
            words[end] = first + edge;
            words[end + 1] = COUNTS_START;
            end += RUN_WORDS;
          }
        }
        counts = chain;
      }
      x1 = x2;
      y1 = y2;
    }
    const countsEnd = (code & COUNTS_END) >> 1;
    if (opened >= 0) {
      words[end] = first + opened;
      words[end + 1] = ((edges - opened) << EDGES_SHIFT) | (countsEnd * COUNTS_END) | openedCode;
      end += RUN_WORDS;
    } else if (counts !== countsEnd) {
      if (y1 > north) odd ^= 1;
      else if (y1 >= south) {
        words[end] = first + edges;
        words[end + 1] = COUNTS_START;
        end += RUN_WORDS;
      }
    }
  }
  stack.parity = odd;
  return end;
}
