import type { EventRoute, Severity } from '../rules/event-kinds.ts';
import type { Finding, RuleName } from '../rules/finding.ts';
import type { Json } from '../rules/json.ts';
import type { StoredEvent } from './event.ts';

/** A row of `events`, as {@link EVENT_COLUMNS} reads it. */
export interface EventRow {
  id: string;
  operator_id: string;
  device_id: string;
  vehicle_id: string | null;
  rule: RuleName;
  kind: string;
  subject: string;
  severity: Severity;
  routes: EventRoute[];
  occurred_at: Date;
  confirmed_at: Date;
  ended_at: Date | null;
  settled_at: Date;
  detected_at: Date;
  late: boolean;
  revision: number;
  changed_at: Date;
  retracted_at: Date | null;
  retraction_reason: string | null;
  superseded_by: string | null;
  lat: number | null;
  lon: number | null;
  details: { [key: string]: Json };
  acknowledged_at: Date | null;
  acknowledged_by: string | null;
  acknowledgement_note: string | null;
}

/** Of the table or alias `e`. */
export const EVENT_COLUMNS = `
  e.id, e.operator_id, e.device_id, e.vehicle_id, e.rule, e.kind, e.subject, e.severity, e.routes,
  e.occurred_at, e.confirmed_at, e.ended_at, e.settled_at, e.detected_at, e.late, e.revision, e.changed_at,
  e.retracted_at, e.retraction_reason, e.superseded_by, e.lat, e.lon, e.details,
  e.acknowledged_at, e.acknowledged_by, e.acknowledgement_note`;

export function storedEventOf(row: EventRow): StoredEvent {
  return {
    id: row.id,
    operatorId: row.operator_id,
    deviceId: row.device_id,
    vehicleId: row.vehicle_id,
    rule: row.rule,
    kind: row.kind,
    subject: row.subject,
    severity: row.severity,
    routes: row.routes,
    occurredAt: row.occurred_at.toISOString(),
    confirmedAt: row.confirmed_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    detectedAt: row.detected_at.toISOString(),
    late: row.late,
    revision: row.revision,
    changedAt: row.changed_at.toISOString(),
    retractedAt: row.retracted_at?.toISOString() ?? null,
    retractionReason: row.retraction_reason,
    supersededBy: row.superseded_by,
    lat: row.lat,
    lon: row.lon,
    details: row.details,
    acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
    acknowledgedBy: row.acknowledged_by,
    acknowledgementNote: row.acknowledgement_note,
  };
}

/** What was found, as it is stored: with the details that fitted. */
export function findingOf(row: EventRow): Finding {
  return {
    rule: row.rule,
    kind: row.kind,
    subject: row.subject,
    startMs: row.occurred_at.getTime(),
    confirmedMs: row.confirmed_at.getTime(),
    endMs: row.ended_at?.getTime() ?? null,
    lat: row.lat,
    lon: row.lon,
    details: row.details,
  };
}
