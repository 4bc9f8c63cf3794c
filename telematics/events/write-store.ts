import { addToOutbox } from '@wayleave/runtime/outbox/store.ts';
import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { Finding } from '../rules/finding.ts';
import { type EventDraft, type EventRecord, recordsOf } from './draft.ts';
import { tooManyStandingEvents } from './errors.ts';
import {
  type EventChange,
  RISK_QUEUE,
  type RiskChange,
  riskJobName,
  riskMessageOf,
  type StoredEvent,
} from './event.ts';
import { EVENT_COLUMNS, type EventRow, findingOf, storedEventOf } from './event-row.ts';

/*
 * What ingest and jobs do, within their transactions, on connections under `wayleave_ingest` or
 * `wayleave_jobs`. The API reads and acknowledges (read-store.ts).
 */

/** Events of one device that a replay compares with at once: some 50 MiB as they usually are. */
const MAX_STANDING_EVENTS = 50_000;

const INSERT = `
  INSERT INTO events AS e (id, operator_id, device_id, vehicle_id, rule, kind, subject, severity, routes,
    occurred_at, confirmed_at, ended_at, settled_at, late, lat, lon, details, detected_at, changed_at)
  SELECT n.id, n.operator_id, n.device_id, n.vehicle_id, n.rule, n.kind, n.subject, n.severity,
    string_to_array(n.routes, ','), n.occurred_at, n.confirmed_at, n.ended_at, n.settled_at, n.late, n.lat, n.lon, n.details, $18, $18
  FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::boolean[],
    $15::float8[], $16::float8[], $17::jsonb[])
    AS n (id, operator_id, device_id, vehicle_id, rule, kind, subject, severity,
      routes, occurred_at, confirmed_at, ended_at, settled_at, late, lat, lon, details)
  ORDER BY n.id
  ON CONFLICT (id) DO NOTHING
  RETURNING ${EVENT_COLUMNS}`;

// Locked in the order of their ids. A row that another transaction has changed meanwhile is looked at
// as it is by then, so what both were about to say is said by one. A finding that only another fix tells
// now is the same: nobody hears of that.
const UPDATE = `
  WITH locked AS (
    SELECT n.*, CASE WHEN e.retracted_at IS NOT NULL THEN 'reinstated'
                     WHEN (e.vehicle_id, e.confirmed_at, e.ended_at, e.lat, e.lon, e.details)
                       IS NOT DISTINCT FROM (n.vehicle_id, n.confirmed_at, n.ended_at, n.lat, n.lon, n.details) THEN NULL
                     WHEN e.ended_at IS NULL AND n.ended_at IS NOT NULL THEN 'ended'
                     ELSE 'amended' END AS change
    FROM events e
    JOIN unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[],
        $6::float8[], $7::float8[], $8::jsonb[], $10::text[], $11::text[])
      AS n (id, vehicle_id, confirmed_at, ended_at, settled_at, lat, lon, details, restated_severity, restated_routes)
      USING (id)
    WHERE e.retracted_at IS NOT NULL
       OR (e.vehicle_id, e.confirmed_at, e.ended_at, e.settled_at, e.lat, e.lon, e.details)
          IS DISTINCT FROM (n.vehicle_id, n.confirmed_at, n.ended_at, n.settled_at, n.lat, n.lon, n.details)
    ORDER BY e.id FOR NO KEY UPDATE OF e)
  UPDATE events AS e SET
    vehicle_id = locked.vehicle_id, confirmed_at = locked.confirmed_at, ended_at = locked.ended_at,
    settled_at = locked.settled_at, lat = locked.lat, lon = locked.lon, details = locked.details,
    severity = coalesce(locked.restated_severity, e.severity),
    routes = coalesce(string_to_array(locked.restated_routes, ','), e.routes),
    retracted_at = NULL, retraction_reason = NULL, superseded_by = NULL,
    revision = e.revision + CASE WHEN locked.change IS NULL THEN 0 ELSE 1 END,
    changed_at = CASE WHEN locked.change IS NULL THEN e.changed_at ELSE $9 END
  FROM locked WHERE e.id = locked.id
  RETURNING ${EVENT_COLUMNS}, locked.change`;

