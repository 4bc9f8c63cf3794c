import { asOperator, type Connection, type Pool } from '@wayleave/runtime/postgres.ts';
import { getDevice } from '@wayleave/telematics/devices/service.ts';
import { createGeofence } from '@wayleave/telematics/geofences/service.ts';
import { listRuleSettings, setRuleSettings } from '@wayleave/telematics/rules/settings-service.ts';
import { setSpeedLimit } from '@wayleave/telematics/rules/speed-limits/service.ts';
import { addMember, createGroup, listGroups } from '@wayleave/telematics/vehicle-groups/service.ts';
import type { VehicleKind } from '@wayleave/telematics/vehicles/vehicle.ts';
import { demoRuleSettings, demoSpeedLimits } from './demo-rules.ts';
import type { ProvisionedVehicle } from './provision-fleet.ts';
import { demoZones } from './zones.ts';

export interface ProvisionRulesOptions {
  /** Under the role `wayleave_app`. */
  app: Pool;
  operatorId: string;
  /** The administrator, in whose name geofences and settings are saved. */
  userId: string;
  vehicles: readonly ProvisionedVehicle[];
  /** The vehicle that is left to the user; null if its tracker was revoked. */
  ownVehicleId: string | null;
}

const GROUPS: Partial<Record<VehicleKind, string>> = { motorcycle: 'Motorcycles', truck: 'Lorries' };
/** Of a group; enough to see what it is for, and the start of a large fleet does not wait for it. */
const MAX_GROUPED_VEHICLES = 500;
const MAX_GROUPS_READ = 1_000;
/** Below every version, of which the newest comes first. */
const FROM_NEWEST = String(Number.MAX_SAFE_INTEGER);

/**
 * Saves the geofences, groups, limits and settings of the demonstration, once: what somebody changed or
 * deleted since stays so. Later starts only put the vehicles that they add into their groups.
 */
export async function provisionRules(options: ProvisionRulesOptions): Promise<void> {
  const { app, operatorId, vehicles } = options;
  await asOperator(app, operatorId, async (connection) => {
    const isFirst = (await listRuleSettings(connection, FROM_NEWEST, 1)).length === 0;
    const groups = isFirst ? await createRules(connection, options) : await groupIds(connection);
    for (const [kind, groupId] of groups) {
      const members = vehicles.filter((vehicle) => vehicle.kind === kind && (isFirst || vehicle.isNew));
      await addMembers(connection, groupId, members.slice(0, MAX_GROUPED_VEHICLES));
    }
  });
}

/** @returns the groups by the kind of vehicles in them */
async function createRules(
  connection: Connection,
  { userId, ownVehicleId }: ProvisionRulesOptions,
): Promise<Map<string, string>> {
  const groups = new Map<string, string>();
  for (const [kind, name] of Object.entries(GROUPS))
    groups.set(kind, (await createGroup(connection, { name })).id);
  const zones = demoZones({
    motorcyclesGroupId: groups.get('motorcycle') ?? '',
    lorriesGroupId: groups.get('truck') ?? '',
    ownVehicleId,
  });
  for (const zone of zones) await createGeofence(connection, zone, userId);
  for (const limit of demoSpeedLimits) await setSpeedLimit(connection, limit);
  await setRuleSettings(connection, demoRuleSettings, userId);
  return groups;
}

/** Those that are still there under their names. */
async function groupIds(connection: Connection): Promise<Map<string, string>> {
  const groups = await listGroups(connection, '0', MAX_GROUPS_READ);
  return new Map(
    Object.entries(GROUPS).flatMap(([kind, name]) => {
      const group = groups.find((one) => one.name === name);
      return group ? [[kind, group.id] as const] : [];
    }),
  );
}

async function addMembers(
  connection: Connection,
  groupId: string,
  members: readonly ProvisionedVehicle[],
): Promise<void> {
  for (const { deviceId } of members) {
    const { vehicle } = await getDevice(connection, deviceId);
    if (vehicle) await addMember(connection, groupId, vehicle.id);
  }
}
