import type { OutboxMessage } from '@wayleave/runtime/outbox/store.ts';
import { z } from 'zod';
import type { StoredPosition } from '../positions/stored-position.ts';

/** The queue and the name under which a risk event is told. */
export const RISK_QUEUE = 'risk-events';
export const RISK_DETECTED = 'telematics.risk.detected';

/** What a consumer of the queue gets. */
export const riskEvent = z.object({
  id: z.string().describe('Derived from device, kind and instant: the same event has the same id'),
  operatorId: z.string(),
  deviceId: z.string(),
  kind: z.string().describe('The alarm as the tracker reported it, e.g. powerCut'),
  occurredAt: z.iso.datetime().describe('The fix time of the position that carried it'),
  receivedAt: z.iso.datetime(),
  lat: z.number().nullable().describe('Degrees; null without a fix, and doubtful if the fix is'),
  lon: z.number().nullable(),
});

export type RiskEvent = z.infer<typeof riskEvent>;

/** The alarms of a position as risk events; one for each, whatever else is wrong with the fix. */
export function risksOf({ deviceId, operatorId, position }: StoredPosition): OutboxMessage[] {
  if (position.alarm === null) return [];
  return position.alarm.split(',').map((kind) => {
    const event: RiskEvent = {
      id: `${deviceId}:${kind}:${position.fixTimeMs}`,
      operatorId: String(operatorId),
      deviceId: String(deviceId),
      kind,
      occurredAt: new Date(position.fixTimeMs).toISOString(),
      receivedAt: new Date(position.receivedAtMs).toISOString(),
      lat: position.lat,
      lon: position.lon,
    };
    return { operatorId, queue: RISK_QUEUE, name: RISK_DETECTED, key: `risk:${event.id}`, payload: event };
  });
}
