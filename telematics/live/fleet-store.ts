import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { LiveVehicle } from './live-vehicle.ts';

export interface FleetStoreRow {
  vehicle_id: string;
  label: string;
  kind: LiveVehicle['kind'];
  plate: string | null;
  device_id: string | null;
  starts_at: Date | null;
  ends_at: Date | null;
  fix_time: Date | null;
  received_at: Date;
  lat: number;
  lon: number;
  speed_kmh: number | null;
  heading_deg: number | null;
  ignition: boolean | null;
  alarm: string | null;
}

/** Every vehicle of the operator with what is installed in it now and where that was last. */
export async function readFleet(connection: Connection, limit: number): Promise<FleetStoreRow[]> {
  const { rows } = await connection.query<FleetStoreRow>(
    `SELECT v.id AS vehicle_id, v.label, v.kind, v.plate,
            i.device_id, lower(i.during) AS starts_at, upper(i.during) AS ends_at,
            l.fix_time, l.received_at, l.lat, l.lon, l.speed_kmh, l.heading_deg, l.ignition, l.alarm
     FROM vehicles v
     LEFT JOIN installations i ON i.vehicle_id = v.id AND i.during @> now()
     LEFT JOIN latest_positions l ON l.device_id = i.device_id AND i.during @> l.fix_time
     ORDER BY v.id LIMIT $1`,
    [limit],
  );
  return rows;
}
