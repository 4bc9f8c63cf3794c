import { asOperator, type Connection, type Pool } from '@wayleave/runtime/postgres.ts';
import { credentialsByIdent, type DeviceCredential } from '@wayleave/telematics/devices/credential-store.ts';
import { provisionDevice, rotateDeviceSecret } from '@wayleave/telematics/devices/service.ts';
import { installDevice } from '@wayleave/telematics/vehicles/installation-service.ts';
import { createVehicle } from '@wayleave/telematics/vehicles/service.ts';
import type { PlannedVehicle } from './fleet-plan.ts';
import { type KeptSecrets, stillValid } from './kept-secrets.ts';

/** Vehicles that one transaction makes: what a killed start loses is made again at once. */
const BATCH_VEHICLES = 200;

/** Trackers were built in this long ago, so that old fixes that someone replays have a vehicle. */
const INSTALLED_DAYS_AGO = 365;

/** A tracker of the demonstration that may log in. */
export interface ProvisionedVehicle extends PlannedVehicle {
  deviceId: string;
  secret: string;
  /** This start made it. */
  isNew: boolean;
}

export interface ProvisionFleetOptions {
  /** Under the role `wayleave_app`. */
  app: Pool;
  /** Under the role `wayleave_broker`, which alone reads what secrets are checked against. */
  broker: Pool;
  operatorId: string;
  deviceSecretKey: Uint8Array;
  planned: readonly PlannedVehicle[];
  keptSecrets: KeptSecrets;
}

/**
 * Makes what is missing of the planned vehicles, devices and installations. A device whose kept
 * secret would be refused gets a new one; one that somebody revoked is left out.
 */
export async function provisionFleet(options: ProvisionFleetOptions): Promise<ProvisionedVehicle[]> {
  const { app, broker, operatorId, planned } = options;
  const found = await credentialsByIdent(
    broker,
    planned.flatMap(({ ident, formerIdent }) => (formerIdent === undefined ? [ident] : [ident, formerIdent])),
  );
  const credentials = new Map(found.map((credential) => [credential.ident, credential]));
  const provisioned: ProvisionedVehicle[] = [];
  for (let start = 0; start < planned.length; start += BATCH_VEHICLES) {
    const batch = planned.slice(start, start + BATCH_VEHICLES);
    await asOperator(app, operatorId, async (connection) => {
      for (const wanted of batch) {
        const vehicle = asFound(wanted, credentials);
        const device = await provision(connection, options, vehicle, credentials.get(vehicle.ident));
        if (device) provisioned.push({ ...vehicle, ...device });
      }
    });
  }
  return provisioned;
}

/** The vehicle with the tracker that an earlier demonstration put into it, if that is another. */
function asFound(
  planned: PlannedVehicle,
  credentials: ReadonlyMap<string, DeviceCredential>,
): PlannedVehicle {
  const { ident, formerIdent } = planned;
  if (formerIdent === undefined || credentials.has(ident) || !credentials.has(formerIdent)) return planned;
  return { ...planned, ident: formerIdent, format: 'native-json' };
}

async function provision(
  connection: Connection,
  { deviceSecretKey, keptSecrets }: ProvisionFleetOptions,
  planned: PlannedVehicle,
  credential: DeviceCredential | undefined,
): Promise<{ deviceId: string; secret: string; isNew: boolean } | undefined> {
  const { ident, label, kind, plate, format } = planned;
  if (credential === undefined) {
    const vehicle = await createVehicle(connection, { label, kind, plate });
    const { device, secret } = await provisionDevice(connection, deviceSecretKey, {
      ident,
      model: `Demonstration, ${format}`,
    });
    const from = new Date(Date.now() - INSTALLED_DAYS_AGO * 86_400_000).toISOString();
    await installDevice(connection, vehicle.id, { deviceId: device.id, from });
    return { deviceId: device.id, secret, isNew: true };
  }
  if (credential.revoked) return undefined;
  const deviceId = String(credential.deviceId);
  const kept = stillValid(deviceSecretKey, keptSecrets, credential);
  const secret = kept ?? (await rotateDeviceSecret(connection, deviceSecretKey, deviceId));
  return { deviceId, secret, isNew: false };
}
