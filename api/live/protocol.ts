import type { EventView } from '@wayleave/telematics/events/event.ts';
import { type FleetVehicle, jsonOf } from '@wayleave/telematics/live/fleet.ts';
import type { Changes } from '@wayleave/telematics/live/viewer.ts';
import { bounds } from '@wayleave/telematics/live/viewport.ts';
import { z } from 'zod';

/** What a client may send. */
export const clientMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('authenticate'), token: z.string().max(2_000) }),
  z.object({ type: z.literal('subscribe'), bounds: bounds.nullish() }),
]);
export type ClientMessage = z.infer<typeof clientMessage>;

export const CLOSE = {
  goingAway: 1001,
  /** Too slow, or no room for another connection. */
  tryAgainLater: 1013,
  badMessage: 4400,
  unauthenticated: 4401,
} as const;

// Vehicles are JSON already, so these messages are put together as text.

export function readyMessage(operator: { id: string; name: string }): string {
  return JSON.stringify({ type: 'ready', operator });
}

export function snapshotMessage(vehicles: readonly FleetVehicle[], total: number, complete: boolean): string {
  return `{"type":"snapshot","vehicles":[${vehicles.map(jsonOf).join(',')}],"total":${total},"complete":${complete}}`;
}

export function changesMessage({ vehicles, left }: Changes): string {
  return `{"type":"changes","vehicles":[${vehicles.map(jsonOf).join(',')}],"left":${JSON.stringify(left)}}`;
}

export function eventsMessage(events: readonly EventView[]): string {
  return JSON.stringify({ type: 'events', events });
}

export function errorMessage(code: string, detail: string): string {
  return JSON.stringify({ type: 'error', code, detail });
}
