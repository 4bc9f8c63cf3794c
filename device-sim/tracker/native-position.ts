import type { nativePosition } from '@wayleave/telematics/positions/adapters/native-json/schema.ts';
import type { z } from 'zod';

/** One element of the native payload as the simulated trackers write it: with epoch times. */
export type NativePosition = z.infer<typeof nativePosition> & { time: number };

/** The topic on which a device publishes its positions. */
export const positionsTopic = (ident: string): string => `devices/${ident}/positions`;

/** One position as an object, several as an array, oldest first. */
export function encodeNative(positions: readonly NativePosition[]): string {
  return JSON.stringify(positions.length === 1 ? positions[0] : positions);
}