/**
 * Records what was found, and tells of it through the outbox where the event is routed to the queue.
 * A finding that is stored already with the same content changes nothing, so recording may be repeated;
 * one with another end, place or figures makes a further revision; one that was retracted stands again.
 * @returns what became of it, in order of the events' ids
 */
export async function recordFindings(
  connection: Connection,
  drafts: readonly EventDraft[],
  nowMs: number,
): Promise<EventChange[]> {
  if (drafts.length === 0) return [];
  const records = recordsOf(drafts);
  const inserted = await insert(connection, records, nowMs);
  const isNew = new Set(inserted.map(({ event }) => event.id));
  const known = records.filter(({ id }) => !isNew.has(id));
  const changes = [...inserted, ...(await update(connection, known, nowMs))];
  return await tell(connection, changes);
}

async function insert(
  connection: Connection,
  records: readonly EventRecord[],
  nowMs: number,
): Promise<EventChange[]> {
  const { rows } = await connection.query<EventRow>({
    name: 'events-insert',
    text: INSERT,
    values: [
      records.map(({ id }) => id),
      records.map(({ operatorId }) => operatorId),
      records.map(({ deviceId }) => deviceId),
      records.map(({ vehicleId }) => vehicleId),
      records.map(({ finding }) => finding.rule),
      records.map(({ kind }) => kind),
      records.map(({ subject }) => subject),
      records.map(({ severity }) => severity),
      records.map(({ routes }) => routes.join(',')),
      records.map(({ finding }) => isoOf(finding.startMs)),
      records.map(({ finding }) => isoOf(finding.confirmedMs)),
      records.map(({ finding }) => isoOf(finding.endMs)),
      records.map(({ settledMs }) => isoOf(settledMs)),
      records.map(({ late }) => late),
      records.map(({ finding }) => finding.lat),
      records.map(({ finding }) => finding.lon),
      records.map(({ details }) => details),
      isoOf(nowMs),
    ],
  });
  return rows.map((row) => ({ change: 'detected', event: storedEventOf(row) }));
}

async function update(
  connection: Connection,
  records: readonly EventRecord[],
  nowMs: number,
): Promise<EventChange[]> {
  if (records.length === 0) return [];
  const { rows } = await connection.query<EventRow & { change: RiskChange | null }>({
    name: 'events-update',
    text: UPDATE,
    values: [
      records.map(({ id }) => id),
      records.map(({ vehicleId }) => vehicleId),
      records.map(({ finding }) => isoOf(finding.confirmedMs)),
      records.map(({ finding }) => isoOf(finding.endMs)),
      records.map(({ settledMs }) => isoOf(settledMs)),
      records.map(({ finding }) => finding.lat),
      records.map(({ finding }) => finding.lon),
      records.map(({ details }) => details),
      isoOf(nowMs),
      records.map(({ isRestated, severity }) => (isRestated ? severity : null)),
      records.map(({ isRestated, routes }) => (isRestated ? routes.join(',') : null)),
    ],
  });
  return rows.flatMap((row) => (row.change ? [{ change: row.change, event: storedEventOf(row) }] : []));
}

/** An event that proved false. */
export interface Retraction {
  id: string;
  /** A stable code. */
  reason: string;
  /** The event that stands in its place, if there is one. */
  supersededBy: string | null;
}

const RETRACT = `
  WITH locked AS (
    SELECT n.* FROM events e
    JOIN unnest($1::uuid[], $2::text[], $3::uuid[]) AS n (id, reason, superseded_by) USING (id)
    WHERE e.retracted_at IS NULL ORDER BY e.id FOR NO KEY UPDATE OF e)
  UPDATE events AS e SET retracted_at = $4, retraction_reason = locked.reason, superseded_by = locked.superseded_by,
    revision = e.revision + 1, changed_at = $4
  FROM locked WHERE e.id = locked.id
  RETURNING ${EVENT_COLUMNS}`;

/**
 * Retracts events and tells so wherever they were told. They stay in the table; one that is retracted
 * already, or that nobody knows, is left alone.
 */
