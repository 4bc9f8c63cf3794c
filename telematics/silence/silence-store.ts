import type { Connection } from '@wayleave/runtime/postgres.ts';
import { BIN_MS } from './listening.ts';
import {
  BATTERY_BEFORE_MS,
  EVIDENCE_KINDS,
  type Evidence,
  TAMPER_BEFORE_MS,
  TAMPER_KINDS,
} from './silence-class.ts';

/*
 * What the sweep reads, on connections under the role `wayleave_jobs`: installations, receipts and events
 * belong to features of their own, but asked device by device a sweep would take minutes. Events are
 * written through events/write-store.ts.
 */

/** Held until the transaction ends: two sweeps at once would hold silences back by different memories. */
export async function tryLockSweep(connection: Connection): Promise<boolean> {
  const { rows } = await connection.query<{ locked: boolean }>(
    "SELECT pg_try_advisory_xact_lock(hashtext('silence sweep')) AS locked",
  );
  return rows[0]!.locked;
}

const SETTINGS = `
  SELECT operator_id, settings FROM rule_settings WHERE valid_from <= $1 AND valid_to > $1`;

/** The settings that operators have of their own at an instant, as saved. */
export async function settingsAt(
  connection: Connection,
  atMs: number,
): Promise<{ operator_id: string; settings: unknown }[]> {
  const { rows } = await connection.query({
    name: 'silence-settings',
    text: SETTINGS,
    values: [new Date(atMs)],
  });
  return rows;
}

/**
 * Installations at $1. Not `during @> $1`: under row security the planner does not look at the statistics of
 * that operator, expects a few hundred rows, and loops where it should hash.
 */
const INSTALLED = `
  lower(i.during) <= $1::timestamptz AND coalesce(upper(i.during), 'infinity') > $1::timestamptz`;

/** Slower, a vehicle stands; without a speed one that came no further than this since the fix before. */
const IS_PARKED = `
  coalesce(NOT l.ignition, l.speed_kmh < 5, l.distance_m < 50, false)`;

/** Of one operator; null for those that have no settings of their own. */
export interface OperatorPatience {
  operatorId: string | null;
  enabled: boolean;
  afterS: number;
  sleepHeartbeatS: number;
}

/** Named parameters of the settings: $2 to $5 by operator, $6 to $8 for all others. */
const PATIENCE = `
  SELECT own.operator_id, own.enabled, own.after_s, own.heartbeat_s
  FROM unnest($2::bigint[], $3::boolean[], $4::integer[], $5::integer[]) AS own (operator_id, enabled, after_s, heartbeat_s)`;

function patienceValues(patience: readonly OperatorPatience[]): unknown[] {
  const own = patience.filter(({ operatorId }) => operatorId !== null);
  const others = patience.find(({ operatorId }) => operatorId === null)!;
  return [
    own.map(({ operatorId }) => operatorId),
    own.map(({ enabled }) => enabled),
    own.map(({ afterS }) => afterS),
    own.map(({ sleepHeartbeatS }) => sleepHeartbeatS),
    others.enabled,
    others.afterS,
    others.sleepHeartbeatS,
  ];
}

const HEARD = `
  WITH patience AS (${PATIENCE})
  SELECT i.operator_id, date_bin('${BIN_MS} milliseconds', l.last_received_at, 'epoch') AS bin_start,
         count(*) FILTER (WHERE NOT ${IS_PARKED})::integer AS awake,
         count(*) FILTER (WHERE l.last_received_at > $1::timestamptz - INTERVAL '1 day')::integer AS talking,
         count(*) FILTER (WHERE ${IS_PARKED} AND coalesce(p.enabled, $6)
           AND l.last_received_at <= $1::timestamptz - make_interval(secs => coalesce(p.after_s, $7))
           AND l.last_received_at > $1::timestamptz - make_interval(secs => coalesce(p.heartbeat_s, $8)))::integer AS asleep,
         max(l.last_received_at) AS newest
  FROM installations i
  JOIN latest_positions l ON l.device_id = i.device_id
  LEFT JOIN patience p ON p.operator_id = i.operator_id
  WHERE ${INSTALLED} AND l.last_received_at IS NOT NULL
  GROUP BY i.operator_id, bin_start`;

export interface HeardRow {
  operator_id: string;
  bin_start: Date;
  /** Devices that drove, or whose ignition was on. */
  awake: number;
  /** Devices heard within the last day. */
  talking: number;
  /** Parked ones that are silent for longer than others may be. */
  asleep: number;
  newest: Date;
}

/** When the installed devices were last heard, by operator and span of `BIN_MS`. */
export async function heardBins(
  connection: Connection,
  patience: readonly OperatorPatience[],
  nowMs: number,
): Promise<HeardRow[]> {
  const { rows } = await connection.query<HeardRow>({
    name: 'silence-heard',
    text: HEARD,
    values: [new Date(nowMs), ...patienceValues(patience)],
  });
  return rows;
}

const kindList = (kinds: readonly string[]): string => kinds.map((kind) => `'${kind}'`).join(', ');

