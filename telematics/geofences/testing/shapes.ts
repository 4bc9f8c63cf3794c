import { CodedError } from '@wayleave/runtime/errors.ts';
import type { Coordinates } from '../geofence.ts';

/** A closed star of `corners` corners, one degree wide. */
export function starRing(lon: number, lat: number, corners: number): Coordinates[] {
  const open = Array.from({ length: corners }, (_, i): Coordinates => {
    const turn = (i / corners) * 2 * Math.PI;
    const radius = i % 2 === 0 ? 0.5 : 0.3;
    return [lon + radius * Math.cos(turn), lat + radius * Math.sin(turn)];
  });
  return [...open, open[0] as Coordinates];
}

/** The code of the error that an attempt ends with, or null if it succeeds. */
export function codeOf(attempt: () => unknown): string | null {
  try {
    attempt();
    return null;
  } catch (error) {
    if (error instanceof CodedError) return error.code;
    throw error;
  }
}
