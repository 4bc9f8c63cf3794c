import type { Connection, Pool } from '@wayleave/runtime/postgres.ts';
import type { GeofenceKind, GeofenceSchedule, GeofenceShape } from '../../geofences/geofence.ts';
import type { VehicleKind } from '../../vehicles/vehicle.ts';

/*
 * Reading what rules hold for whom and when: geofences, groups, limits, settings and installations belong
 * to features of their own, and this is the one place where workers read them all together, under the
 * roles `wayleave_ingest` and `wayleave_jobs`, or for one operator under `wayleave_app`.
 */

type Queryable = Connection | Pool;

/** Versions in one answer, each with a shape of some kilobytes. */
const MAX_VERSIONS_PER_ANSWER = 500;

/** Until when a version of a geofence holds, by its id. */
export interface VersionSpan {
  id: string;
  valid_from: Date;
  /** Null for ever. */
  valid_to: Date | null;
}

const SPANS = `
  SELECT id, valid_from, nullif(valid_to, 'infinity') AS valid_to FROM geofence_versions
  WHERE operator_id = $1 AND valid_from < valid_to AND valid_to > $2`;

/** Of every version of the operator's geofences that held at some time after `sinceMs`. */
export async function versionSpans(
  db: Queryable,
  operatorId: number,
  sinceMs: number,
): Promise<VersionSpan[]> {
  const { rows } = await db.query<VersionSpan>({
    name: 'rule-book-spans',
    text: SPANS,
    values: [operatorId, new Date(sinceMs)],
  });
  return rows;
}

export interface GeofenceVersionRow extends VersionSpan {
  geofence_id: string;
  version: number;
  name: string;
  kind: GeofenceKind;
  shape: GeofenceShape;
  group_id: string | null;
  vehicle_id: string | null;
  schedule: GeofenceSchedule | null;
  speed_limit_kmh: number | null;
  dwell_s: number | null;
}

const VERSIONS = `
  SELECT id, geofence_id, version, valid_from, nullif(valid_to, 'infinity') AS valid_to, name, kind, shape,
         group_id, vehicle_id, schedule, speed_limit_kmh, dwell_s
  FROM geofence_versions WHERE operator_id = $1 AND id = ANY($2::bigint[])`;

/** The versions with these ids, some at a time. */
export async function* geofenceVersions(
  db: Queryable,
  operatorId: number,
  ids: readonly string[],
): AsyncGenerator<GeofenceVersionRow[]> {
  for (let at = 0; at < ids.length; at += MAX_VERSIONS_PER_ANSWER) {
    const some = ids.slice(at, at + MAX_VERSIONS_PER_ANSWER);
    const { rows } = await db.query<GeofenceVersionRow>({
      name: 'rule-book-versions',
      text: VERSIONS,
      values: [operatorId, some],
    });
    yield rows;
  }
}

export interface MembershipRow {
  group_id: string;
  vehicle_id: string;
  valid_from: Date;
  valid_to: Date | null;
}

const MEMBERSHIPS = `
  SELECT group_id, vehicle_id, valid_from, nullif(valid_to, 'infinity') AS valid_to FROM vehicle_group_members
  WHERE operator_id = $1 AND valid_from < valid_to AND valid_to > $2`;

export async function memberships(
  db: Queryable,
  operatorId: number,
  sinceMs: number,
): Promise<MembershipRow[]> {
  return (await db.query<MembershipRow>(MEMBERSHIPS, [operatorId, new Date(sinceMs)])).rows;
}

export interface LimitRow {
  id: string;
  scope: 'kind' | 'vehicle' | 'lease';
  kind: VehicleKind | null;
  vehicle_id: string | null;
  lease: string | null;
  limit_kmh: number;
  valid_from: Date;
  valid_to: Date | null;
}

const LIMITS = `
  SELECT id, scope, kind, vehicle_id, lease, limit_kmh, valid_from, nullif(valid_to, 'infinity') AS valid_to
  FROM speed_limits WHERE operator_id = $1 AND valid_from < valid_to AND valid_to > $2`;

export async function limits(db: Queryable, operatorId: number, sinceMs: number): Promise<LimitRow[]> {
  return (await db.query<LimitRow>(LIMITS, [operatorId, new Date(sinceMs)])).rows;
}

export interface SettingsRow {
  settings: unknown;
  valid_from: Date;
  valid_to: Date | null;
}

const SETTINGS = `
  SELECT settings, valid_from, nullif(valid_to, 'infinity') AS valid_to FROM rule_settings
  WHERE operator_id = $1 AND valid_from < valid_to AND valid_to > $2`;

export async function settings(db: Queryable, operatorId: number, sinceMs: number): Promise<SettingsRow[]> {
  return (await db.query<SettingsRow>(SETTINGS, [operatorId, new Date(sinceMs)])).rows;
}

export interface InstallationRow {
  device_id: string;
  vehicle_id: string;
  kind: VehicleKind;
  starts_at: Date | null;
  ends_at: Date | null;
}

const INSTALLATIONS = `
  SELECT i.device_id, i.vehicle_id, v.kind, lower(i.during) AS starts_at, upper(i.during) AS ends_at
  FROM installations i JOIN vehicles v ON v.id = i.vehicle_id
  WHERE i.device_id = ANY($1::bigint[]) ORDER BY i.device_id, i.during`;

/** Every vehicle that the devices are or were in, each device's in order of time. */
export async function installationsOf(
  db: Queryable,
  deviceIds: readonly number[],
): Promise<InstallationRow[]> {
  return (await db.query<InstallationRow>(INSTALLATIONS, [deviceIds])).rows;
}