/** Alarms of a device around the beginning of its silence, the latest first. Of `s.device_id`, `s.since`. */
export const EVIDENCE = `
  SELECT jsonb_agg(jsonb_build_object('eventId', id, 'kind', kind, 'startMs', extract(epoch FROM occurred_at) * 1000,
           'endMs', extract(epoch FROM ended_at) * 1000) ORDER BY occurred_at DESC, kind) AS evidence,
         bool_or(kind IN (${kindList(TAMPER_KINDS)}) AND (ended_at IS NULL
           OR greatest(occurred_at, ended_at) >= s.since - INTERVAL '${TAMPER_BEFORE_MS} milliseconds')) AS is_tampered
  FROM (
    SELECT * FROM (
      SELECT e.id, e.kind, e.occurred_at, e.ended_at FROM events e
      WHERE e.device_id = s.device_id AND e.confirmed_at >= s.since - INTERVAL '${BATTERY_BEFORE_MS} milliseconds'
        AND e.retracted_at IS NULL AND e.kind IN (${kindList(EVIDENCE_KINDS)})
      UNION
      SELECT e.id, e.kind, e.occurred_at, e.ended_at FROM events e
      WHERE e.device_id = s.device_id AND e.ended_at IS NULL
        AND e.retracted_at IS NULL AND e.kind IN (${kindList(EVIDENCE_KINDS)})
    ) AS alarms ORDER BY occurred_at DESC LIMIT 10) AS latest`;

/** Since when the device of `s` may sleep. */
const MAY_SLEEP = `s.was_heard AND s.since > $1::timestamptz - make_interval(secs => s.heartbeat_s)`;

// Most of those that are silent are parked: they are asked for an alarm, and nothing else, before the others
// are looked at closely. What comes after the last good position may know of an ignition that went off in a garage.
const SILENT = `
  WITH patience AS (${PATIENCE}),
  silent AS MATERIALIZED (
    SELECT f.* FROM (
      SELECT i.operator_id, i.device_id, i.vehicle_id, l.fix_time, l.newest_fix_time, l.lat, l.lon, l.ignition,
             l.speed_kmh, l.battery_v, l.attributes,
             coalesce(l.last_received_at >= lower(i.during), false) AS was_heard,
             date_trunc('milliseconds', greatest(l.last_received_at, lower(i.during))) AS since,
             ${IS_PARKED} AS is_parked,
             coalesce(p.enabled, $6) AS enabled, coalesce(p.after_s, $7) AS after_s,
             coalesce(p.heartbeat_s, $8) AS heartbeat_s
      FROM installations i
      LEFT JOIN latest_positions l ON l.device_id = i.device_id
      LEFT JOIN patience p ON p.operator_id = i.operator_id
      WHERE ${INSTALLED}
    ) AS f
    WHERE f.enabled AND isfinite(f.since) AND f.since <= $1::timestamptz - make_interval(secs => f.after_s)
  ),
  lasting AS MATERIALIZED (
    SELECT e.device_id, e.rule, e.kind, e.occurred_at FROM events e
    WHERE e.ended_at IS NULL AND e.retracted_at IS NULL
      AND (e.rule = 'silence' OR e.kind IN (${kindList(TAMPER_KINDS)}))
  ),
  worth AS MATERIALIZED (
    SELECT s.* FROM silent s
    WHERE (s.device_id, s.since) NOT IN (SELECT device_id, occurred_at FROM lasting WHERE rule = 'silence')
      AND (
        NOT (s.is_parked AND ${MAY_SLEEP})
        OR s.device_id IN (SELECT device_id FROM lasting WHERE rule <> 'silence')
        OR EXISTS (
          SELECT FROM events e
          WHERE e.device_id = s.device_id AND e.confirmed_at >= s.since - INTERVAL '${BATTERY_BEFORE_MS} milliseconds'
            AND e.retracted_at IS NULL AND e.kind IN (${kindList(TAMPER_KINDS)})))
  )
  SELECT s.operator_id, s.device_id, s.vehicle_id, s.since, s.was_heard,
         s.is_parked OR coalesce(NOT doubtful.ignition, false) AS is_parked,
         s.fix_time, s.lat, s.lon, coalesce(doubtful.ignition, s.ignition) AS ignition, s.speed_kmh, s.battery_v,
         s.attributes -> 'deviceBatteryV' AS device_battery_v, s.attributes -> 'batteryPercent' AS battery_percent,
         coalesce(told.evidence, '[]') AS evidence
  FROM worth s
  LEFT JOIN LATERAL (
    SELECT p.ignition FROM positions p
    WHERE NOT s.is_parked AND s.newest_fix_time IS DISTINCT FROM s.fix_time AND p.device_id = s.device_id
      AND p.fix_time > greatest(s.fix_time, s.newest_fix_time - INTERVAL '1 day') AND p.fix_time <= s.newest_fix_time
      AND p.ignition IS NOT NULL
    ORDER BY p.fix_time DESC LIMIT 1) AS doubtful ON true
  LEFT JOIN LATERAL (${EVIDENCE}) AS told ON true
  WHERE told.is_tampered OR NOT coalesce((s.is_parked OR NOT doubtful.ignition) AND ${MAY_SLEEP}, false)
  ORDER BY told.is_tampered DESC NULLS LAST, s.since DESC, s.device_id LIMIT $9`;

/** A device that is silent for longer than its operator waits, which nobody was told. */
export interface SilentRow {
  operator_id: string;
  device_id: string;
  vehicle_id: string;
  since: Date;
  was_heard: boolean;
  is_parked: boolean;
  fix_time: Date | null;
  lat: number | null;
  lon: number | null;
  ignition: boolean | null;
  speed_kmh: number | null;
  battery_v: number | null;
  device_battery_v: unknown;
  battery_percent: unknown;
  evidence: Evidence[];
}

/** Those that are to be told, the latest first; parked ones only after their time or an alarm. */
export async function silentDevices(
  connection: Connection,
  patience: readonly OperatorPatience[],
  nowMs: number,
  limit: number,
): Promise<SilentRow[]> {
  const { rows } = await connection.query<SilentRow>({
    name: 'silence-silent',
    text: SILENT,
    values: [new Date(nowMs), ...patienceValues(patience), limit],
  });
  return rows;
}
