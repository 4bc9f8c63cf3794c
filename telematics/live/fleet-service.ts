import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { FleetRow } from './fleet.ts';
import { type FleetStoreRow, readFleet } from './fleet-store.ts';

/** Vehicles that one live feed holds, some 500 bytes each; those beyond are not on the live map. */
export const MAX_LIVE_VEHICLES = 100_000;

/** The operator's fleet as the database has it now, for a live feed to start from. */
export async function loadFleet(connection: Connection): Promise<FleetRow[]> {
  return (await readFleet(connection, MAX_LIVE_VEHICLES)).map(fleetRowOf);
}

function fleetRowOf(row: FleetStoreRow): FleetRow {
  return {
    vehicleId: row.vehicle_id,
    label: row.label,
    kind: row.kind,
    plate: row.plate,
    installed:
      row.device_id === null
        ? null
        : {
            deviceId: row.device_id,
            fromMs: row.starts_at?.getTime() ?? Number.NEGATIVE_INFINITY,
            toMs: row.ends_at?.getTime() ?? Number.POSITIVE_INFINITY,
          },
    fix:
      row.fix_time === null
        ? null
        : {
            fixTimeMs: row.fix_time.getTime(),
            receivedAtMs: row.received_at.getTime(),
            lat: row.lat,
            lon: row.lon,
            speedKmh: row.speed_kmh,
            headingDeg: row.heading_deg,
            ignition: row.ignition,
            alarm: row.alarm,
          },
  };
}
