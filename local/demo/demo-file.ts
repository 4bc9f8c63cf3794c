import { join } from 'node:path';
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

/** The trackers that the simulator plays: `$DATA_DIR/fleet.json`, in the simulator's format. */
const fleetSchema = z.array(z.object({ ident: z.string(), secret: z.string(), kind: z.string() }));

export type SimulatedFleet = z.infer<typeof fleetSchema>;

export const demoFile = (dataDir: string): string => join(dataDir, 'demo.json');
export const fleetFile = (dataDir: string): string => join(dataDir, 'fleet.json');

/** What the last start wrote; files that are gone or spoilt count as never written. */
export function readKept(dataDir: string): { demo: Demo | undefined; fleet: SimulatedFleet } {
  return {
    demo: demoSchema.safeParse(readOrNothing(demoFile(dataDir))).data,
    fleet: fleetSchema.safeParse(readOrNothing(fleetFile(dataDir))).data ?? [],
  };
}

export function writeKept(dataDir: string, demo: Demo, fleet: SimulatedFleet): void {
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
