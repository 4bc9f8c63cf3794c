import { cellHex, cellOf } from '../positions/h3/cell.ts';

/** Cells of some 5 km², as large as the shadow of a hill. */
const RESOLUTION = 7;
/** Which is as far as the middle of a neighbouring cell is away. */
const NEAR_M = 2_200;
const DIRECTIONS = 12;
const METRES_PER_DEGREE = 111_195;

/** The cell of a place as a `bigint` column holds it. */
export function coverageCell(lat: number, lon: number): string {
  const { high, low } = cellOf(lat, lon, RESOLUTION);
  return BigInt.asIntN(64, BigInt(`0x${cellHex(high, low)}`)).toString();
}

/** The cells in which the place is or which are a little way off, at most 13. */
export function coverageCellsNear(lat: number, lon: number): string[] {
  const cells = new Set([coverageCell(lat, lon)]);
  const perDegreeLon = METRES_PER_DEGREE * Math.max(0.01, Math.cos((lat * Math.PI) / 180));
  for (let at = 0; at < DIRECTIONS; at += 1) {
    const angle = (2 * Math.PI * at) / DIRECTIONS;
    const nearLat = Math.max(-90, Math.min(90, lat + (NEAR_M * Math.cos(angle)) / METRES_PER_DEGREE));
    const nearLon = lon + (NEAR_M * Math.sin(angle)) / perDegreeLon;
    cells.add(
      coverageCell(nearLat, nearLon > 180 ? nearLon - 360 : nearLon < -180 ? nearLon + 360 : nearLon),
    );
  }
  return [...cells];
}