export async function retractEvents(
  connection: Connection,
  retractions: readonly Retraction[],
  nowMs: number,
): Promise<EventChange[]> {
  if (retractions.length === 0) return [];
  const each = [...new Map(retractions.map((retraction) => [retraction.id, retraction])).values()];
  const { rows } = await connection.query<EventRow>({
    name: 'events-retract',
    text: RETRACT,
    values: [
      each.map(({ id }) => id),
      each.map(({ reason }) => reason),
      each.map(({ supersededBy }) => supersededBy),
      isoOf(nowMs),
    ],
  });
  return await tell(
    connection,
    rows.map((row) => ({ change: 'retracted', event: storedEventOf(row) })),
  );
}

/** Adds the messages of the changes that go to the queue. @returns the changes in order of their ids */
async function tell(connection: Connection, changes: EventChange[]): Promise<EventChange[]> {
  changes.sort(({ event: one }, { event: other }) => (one.id < other.id ? -1 : 1));
  const messages = changes
    .filter(({ event }) => event.routes.includes('queue'))
    .map((change) => ({
      operatorId: Number(change.event.operatorId),
      queue: RISK_QUEUE,
      name: riskJobName(change.change),
      key: keyOf(change),
      payload: riskMessageOf(change),
    }));
  await addToOutbox(connection, messages);
  return changes;
}

/** Of the outbox row and so of the job: the event's id where it is first told, with the revision after that. */
const keyOf = ({ change, event }: EventChange): string =>
  change === 'detected' ? event.id : `${event.id}.${event.revision}`;

/** A stored event with the finding that it was made of. */
export interface StandingEvent {
  id: string;
  finding: Finding;
  /** Fix time of the fix that told its end, or what else of it changed last, epoch milliseconds. */
  settledMs: number;
  vehicleId: string | null;
}

// The rules that the engine does not run raise and end their events by themselves. What is certain since an
// instant was settled since then as well; asked for apart from what lasts, no event from before is looked at.
const STANDING = `
  SELECT ${EVENT_COLUMNS} FROM (
    SELECT * FROM events WHERE device_id = $1 AND settled_at > $2 AND retracted_at IS NULL
    UNION ALL
    SELECT * FROM events WHERE device_id = $1 AND settled_at <= $2 AND ended_at IS NULL AND retracted_at IS NULL) AS e
  WHERE e.rule NOT IN ('undated_alarm', 'silence') AND e.confirmed_at <= $3
  ORDER BY e.confirmed_at, e.id LIMIT $4`;

/**
 * What stands of a device's events by the rules that the engine runs: those that became certain after
 * `afterMs` and up to `untilMs`, and those that had before and last, or were settled after `afterMs`; in the order in
 * which they became certain. Fix times, epoch milliseconds.
 * @throws `too_many_standing_events`; ask for less time at once
 */
export async function standingEvents(
  connection: Connection,
  deviceId: number,
  afterMs: number,
  untilMs: number,
): Promise<StandingEvent[]> {
  const { rows } = await connection.query<EventRow>({
    name: 'events-standing',
    text: STANDING,
    values: [deviceId, isoOf(afterMs), isoOf(untilMs), MAX_STANDING_EVENTS + 1],
  });
  if (rows.length > MAX_STANDING_EVENTS) throw tooManyStandingEvents(deviceId, MAX_STANDING_EVENTS);
  return rows.map((row) => ({
    id: row.id,
    finding: findingOf(row),
    settledMs: row.settled_at.getTime(),
    vehicleId: row.vehicle_id,
  }));
}

/** The events of these ids, retracted ones too, in order of their ids. */
export async function eventsOf(connection: Connection, ids: readonly string[]): Promise<StoredEvent[]> {
  if (ids.length === 0) return [];
  const { rows } = await connection.query<EventRow>({
    name: 'events-of-ids',
    text: `SELECT ${EVENT_COLUMNS} FROM events e WHERE e.id = ANY($1::uuid[]) ORDER BY e.id`,
    values: [ids],
  });
  return rows.map(storedEventOf);
}

/** Bounds of a span may be infinite; PostgreSQL has words for that. */
function isoOf(epochMs: null): null;
function isoOf(epochMs: number): string;
function isoOf(epochMs: number | null): string | null;
function isoOf(epochMs: number | null): string | null {
  if (epochMs === null) return null;
  if (epochMs === Number.POSITIVE_INFINITY) return 'infinity';
  if (epochMs === Number.NEGATIVE_INFINITY) return '-infinity';
  return new Date(epochMs).toISOString();
}
