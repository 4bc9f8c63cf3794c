import { createHash } from 'node:crypto';
import { CodedError } from '@wayleave/runtime/errors.ts';
import { type Fleet, jsonOf } from '@wayleave/telematics/live/fleet.ts';
import type { LiveLimits } from './limits.ts';

/** The fleet could not be read in time, because a database is away or slow. */
export const fleetNotReady = () =>
  new CodedError('fleet_not_ready', 503, 'The fleet could not be read yet; try again.', { retryAfterS: 5 });

export interface FleetDocument {
  /** JSON: `{"items": LiveVehicle[]}`. */
  body: Buffer;
  /** A strong one: of the bytes. */
  etag: string;
}

export interface FleetDocuments {
  changed(): void;
  now(): FleetDocument;
}

/**
 * The whole fleet as one JSON text. Read from the database and turned into text, 4,000 vehicles cost
 * tens of milliseconds for each who asks; the live feed has them in memory, each with the JSON that
 * its last change made necessary, so that all that is left is to join them. While nothing changes,
 * everybody gets the same bytes; a fleet so large that joining takes long is joined less often, as
 * the live map's passes are.
 */
export function createFleetDocument(
  fleet: Fleet,
  { maxBusyShare, maxSpacingMs }: Pick<LiveLimits, 'maxBusyShare' | 'maxSpacingMs'>,
): FleetDocuments {
  let document: FleetDocument | null = null;
  let isStale = true;
  let madeAtMs = Number.NEGATIVE_INFINITY;
  let spacingMs = 0;

  const make = (): FleetDocument => {
    const vehicles: string[] = [];
    for (const vehicle of fleet.vehicles) {
      if (vehicle.installed !== null && vehicle.fix !== null) vehicles.push(jsonOf(vehicle));
    }
    const body = Buffer.from(`{"items":[${vehicles.join(',\n')}]}\n`);
    return { body, etag: `"${createHash('sha1').update(body).digest('base64url')}"` };
  };

  return {
    changed: () => {
      isStale = true;
    },
    now: () => {
      const startedAtMs = performance.now();
      if (document !== null && (!isStale || startedAtMs < madeAtMs + spacingMs)) return document;
      document = make();
      isStale = false;
      madeAtMs = performance.now();
      spacingMs = Math.min((madeAtMs - startedAtMs) / maxBusyShare, maxSpacingMs);
      return document;
    },
  };
}
