import { inSpace } from '../shape/segment.ts';
import { BASE_CELLS, type CellPath, createCellPath, enterBaseCell, FINEST, widestRad } from './cell-path.ts';

/*
 * What covers of all kinds of parts share: which cells of the grid a part needs, and how fine.
 */

/** The way down that covers are made on, one at a time. */
export const path: CellPath = createCellPath();

/** What a cover calls for each cell. */
export interface CoverSink {
  inside(path: CellPath, resolution: number): void;
  /** With the runs of edges in `words` from one place to another; none for a circle. */
  boundary(
    path: CellPath,
    resolution: number,
    half: number,
    parity: number,
    words: Int32Array,
    from: number,
    to: number,
  ): void;
}

/** A circle around something, on the unit sphere. */
export interface Cap {
  x: number;
  y: number;
  z: number;
  reachRad: number;
}

export function capAround(lat: number, lon: number, reachRad: number): Cap {
  const [x, y, z] = inSpace(lat, lon);
  return { x, y, z, reachRad };
}

/** The angle between the centres of a cell and of a cap. */
export function angleTo(cap: Cap, resolution: number): number {
  const dx = path.x[resolution]! - cap.x;
  const dy = path.y[resolution]! - cap.y;
  const dz = path.z[resolution]! - cap.z;
  return 2 * Math.asin(Math.min(1, Math.sqrt(dx * dx + dy * dy + dz * dz) / 2));
}

/** The base cells that reach a cap, one after the other entered on the path. */
export function* baseCellsNear(cap: Cap): Generator<number> {
  for (let baseCell = 0; baseCell < BASE_CELLS; baseCell++) {
    enterBaseCell(path, baseCell);
    if (angleTo(cap, 0) <= cap.reachRad + path.reachRad[0]!) yield baseCell;
  }
}

/**
 * The coarsest resolution whose cells are at least `cellsAcross` times smaller than something of that
 * reach: each finer one has 2.6 times as many cells along its boundary.
 */
export function resolutionFor(reachRad: number, cellsAcross: number): number {
  let resolution = 0;
  while (resolution < FINEST && widestRad[resolution]! * cellsAcross > reachRad) resolution += 1;
  return resolution;
}
