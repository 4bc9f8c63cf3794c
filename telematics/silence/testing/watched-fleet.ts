import { inTransaction, type Pool } from '@wayleave/runtime/postgres.ts';
import type pg from 'pg';
import { recordFindings } from '../../events/write-store.ts';

/** Where vehicles of tests are, unless they are elsewhere. */
export const HERE = { lat: 0.25, lon: 32.5 };

/** How a device was last heard. */
export interface LastHeard {
  /** Epoch milliseconds of the last receipt and, unless said, of its fix. */
  atMs: number;
  ignition?: boolean | null;
  speedKmh?: number | null;
  batteryV?: number;
  attributes?: Record<string, unknown>;
  lat?: number;
  lon?: number;
  /** Of positions without a good fix after the last good one. */
  newestFixMs?: number;
}

export interface WatchedDevice {
  operatorId: number;
  deviceId: number;
  vehicleId: number;
}

/** Devices in vehicles, as the database's owner makes them, and events as ingest records them. */
export function watchedFleet(owner: pg.Client, pool: Pool) {
  let made = 0;
  const insert = async (sql: string, values: unknown[]): Promise<number> =>
    Number((await owner.query<{ id: string }>(`${sql} RETURNING id`, values)).rows[0]!.id);

  const fleet = {
    async makeOperator(settings?: Record<string, unknown>): Promise<number> {
      made += 1;
      const id = await insert('INSERT INTO operators (name) VALUES ($1)', [`operator ${made}`]);
      if (settings) await fleet.set(id, settings);
      return id;
    },
    /** From a long time ago on. */
    async set(operatorId: number, settings: Record<string, unknown>): Promise<void> {
      await owner.query('DELETE FROM rule_settings WHERE operator_id = $1', [operatorId]);
      await owner.query(
        `INSERT INTO rule_settings (operator_id, version, valid_from, settings) VALUES ($1, 1, 'epoch', $2)`,
        [operatorId, settings],
      );
    },
    async install(operatorId: number, sinceMs: number): Promise<WatchedDevice> {
      made += 1;
      const deviceId = await insert(
        'INSERT INTO devices (operator_id, ident, secret_hash) VALUES ($1, $2, $3)',
        [operatorId, `device-${made}`, Buffer.alloc(32)],
      );
      const vehicleId = await insert(
        `INSERT INTO vehicles (operator_id, label, kind) VALUES ($1, $2, 'motorcycle')`,
        [operatorId, `vehicle ${made}`],
      );
      await owner.query(
        `INSERT INTO installations (operator_id, vehicle_id, device_id, during) VALUES ($1, $2, $3, tstzrange($4, NULL))`,
        [operatorId, vehicleId, deviceId, new Date(sinceMs)],
      );
      return { operatorId, deviceId, vehicleId };
    },
    async takeOut({ deviceId }: WatchedDevice, atMs: number): Promise<void> {
      await owner.query(
        `UPDATE installations SET during = tstzrange(lower(during), $2) WHERE device_id = $1 AND upper_inf(during)`,
        [deviceId, new Date(atMs)],
      );
    },
    /** As ingest sets `latest_positions` after a batch. */
    async hear({ operatorId, deviceId }: WatchedDevice, heard: LastHeard): Promise<void> {
      const {
        atMs,
        ignition = true,
        speedKmh = 40,
        batteryV,
        attributes,
        lat = HERE.lat,
        lon = HERE.lon,
      } = heard;
      await owner.query(
        `INSERT INTO latest_positions AS stored (device_id, operator_id, fix_time, received_at, lat, lon, h3, ignition, speed_kmh,
           battery_v, attributes, doubts, remarks, newest_fix_time, last_received_at)
         VALUES ($1, $2, $3, $3, $4, $5, 0, $6, $7, $8, $9, 0, 0, $10, $11)
         ON CONFLICT (device_id) DO UPDATE SET (fix_time, received_at, lat, lon, ignition, speed_kmh, battery_v, attributes,
           newest_fix_time, last_received_at) = ROW (excluded.fix_time, excluded.received_at, excluded.lat, excluded.lon,
           excluded.ignition, excluded.speed_kmh, excluded.battery_v, excluded.attributes, excluded.newest_fix_time,
           excluded.last_received_at)`,
        [
          deviceId,
          operatorId,
          new Date(heard.newestFixMs === undefined ? atMs : heard.newestFixMs - 60_000),
          lat,
          lon,
          ignition,
          speedKmh,
          batteryV ?? null,
          attributes ?? null,
          new Date(heard.newestFixMs ?? atMs),
          new Date(atMs),
        ],
      );
    },
    /** A stored position; without a good fix unless a place is given. */
    async store(
      { operatorId, deviceId }: WatchedDevice,
      at: { fixMs: number; receivedMs: number; ignition?: boolean },
    ): Promise<void> {
      await owner.query(
        `INSERT INTO positions (device_id, operator_id, fix_time, received_at, ignition, doubts) VALUES ($1, $2, $3, $4, $5, 1)`,
        [deviceId, operatorId, new Date(at.fixMs), new Date(at.receivedMs), at.ignition ?? null],
      );
    },
    /** An alarm that the tracker reported; lasting unless it ended. */
    async raise(
      { operatorId, deviceId, vehicleId }: WatchedDevice,
      kind: string,
      startMs: number,
      endMs: number | null = null,
    ): Promise<void> {
      const finding = {
        rule: 'alarms' as const,
        kind,
        subject: '',
        startMs,
        confirmedMs: startMs,
        endMs,
        lat: null,
        lon: null,
        details: {},
      };
      await inTransaction(pool, (connection) =>
        recordFindings(
          connection,
          [
            {
              finding,
              settledMs: startMs,
              operatorId,
              deviceId,
              vehicleId: String(vehicleId),
              severity: 'critical',
              routes: [],
              late: false,
            },
          ],
          startMs,
        ),
      );
    },
  };
  return fleet;
}
