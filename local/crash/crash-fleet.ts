import { asOperator, type Pool } from '@wayleave/runtime/postgres.ts';
import { createGeofence } from '@wayleave/telematics/geofences/service.ts';
import { setSpeedLimit } from '@wayleave/telematics/rules/speed-limits/service.ts';
import type { CaseGeofence } from '@wayleave/telematics/rules/testing/case-context.ts';
import { installDevice } from '@wayleave/telematics/vehicles/installation-service.ts';
import { createVehicle } from '@wayleave/telematics/vehicles/service.ts';
import type pg from 'pg';
import { FENCES, LIMIT_KMH } from './journeys.ts';

export interface CrashFleet {
  /** By the ident of its tracker. */
  vehicleIds: Map<string, string>;
  /** As they hold for every journey. */
  geofences: CaseGeofence[];
}

const DAY_MS = 86_400_000;
/** Journeys lie in the past, so what holds for them has to have held there: no service can say that. */
const BACKDATE = ['geofence_versions', 'speed_limits'].map(
  (table) => `UPDATE ${table} SET valid_from = now() - INTERVAL '1 day' WHERE operator_id = $1`,
);

/** Puts each tracker into a car, and draws the geofences and sets the limit of their journeys. */
export async function equipFleet(
  owner: pg.Client,
  app: Pool,
  operatorId: string,
  idents: readonly string[],
): Promise<CrashFleet> {
  const { rows } = await owner.query<{ id: string; ident: string }>(
    'SELECT id, ident FROM devices WHERE operator_id = $1 AND ident = ANY($2)',
    [operatorId, idents],
  );
  const from = new Date(Date.now() - DAY_MS).toISOString();
  const fleet = await asOperator(app, operatorId, async (connection) => {
    const vehicleIds = new Map<string, string>();
    for (const { id, ident } of rows) {
      const vehicle = await createVehicle(connection, { label: ident, kind: 'car' });
      await installDevice(connection, vehicle.id, { deviceId: id, from });
      vehicleIds.set(ident, vehicle.id);
    }
    const geofences: CaseGeofence[] = [];
    for (const fields of FENCES) {
      const { validFrom: _from, validTo: _to, ...drawn } = fields;
      const { id, version } = await createGeofence(connection, drawn, '0');
      geofences.push({ ...drawn, id, version });
    }
    await setSpeedLimit(connection, { scope: 'kind', kind: 'car', limitKmh: LIMIT_KMH });
    return { vehicleIds, geofences };
  });
  for (const backdate of BACKDATE) await owner.query(backdate, [operatorId]);
  return fleet;
}
