import { join } from 'node:path';
import { fleetFile as fleetSchema, type SimulatedDevice } from '@wayleave/device-sim/fleet-file.ts';
import { z } from 'zod';
import { readPrivateJson, writePrivateJson } from '../private-file.ts';

const demoSchema = z.object({
  apiUrl: z.string(),
  mqttUrl: z.string(),
  users: z.array(z.object({ role: z.enum(['fleet', 'admin']), email: z.string(), password: z.string() })),
  /** A tracker that the simulator leaves alone, installed in a vehicle. */
  device: z.object({ ident: z.string(), secret: z.string(), vehicleId: z.string() }),
});

/** What a person or a program needs to use the demonstration: `$DATA_DIR/demo.json`. */
export type Demo = z.infer<typeof demoSchema>;

export const demoFile = (dataDir: string): string => join(dataDir, 'demo.json');
/** The trackers that the simulator plays, in its own format. */
export const fleetFile = (dataDir: string): string => join(dataDir, 'fleet.json');

/** What the last start wrote; files that are gone or spoilt count as never written. */
export function readKept(dataDir: string): { demo: Demo | undefined; fleet: SimulatedDevice[] } {
  return {
    demo: demoSchema.safeParse(readOrNothing(demoFile(dataDir))).data,
    fleet: fleetSchema.safeParse(readOrNothing(fleetFile(dataDir))).data ?? [],
  };
}

export function writeKept(dataDir: string, demo: Demo, fleet: SimulatedDevice[]): void {
  writePrivateJson(fleetFile(dataDir), fleet);
  writePrivateJson(demoFile(dataDir), demo);
}

function readOrNothing(path: string): unknown {
  try {
    return readPrivateJson(path);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
