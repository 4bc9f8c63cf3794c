import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { EventRoute, Severity } from '../rules/event-kinds.ts';
import type { Json } from '../rules/json.ts';
import { type Evidence, HOLE_HEARTBEATS } from './silence-class.ts';
import { EVIDENCE } from './silence-store.ts';

/*
 * Silences that were told, with what became of their devices; on connections under the role
 * `wayleave_jobs`, like silence-store.ts.
 */

export interface ToldSilence {
  id: string;
  operator_id: string;
  device_id: string;
  vehicle_id: string | null;
  severity: Severity;
  routes: EventRoute[];
  occurred_at: Date;
  confirmed_at: Date;
  ended_at: Date | null;
  lat: number | null;
  lon: number | null;
  details: { [key: string]: Json };
}

const TOLD = `
  e.id, e.operator_id, e.device_id, e.vehicle_id, e.severity, e.routes, e.occurred_at, e.confirmed_at, e.ended_at,
  e.lat, e.lon, e.details`;
const LASTS = `e.rule = 'silence' AND e.ended_at IS NULL AND e.retracted_at IS NULL`;

// A fix that was sent late may be hours older than its receipt, but hardly than the last one before the silence.
const OVER = `
  SELECT ${TOLD}, i.device_id IS NOT NULL AS is_installed, l.last_received_at, heard.first_at, heard.first_fix
  FROM events e
  LEFT JOIN latest_positions l ON l.device_id = e.device_id
  LEFT JOIN installations i
    ON i.device_id = e.device_id AND i.vehicle_id = e.vehicle_id AND i.during @> $1::timestamptz
  LEFT JOIN LATERAL (
    SELECT min(p.received_at) AS first_at, min(p.fix_time) FILTER (WHERE p.fix_time > e.occurred_at) AS first_fix
    FROM positions p
    WHERE l.last_received_at > e.occurred_at AND p.device_id = e.device_id
      AND p.fix_time >= e.occurred_at - INTERVAL '1 hour' AND p.received_at > e.occurred_at) AS heard ON true
  WHERE ${LASTS} AND (
    i.device_id IS NULL OR e.operator_id = ANY($2::bigint[])
    OR date_trunc('milliseconds', greatest(l.last_received_at, lower(i.during))) <> e.occurred_at)
  ORDER BY e.id LIMIT $3`;

export interface OverSilence extends ToldSilence {
  /** Whether the device is still in the vehicle. */
  is_installed: boolean;
  last_received_at: Date | null;
  /** The first receipt after it, of the positions that are stored; null if there is none. */
  first_at: Date | null;
  /** The first fix after its beginning. */
  first_fix: Date | null;
}

/** Silences that last although the device was heard, was taken out, or nobody waits for it any more. */
export async function silencesOver(
  connection: Connection,
  disabledOperatorIds: readonly string[],
  nowMs: number,
  limit: number,
): Promise<OverSilence[]> {
  const { rows } = await connection.query<OverSilence>({
    name: 'silence-over',
    text: OVER,
    values: [new Date(nowMs), disabledOperatorIds, limit],
  });
  return rows;
}

const BUFFERED_LATER = `
  SELECT ${TOLD}
  FROM events e
  WHERE e.operator_id = ANY($1::bigint[]) AND e.changed_at > $2 AND e.rule = 'silence'
    AND e.ended_at IS NOT NULL AND e.retracted_at IS NULL AND e.details ->> 'buffered' = 'false'
    AND EXISTS (
      SELECT FROM positions p
      WHERE p.device_id = e.device_id AND p.fix_time > e.occurred_at
        AND p.fix_time < e.ended_at - make_interval(secs => $3) AND p.received_at >= e.ended_at)
  ORDER BY e.id LIMIT $4`;

/** Silences that were changed after `sinceMs`, are over, and of whose time fixes came since. */
export async function silencesBufferedLater(
  connection: Connection,
  operatorIds: readonly string[],
  sinceMs: number,
  marginS: number,
  limit: number,
): Promise<ToldSilence[]> {
  const { rows } = await connection.query<ToldSilence>({
    name: 'silence-buffered-later',
    text: BUFFERED_LATER,
    values: [operatorIds, new Date(sinceMs), marginS, limit],
  });
  return rows;
}

const WORSE = `
  SELECT ${TOLD.replaceAll('e.', 's.')}, coalesce(told.evidence, '[]') AS evidence
  FROM (SELECT e.*, e.occurred_at AS since FROM events e WHERE ${LASTS}
          AND e.details ->> 'class' NOT IN ('after_power_cut', 'after_jamming')
          AND (e.detected_at > $2 OR e.details ->> 'class' = 'coverage_hole')) AS s
  CROSS JOIN LATERAL (${EVIDENCE}) AS told
  WHERE told.is_tampered OR (s.details ->> 'class' = 'coverage_hole' AND s.occurred_at
    <= $1::timestamptz - make_interval(secs => ${HOLE_HEARTBEATS} * (s.details ->> 'sleepHeartbeatS')::float8))
  ORDER BY s.id LIMIT $3`;

/**
 * Silences that may be worse than was told: an alarm became known after them, for those that were told
 * after `sinceMs`, or what explained them does not explain so much.
 */
export async function silencesWorse(
  connection: Connection,
  sinceMs: number,
  nowMs: number,
  limit: number,
): Promise<(ToldSilence & { evidence: Evidence[] })[]> {
  const { rows } = await connection.query<ToldSilence & { evidence: Evidence[] }>({
    name: 'silence-worse',
    text: WORSE,
    values: [new Date(nowMs), new Date(sinceMs), limit],
  });
  return rows;
}

const LASTING = `SELECT e.details ->> 'class' AS class, count(*)::integer AS count FROM events e WHERE ${LASTS} GROUP BY 1`;

/** How many silences last, by class. */
export async function lastingByClass(connection: Connection): Promise<Map<string, number>> {
  const { rows } = await connection.query<{ class: string; count: number }>(LASTING);
  return new Map(rows.map((row) => [row.class, row.count]));
}
