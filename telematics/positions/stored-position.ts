import { cellOf } from './h3/cell.ts';
import type { Position } from './position.ts';

/** Cells of about 0.1 km²: a street block, the grain at which fleets are counted. */
export const H3_RESOLUTION = 9;

/** A position with what storing it adds: whose it is and where on the grid. */
export interface StoredPosition {
  deviceId: number;
  operatorId: number;
  /** The halves of the H3 cell, as signed 32-bit numbers. */
  h3High: number;
  h3Low: number;
  position: Position;
}

/** Places a position on the H3 grid for storing. */
export function toStored(deviceId: number, operatorId: number, position: Position): StoredPosition {
  const { high, low } = cellOf(position.lat, position.lon, H3_RESOLUTION);
  return { deviceId, operatorId, h3High: high, h3Low: low, position };
}
