import { latLngToCell } from 'h3-js';
import type { Position } from './position.ts';

/** Cells of about 0.1 km²: a street block, the grain at which fleets are counted. */
export const H3_RESOLUTION = 9;

/** A position with what storing it adds: whose it is and where on the grid. */
export interface StoredPosition {
  deviceId: number;
  operatorId: number;
  /** H3 cell as 15 hexadecimal digits. */
  h3: string;
  position: Position;
}

/** Places a position on the H3 grid for storing. */
export function toStored(deviceId: number, operatorId: number, position: Position): StoredPosition {
  return { deviceId, operatorId, h3: latLngToCell(position.lat, position.lon, H3_RESOLUTION), position };
}
