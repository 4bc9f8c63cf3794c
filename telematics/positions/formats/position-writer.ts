import type { PositionView } from '../position.ts';

/**
 * Makes a document out of positions that come a portion at a time, so that a year needs no more
 * memory than an hour. Put together, what the calls return is the document.
 */
export interface PositionWriter {
  begin(): string;
  /** The next positions of one device; `isNewDevice` tells that those before were of another installation. */
  write(positions: readonly PositionView[], isNewDevice: boolean): string;
  end(): string;
}

/** A position at a place on Earth, as a drawing format needs it. */
export type LocatedPosition = PositionView & { lat: number; lon: number };

/**
 * Whether the position has coordinates that a map knows. A program refuses a whole file for one
 * latitude of 91°, so doubtful positions without a place stand in the formats that are no drawing.
 */
export function isLocated(position: PositionView): position is LocatedPosition {
  const { lat, lon } = position;
  return lat !== null && lon !== null && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
}
