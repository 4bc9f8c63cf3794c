import { between, type Random } from '../random.ts';

const SINCE_MS = Date.UTC(2026, 0, 1);
/** Faster than vehicles get about on average, and slower than they can be. */
const MEAN_MPS = 12;

/**
 * What an odometer has come to when a simulation starts, whole metres. It grows with time, so that
 * one that is started again goes on and nobody takes the vehicle's odometer for a replaced one.
 */
export function odometerAtM(random: Random, timeMs: number): number {
  const drivenM = (Math.max(0, timeMs - SINCE_MS) / 1_000) * MEAN_MPS;
  return Math.round(between(random, 2_000, 60_000) * 1_000 + drivenM);
}
