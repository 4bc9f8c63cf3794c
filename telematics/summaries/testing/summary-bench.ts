import { randomUUID } from 'node:crypto';
import { inTransaction, type Pool } from '@wayleave/runtime/postgres.ts';
import type pg from 'pg';
import { ruleSettings } from '../../rules/settings.ts';
import { requestSummaries } from '../request-store.ts';
import type { DailyFigures } from '../summary.ts';

const MINUTE_MS = 60_000;

export interface BenchVehicle {
  vehicleId: string;
  deviceId: string;
}

export interface StoredSummary {
  day: string;
  version: number;
  time_zone: string;
  figures: DailyFigures;
}

/** One operator's vehicles with what ingest and the rules store of them, put in by the database's owner. */
export async function openSummaryBench(owner: pg.Client, timeZone: string) {
  const { rows: operators } = await owner.query(`INSERT INTO operators (name) VALUES ('north') RETURNING id`);
  const operatorId: string = operators[0].id;
  await owner.query(
    `INSERT INTO rule_settings (operator_id, version, valid_from, settings) VALUES ($1, 1, '2020-01-01', $2)`,
    [operatorId, JSON.stringify(ruleSettings.parse({ timeZone }))],
  );

  async function install(vehicleId: string, from: string): Promise<string> {
    const made = await owner.query(
      `INSERT INTO devices (operator_id, ident, secret_hash) VALUES ($1, 'd' || gen_random_uuid(), $2) RETURNING id`,
      [operatorId, Buffer.alloc(32)],
    );
    const deviceId: string = made.rows[0].id;
    await owner.query(
      `INSERT INTO installations (operator_id, vehicle_id, device_id, during) VALUES ($1, $2, $3, tstzrange($4, NULL, '[)'))`,
      [operatorId, vehicleId, deviceId, from],
    );
    return deviceId;
  }

  async function insertFixes(
    deviceId: string,
    fromMs: number,
    count: number,
    speedKmh: number,
    metres: number,
  ) {
    await owner.query(
      `INSERT INTO positions (device_id, fix_time, received_at, operator_id, lat, lon, h3, speed_kmh, distance_m, odometer_m, ignition)
       SELECT $1, $3::timestamptz + n * interval '1 minute', now(), $2, 0.35, 32.58, 0, $5, $6::float8,
              extract(epoch FROM $3::timestamptz) / 60 * $6::float8 + n * $6::float8, true
       FROM generate_series(0, $4 - 1) AS n`,
      [deviceId, operatorId, new Date(fromMs).toISOString(), count, speedKmh, metres],
    );
  }

  return {
    operatorId,

    async makeVehicle(): Promise<BenchVehicle> {
      const { rows } = await owner.query(
        `INSERT INTO vehicles (operator_id, label, kind) VALUES ($1, 'Van', 'van') RETURNING id`,
        [operatorId],
      );
      const vehicleId: string = rows[0].id;
      return { vehicleId, deviceId: await install(vehicleId, '2026-01-01T00:00:00Z') };
    },

    /** Another device takes the place of the vehicle's. */
    async changeDevice({ vehicleId, deviceId }: BenchVehicle, atMs: number): Promise<BenchVehicle> {
      const at = new Date(atMs).toISOString();
      await owner.query(
        `UPDATE installations SET during = tstzrange(lower(during), $2, '[)') WHERE device_id = $1`,
        [deviceId, at],
      );
      return { vehicleId, deviceId: await install(vehicleId, at) };
    },

    /** A good fix a minute, with an odometer that says the same. */
    async drive(
      { deviceId }: BenchVehicle,
      { fromMs, minutes, metresPerMinute }: { fromMs: number; minutes: number; metresPerMinute: number },
    ): Promise<void> {
      await insertFixes(deviceId, fromMs, minutes, (metresPerMinute * 60) / 1_000, metresPerMinute);
    },

    /** A good fix a minute at one place, with the ignition on. */
    async idle({ deviceId }: BenchVehicle, { fromMs, minutes }: { fromMs: number; minutes: number }) {
      await insertFixes(deviceId, fromMs, minutes, 0, 0);
    },

    /** That the newest position of the device is of then. */
    async heard({ deviceId }: BenchVehicle, newestMs: number): Promise<void> {
      await owner.query(
        `INSERT INTO latest_positions (device_id, operator_id, newest_fix_time, last_received_at) VALUES ($1, $2, $3, $3)
       ON CONFLICT (device_id) DO UPDATE SET newest_fix_time = excluded.newest_fix_time`,
        [deviceId, operatorId, new Date(newestMs).toISOString()],
      );
    },

    async trip(
      { vehicleId, deviceId }: BenchVehicle,
      kind: 'trip' | 'stop',
      startMs: number,
      endMs: number | null,
      details: object,
    ): Promise<void> {
      await owner.query('DELETE FROM trips WHERE vehicle_id = $1 AND started_at = $2', [
        vehicleId,
        new Date(startMs).toISOString(),
      ]);
      const settledMs = endMs ?? startMs + MINUTE_MS;
      await owner.query(
        `INSERT INTO trips (id, operator_id, device_id, vehicle_id, kind, started_at, confirmed_at, ended_at, settled_at, start_lat, start_lon, details)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0.35, 32.58, $10)`,
        [
          randomUUID(),
          operatorId,
          deviceId,
          vehicleId,
          kind,
          new Date(startMs).toISOString(),
          new Date(startMs + MINUTE_MS).toISOString(),
          endMs === null ? null : new Date(endMs).toISOString(),
          new Date(settledMs).toISOString(),
          JSON.stringify(details),
        ],
      );
    },

    async event(
      { vehicleId, deviceId }: BenchVehicle,
      kind: string,
      startMs: number,
      endMs: number | null,
      { isRetracted = false } = {},
    ): Promise<void> {
      const start = new Date(startMs).toISOString();
      await owner.query(
        `INSERT INTO events (id, operator_id, device_id, vehicle_id, rule, kind, subject, severity, routes, occurred_at,
         confirmed_at, ended_at, settled_at, late, details, retracted_at, retraction_reason)
       VALUES ($1, $2, $3, $4, $5, $5, '', 'info', '{}', $6, $6, $7, $6, false, '{}',
         CASE WHEN $8 THEN now() END, CASE WHEN $8 THEN 'late_data' END)`,
        [
          randomUUID(),
          operatorId,
          deviceId,
          vehicleId,
          kind,
          start,
          endMs === null ? null : new Date(endMs).toISOString(),
          isRetracted,
        ],
      );
    },

    /** Asks for the days between two instants, as a replay of rules does. */
    async ask(pool: Pool, { vehicleId }: BenchVehicle, fromMs: number, untilMs: number): Promise<void> {
      await inTransaction(pool, (connection) =>
        requestSummaries(connection, Number(operatorId), [vehicleId], fromMs, untilMs),
      );
    },

    /** Every version of every day of a vehicle, in order. */
    async summaries({ vehicleId }: BenchVehicle): Promise<StoredSummary[]> {
      const { rows } = await owner.query<StoredSummary>(
        `SELECT day::text AS day, version, time_zone, figures FROM daily_summaries WHERE vehicle_id = $1 ORDER BY day, version`,
        [vehicleId],
      );
      return rows;
    },
  };
}

export type SummaryBench = Awaited<ReturnType<typeof openSummaryBench>>;
