import { randomBytes } from 'node:crypto';
import type { Account, SimulatedDevice } from '@wayleave/device-sim/fleet-file.ts';
import { type Provisioned, provisionOperator } from '@wayleave/leasing/identity/provision.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { asOperator, createPool, type DatabaseRole } from '@wayleave/runtime/postgres.ts';
import { getDevice } from '@wayleave/telematics/devices/service.ts';
import pg from 'pg';
import { type Demo, readKept, writeKept } from './demo/demo-file.ts';
import { gatewayOf, plannedVehicle } from './demo/fleet-plan.ts';
import { type ProvisionedVehicle, provisionFleet } from './demo/provision-fleet.ts';
import { provisionGateways } from './demo/provision-gateways.ts';
import { provisionRules } from './demo/provision-rules.ts';

const OPERATOR = 'Kampala Boda Leasing';

const USERS = [
  { role: 'fleet', email: 'fleet@demo.wayleave.example', name: 'Fleet Desk' },
  { role: 'admin', email: 'admin@demo.wayleave.example', name: 'Administrator' },
] as const;

const PASSWORD_BYTES = 12;

const log = createLog('seed', 'warn');

export interface SeedOptions {
  dataDir: string;
  databaseUrl: string;
  deviceSecretKey: Uint8Array;
  apiUrl: string;
  mqttUrl: string;
  /** How many vehicles the simulator drives; one more is left to the user. */
  vehicles: number;
}

/**
 * Makes the demonstration: an operator, its users, vehicles with a tracker each, the gateways that
 * some trackers are behind, geofences and limits, and the two files that tell a person and the simulator how to log in. A
 * later start finds all of it and adds what a larger fleet needs; passwords and secrets stay unless
 * their files are gone.
 */
export async function seedDemo(options: SeedOptions): Promise<{ demo: Demo; fleet: SimulatedDevice[] }> {
  const { dataDir, databaseUrl, deviceSecretKey, apiUrl, mqttUrl, vehicles } = options;
  const kept = readKept(dataDir);
  const users = USERS.map((user) => ({
    ...user,
    password:
      kept.demo?.users.find(({ email }) => email === user.email)?.password ??
      randomBytes(PASSWORD_BYTES).toString('base64url'),
  }));
  const { operatorId, users: people } = await provisionPeople(databaseUrl, users);
  const adminEmail = users.find(({ role }) => role === 'admin')?.email;
  const userId = people.find(({ email }) => email === adminEmail)?.id ?? '';

  const [app, broker] = [pool(databaseUrl, 'wayleave_app'), pool(databaseUrl, 'wayleave_broker')];
  try {
    const access = { app, broker, operatorId, deviceSecretKey, keptSecrets: keptSecrets(kept) };
    const provisioned = await provisionFleet({
      ...access,
      planned: Array.from({ length: vehicles + 1 }, (_, number) => plannedVehicle(number)),
    });
    const gateways = await provisionGateways({ ...access, vehicles: provisioned });
    const own = provisioned.find(({ ident }) => ident === plannedVehicle(0).ident);
    const vehicleId =
      own &&
      (await asOperator(app, operatorId, (connection) => getDevice(connection, own.deviceId))).vehicle?.id;
    await provisionRules({ app, operatorId, userId, vehicles: provisioned, ownVehicleId: vehicleId ?? null });
    const demo: Demo = {
      apiUrl,
      mqttUrl,
      users: users.map(({ role, email, password }) => ({ role, email, password })),
      // Revoked, it stays named as it was: whoever revoked it knows.
      device: own
        ? { ident: own.ident, secret: own.secret, vehicleId: vehicleId ?? '' }
        : (kept.demo?.device ?? { ident: plannedVehicle(0).ident, secret: '', vehicleId: '' }),
    };
    const fleet = provisioned
      .filter((vehicle) => vehicle !== own)
      .flatMap((vehicle) => simulated(vehicle, gateways));
    writeKept(dataDir, demo, fleet);
    return { demo, fleet };
  } finally {
    await Promise.all([app.end(), broker.end()]);
  }
}

function keptSecrets({ demo, fleet }: ReturnType<typeof readKept>): Map<string, string> {
  const accounts = [
    ...fleet.flatMap((device) => (device.gateway ? [device, device.gateway] : [device])),
    ...(demo ? [demo.device] : []),
  ];
  return new Map(accounts.map(({ ident, secret }) => [ident, secret]));
}

/** As the simulator plays it; not at all if its gateway may not log in. */
function simulated(
  { ident, secret, kind, format }: ProvisionedVehicle,
  gateways: ReadonlyMap<string, Account>,
): SimulatedDevice[] {
  const planned = gatewayOf(format);
  if (!planned) return [{ ident, secret, kind, format }];
  const gateway = gateways.get(planned.ident);
  return gateway ? [{ ident, secret, kind, format, gateway }] : [];
}

/** Only the schema's owner may add an operator, so this is a connection without a role. */
async function provisionPeople(
  databaseUrl: string,
  users: { role: 'fleet' | 'admin'; email: string; name: string; password: string }[],
): Promise<Provisioned> {
  const owner = new pg.Client({ connectionString: databaseUrl });
  await owner.connect();
  try {
    return await provisionOperator(owner, { name: OPERATOR, users });
  } finally {
    await owner.end();
  }
}

function pool(url: string, role: DatabaseRole): ReturnType<typeof createPool> {
  return createPool({ url, role, log, maxConnections: 1 });
}
