import type { Account } from '@wayleave/device-sim/fleet-file.ts';
import { asOperator, type Connection } from '@wayleave/runtime/postgres.ts';
import { credentialsByIdent, type DeviceCredential } from '@wayleave/telematics/devices/credential-store.ts';
import {
  addDevicesToGateway,
  provisionGateway,
  rotateGatewaySecret,
} from '@wayleave/telematics/devices/gateway-service.ts';
import { gatewayOf, type PlannedGateway } from './fleet-plan.ts';
import { stillValid } from './kept-secrets.ts';
import type { ProvisionedVehicle, ProvisionFleetOptions } from './provision-fleet.ts';

type ProvisionGatewaysOptions = Omit<ProvisionFleetOptions, 'planned'> & {
  vehicles: readonly ProvisionedVehicle[];
};

/**
 * Makes what is missing of the gateways that the vehicles' formats need, and lets each speak for its
 * vehicles' devices. One that somebody revoked is left out.
 * @returns the gateways that may log in, by ident
 */
export async function provisionGateways(options: ProvisionGatewaysOptions): Promise<Map<string, Account>> {
  const { app, broker, operatorId, vehicles } = options;
  const needed = new Map<PlannedGateway, string[]>();
  for (const { format, deviceId } of vehicles) {
    const gateway = gatewayOf(format);
    if (gateway) needed.set(gateway, [...(needed.get(gateway) ?? []), deviceId]);
  }
  const idents = Array.from(needed.keys(), ({ ident }) => ident);
  const credentials = new Map(
    (await credentialsByIdent(broker, idents)).map((credential) => [credential.ident, credential]),
  );
  const accounts = new Map<string, Account>();
  await asOperator(app, operatorId, async (connection) => {
    for (const [gateway, deviceIds] of needed) {
      const provisioned = await provision(connection, options, gateway, credentials.get(gateway.ident));
      if (!provisioned) continue;
      await addDevicesToGateway(connection, provisioned.gatewayId, deviceIds);
      accounts.set(gateway.ident, { ident: gateway.ident, secret: provisioned.secret });
    }
  });
  return accounts;
}

async function provision(
  connection: Connection,
  { deviceSecretKey, keptSecrets }: ProvisionGatewaysOptions,
  { ident, model }: PlannedGateway,
  credential: DeviceCredential | undefined,
): Promise<{ gatewayId: string; secret: string } | undefined> {
  if (credential === undefined) {
    const planned = { ident, model, speaksFor: 'listed' } as const;
    const { gateway, secret } = await provisionGateway(connection, deviceSecretKey, planned);
    return { gatewayId: gateway.id, secret };
  }
  if (credential.revoked) return undefined;
  const gatewayId = String(credential.deviceId);
  const kept = stillValid(deviceSecretKey, keptSecrets, credential);
  return { gatewayId, secret: kept ?? (await rotateGatewaySecret(connection, deviceSecretKey, gatewayId)) };
}
