import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { EventFilter, EventOrder } from './event-filter.ts';
import { EVENT_COLUMNS, type EventRow } from './event-row.ts';

/*
 * What the API does, on connections under the role `wayleave_app`. Ingest and jobs write (write-store.ts).
 */

export interface ReadEventRow extends EventRow {
  vehicle_label: string | null;
}

/** Where a page begins: after this one, in the order of the list. */
export interface EventPlace {
  atMs: number;
  id: string;
}

const ORDERED_BY = { occurred: 'e.occurred_at', changed: 'e.changed_at' } as const satisfies Record<
  EventOrder,
  string
>;

const RETRACTED = {
  include: '',
  only: ' AND e.retracted_at IS NOT NULL',
  exclude: ' AND e.retracted_at IS NULL',
} as const;

/** Conditions and their parameters, so that one that is not asked for costs the planner nothing. */
function conditionsOf(filter: EventFilter, first: readonly unknown[]): { sql: string; values: unknown[] } {
  const values = [...first];
  let sql = RETRACTED[filter.retracted];
  const add = (condition: string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    sql += ` AND ${condition} $${values.length}`;
  };
  add('e.occurred_at >=', filter.from);
  add('e.occurred_at <', filter.to);
  add('e.changed_at >=', filter.changedFrom);
  add('e.kind =', filter.kind);
  add('e.severity =', filter.severity);
  add('e.vehicle_id =', filter.vehicleId);
  add('e.device_id =', filter.deviceId);
  add("e.rule = 'geofence' AND e.subject =", filter.geofenceId);
  // Said outright, so that the planner sees that an index of such rows serves.
  sql += flagOf(filter.late, 'e.late', 'NOT e.late');
  sql += flagOf(filter.lasting, 'e.ended_at IS NULL', 'e.ended_at IS NOT NULL');
  sql += flagOf(filter.acknowledged, 'e.acknowledged_at IS NOT NULL', 'e.acknowledged_at IS NULL');
  return { sql, values };
}

function flagOf(flag: 'true' | 'false' | undefined, ifTrue: string, ifFalse: string): string {
  return flag === undefined ? '' : ` AND ${flag === 'true' ? ifTrue : ifFalse}`;
}

/** Newest first, from after `after` on. */
export async function listEvents(
  connection: Connection,
  filter: EventFilter,
  order: EventOrder,
  after: EventPlace | null,
  limit: number,
): Promise<ReadEventRow[]> {
  const column = ORDERED_BY[order];
  const conditions = conditionsOf(filter, [limit]);
  if (after) {
    conditions.sql += ` AND (${column}, e.id) < ($${conditions.values.length + 1}, $${conditions.values.length + 2})`;
    conditions.values.push(new Date(after.atMs).toISOString(), after.id);
  }
  // The page first and the names then: a join before the limit would keep the index from ending the search.
  const { rows } = await connection.query<ReadEventRow>(
    `SELECT ${EVENT_COLUMNS}, v.label AS vehicle_label
     FROM (SELECT * FROM events e WHERE true${conditions.sql} ORDER BY ${column} DESC, e.id DESC LIMIT $1) e
     LEFT JOIN vehicles v ON v.id = e.vehicle_id
     ORDER BY ${column} DESC, e.id DESC`,
    conditions.values,
  );
  return rows;
}

const FIND = `
  SELECT ${EVENT_COLUMNS}, v.label AS vehicle_label
  FROM events e LEFT JOIN vehicles v ON v.id = e.vehicle_id WHERE e.id = $1`;

export async function findEvent(connection: Connection, id: string): Promise<ReadEventRow | undefined> {
  const { rows } = await connection.query<ReadEventRow>(FIND, [id]);
  return rows[0];
}

const ACKNOWLEDGE = `
  UPDATE events SET acknowledged_at = date_trunc('milliseconds', clock_timestamp()), acknowledged_by = $2, acknowledgement_note = $3
  WHERE id = $1 AND acknowledged_at IS NULL`;

/** Says who dealt with an event, unless somebody did before. */
export async function acknowledge(
  connection: Connection,
  id: string,
  userId: string,
  note: string | null,
): Promise<void> {
  await connection.query(ACKNOWLEDGE, [id, userId, note]);
}

/** Those of the ids that name events which the connection may see. */
export async function visibleEventIds(connection: Connection, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await connection.query<{ id: string }>(
    'SELECT id FROM events WHERE id = ANY($1::uuid[])',
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}
