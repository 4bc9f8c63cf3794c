import { z } from 'zod';
import { type EventRoute, severity } from '../rules/event-kinds.ts';
import { ruleNames } from '../rules/finding.ts';
import type { Json } from '../rules/json.ts';

/** The queue that events are told on; its jobs are {@link RiskMessage}s. */
export const RISK_QUEUE = 'risk-events';

/**
 * What may become of an event, each told once: found; ended; its end, place or figures changed; proved
 * false; found again after that.
 */
export const riskChange = z.enum(['detected', 'ended', 'amended', 'retracted', 'reinstated']);
export type RiskChange = z.infer<typeof riskChange>;

/** The name of a change's jobs, `telematics.risk.detected` and so on. */
export const riskJobName = (change: RiskChange): string => `telematics.risk.${change}`;

/** JSON by its type; what is stored was JSON, so it is not walked through again. */
const storedJson = z.unknown() as z.ZodType<Json>;

const details = z
  .record(z.string(), storedJson)
  .describe(
    'Why: the limit and where it came from, the fixes that made it, figures with units in their names',
  );

/** Of an event, as the API's paths and cursors name it. */
export const eventId = z.uuid();

/** What an event says of itself, the same in the API and in the queue. */
const told = {
  id: z.string().describe('A UUID that follows from device, rule, kind, subject and start'),
  revision: z.number().int().describe('Grows by one with each change: the greater one is the newer'),
  rule: z.enum(ruleNames),
  kind: z.string().describe('Such as overspeed, or the alarm as the tracker reported it'),
  subject: z
    .string()
    .describe('Tells it from others of its kind that began at the same instant, such as a geofence’s id'),
  severity,
  vehicleId: z.string().nullable(),
  deviceId: z.string(),
  occurredAt: z.iso.datetime().describe('Fix time at which it began'),
  confirmedAt: z.iso.datetime().describe('Fix time of the fix that made it certain'),
  endedAt: z.iso.datetime().nullable().describe('Null while it lasts; `occurredAt` if it is momentary'),
  detectedAt: z.iso.datetime().describe('When it was first found'),
  late: z.boolean().describe('Found long after `confirmedAt`: the fixes that show it came late'),
  lat: z.number().nullable().describe('Where it began, degrees; null if no good place is known'),
  lon: z.number().nullable(),
  details,
  retractionReason: z.string().nullable().describe('Why it proved false; null while it stands'),
  supersededBy: z.string().nullable().describe('The event that stands in the place of a retracted one'),
};

/** An event as the HTTP API and the live WebSocket show it. */
export const eventView = z
  .object({
    ...told,
    vehicleLabel: z.string().nullable(),
    changedAt: z.iso.datetime().describe('When this revision was stored'),
    retractedAt: z.iso.datetime().nullable(),
    acknowledgedAt: z.iso.datetime().nullable(),
    acknowledgedBy: z.string().nullable().describe('Id of the person'),
    acknowledgementNote: z.string().nullable(),
  })
  .meta({ id: 'Event' });
export type EventView = z.infer<typeof eventView>;

/** What a consumer of the queue gets: all of it, so that nobody has to ask back. */
export const riskMessage = z.object({ change: riskChange, operatorId: z.string(), ...told });
export type RiskMessage = z.infer<typeof riskMessage>;

/** An event as it is stored. Whom it belongs to is known by its id; what that is called is not. */
export interface StoredEvent extends Omit<EventView, 'vehicleLabel'> {
  operatorId: string;
  routes: EventRoute[];
}

/** What recording or retracting came to for one event; its revision is the one that this change made. */
export interface EventChange {
  change: RiskChange;
  event: StoredEvent;
}

/** @returns the payload of the change's job */
export function riskMessageOf({ change, event }: EventChange): RiskMessage {
  return {
    id: event.id,
    revision: event.revision,
    change,
    operatorId: event.operatorId,
    deviceId: event.deviceId,
    vehicleId: event.vehicleId,
    rule: event.rule,
    kind: event.kind,
    subject: event.subject,
    severity: event.severity,
    occurredAt: event.occurredAt,
    confirmedAt: event.confirmedAt,
    endedAt: event.endedAt,
    detectedAt: event.detectedAt,
    late: event.late,
    lat: event.lat,
    lon: event.lon,
    details: event.details,
    retractionReason: event.retractionReason,
    supersededBy: event.supersededBy,
  };
}

/** @returns the event as it is shown, under the name that its vehicle has now */
export function eventViewOf(event: StoredEvent, vehicleLabel: string | null): EventView {
  const { operatorId: _operator, routes: _routes, ...shown } = event;
  return { ...shown, vehicleLabel };
}
