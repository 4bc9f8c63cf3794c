import type { Connection, Pool } from '@wayleave/runtime/postgres.ts';
import type { GeofenceKind, GeofenceShape } from '../../geofences/geofence.ts';
import { ruleSettings } from '../settings.ts';
import { fenceVersion } from './applied-fence.ts';
import * as store from './book-store.ts';
import type { Limit } from './limits.ts';
import type { HeldSettings, OperatorBook } from './operator-book.ts';
import { spanOf } from './spans.ts';

export interface BookOptions {
  /** Which versions of geofences are taken up; all unless given. */
  isWanted?: (version: { kind: GeofenceKind; shape: GeofenceShape }) => boolean;
  /**
   * Told of what is stored and cannot be used, which is left out: what one operator saved must not keep
   * rules from running, or positions from being stored. Thrown unless given.
   */
  onUnusable?: (what: string, error: unknown) => void;
  /** What stands in the place of what the database has. */
  tried?: { settings?: readonly HeldSettings[] | undefined; limits?: readonly Limit[] | undefined };
}

/**
 * Makes a book what the database has of its operator: all of it at first, and what changed since after
 * that. Answers of the database come in portions, so that whoever runs rules beside it is not held up.
 */
export async function loadBook(
  db: Connection | Pool,
  operatorId: number,
  book: OperatorBook,
  options: BookOptions = {},
): Promise<void> {
  const { isWanted = () => true, tried = {} } = options;
  const usable = usableOr(options.onUnusable);
  const spans = await store.versionSpans(db, operatorId, book.sinceMs);
  const [settings, limits, memberships] = [
    await store.settings(db, operatorId, book.sinceMs),
    await store.limits(db, operatorId, book.sinceMs),
    await store.memberships(db, operatorId, book.sinceMs),
  ];
  const listed = new Map(spans.map(({ id, valid_to }) => [Number(id), valid_to]));
  for (const key of book.versions.keys()) if (!listed.has(key)) book.removeVersion(key);
  for (const [key, validTo] of listed) book.endVersion(key, validTo?.getTime() ?? Number.POSITIVE_INFINITY);
  const missing = spans.filter(({ id }) => !book.versions.has(Number(id))).map(({ id }) => id);
  for await (const rows of store.geofenceVersions(db, operatorId, missing)) {
    for (const row of rows) {
      if (!isWanted(row)) continue;
      usable(`version ${row.id} of a geofence`, () =>
        book.putVersion(
          fenceVersion({
            key: Number(row.id),
            geofenceId: row.geofence_id,
            version: row.version,
            name: row.name,
            kind: row.kind,
            shape: row.shape,
            groupId: row.group_id,
            vehicleId: row.vehicle_id,
            schedule: row.schedule,
            speedLimitKmh: row.speed_limit_kmh,
            dwellS: row.dwell_s,
            validFrom: row.valid_from,
            validTo: row.valid_to,
          }),
        ),
      );
    }
  }
  book.setRest({
    settings:
      tried.settings ??
      settings.flatMap((row) => {
        const parsed = usable('a version of the settings', () => ruleSettings.parse(row.settings));
        return parsed ? [{ ...spanOf(row.valid_from, row.valid_to), settings: parsed }] : [];
      }),
    limits:
      tried.limits ??
      limits.map((row) => ({
        ...spanOf(row.valid_from, row.valid_to),
        id: row.id,
        scope: row.scope,
        kind: row.kind,
        vehicleId: row.vehicle_id,
        lease: row.lease,
        limitKmh: row.limit_kmh,
      })),
    memberships: memberships.map((row) => ({
      ...spanOf(row.valid_from, row.valid_to),
      groupId: row.group_id,
      vehicleId: row.vehicle_id,
    })),
  });
}

function usableOr(onUnusable: BookOptions['onUnusable']): <T>(what: string, take: () => T) => T | undefined {
  return (what, take) => {
    try {
      return take();
    } catch (error) {
      if (!onUnusable) throw error;
      onUnusable(what, error);
      return undefined;
    }
  };
}
