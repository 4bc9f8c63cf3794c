import { type Connection, violatedConstraint } from '@wayleave/runtime/postgres.ts';
import { lockForOperator } from '../operator-lock.ts';
import { getVehicle } from '../vehicles/service.ts';
import {
  tooManyGroupsOfVehicle,
  tooManyVehicleGroups,
  vehicleGroupHasGeofences,
  vehicleGroupNameTaken,
  vehicleGroupNotFound,
} from './errors.ts';
import {
  type GroupMemberView,
  MAX_GROUPS_OF_VEHICLE,
  MAX_VEHICLE_GROUPS,
  type VehicleGroupFields,
  type VehicleGroupView,
} from './group.ts';
import * as store from './store.ts';

/** @returns groups in the order of their ids, from after `afterId` */
export async function listGroups(
  connection: Connection,
  afterId: string,
  limit: number,
): Promise<VehicleGroupView[]> {
  return (await store.listGroups(connection, afterId, limit)).map(viewOf);
}

/** @throws `vehicle_group_not_found` */
export async function getGroup(connection: Connection, id: string): Promise<VehicleGroupView> {
  const row = await store.findGroup(connection, id);
  if (!row) throw vehicleGroupNotFound();
  return viewOf(row);
}

/** Keeps the group from being deleted until the transaction ends. @throws `vehicle_group_not_found` */
export async function holdGroup(connection: Connection, id: string): Promise<void> {
  if (!(await store.holdGroup(connection, id))) throw vehicleGroupNotFound();
}

/** @throws `vehicle_group_name_taken`, `too_many_vehicle_groups` */
export async function createGroup(
  connection: Connection,
  { name }: VehicleGroupFields,
): Promise<VehicleGroupView> {
  await lockForOperator(connection, 'vehicle groups');
  if ((await store.countGroups(connection)) >= MAX_VEHICLE_GROUPS) {
    throw tooManyVehicleGroups(MAX_VEHICLE_GROUPS);
  }
  const id = await unlessNameTaken(store.insertGroup(connection, name));
  return await getGroup(connection, id);
}

/** @throws `vehicle_group_not_found`, `vehicle_group_name_taken` */
export async function renameGroup(
  connection: Connection,
  id: string,
  { name }: VehicleGroupFields,
): Promise<VehicleGroupView> {
  await unlessNameTaken(store.renameGroup(connection, id, name));
  return await getGroup(connection, id);
}

/**
 * Ends the membership of its vehicles; what held until then stays known. `hasGeofences` is asked
 * once nothing can be attached to the group any more.
 * @throws `vehicle_group_not_found`, `vehicle_group_has_geofences`
 */
export async function deleteGroup(
  connection: Connection,
  id: string,
  hasGeofences: (connection: Connection, groupId: string) => Promise<boolean>,
): Promise<void> {
  if (!(await store.lockGroup(connection, id))) throw vehicleGroupNotFound();
  if (await hasGeofences(connection, id)) throw vehicleGroupHasGeofences();
  await store.deleteGroup(connection, id);
}

/**
 * The vehicles of a group in the order of their ids, from after `afterId`.
 * @throws `vehicle_group_not_found`
 */
export async function listMembers(
  connection: Connection,
  id: string,
  afterId: string,
  limit: number,
): Promise<GroupMemberView[]> {
  await getGroup(connection, id);
  const rows = await store.listMembers(connection, id, afterId, limit);
  return rows.map(({ valid_from, ...vehicle }) => ({ ...vehicle, since: valid_from.toISOString() }));
}

/**
 * Puts a vehicle into a group; one that is in it stays as it is.
 * @throws `vehicle_group_not_found`, `vehicle_not_found`, `too_many_groups_of_vehicle`
 */
export async function addMember(
  connection: Connection,
  id: string,
  vehicleId: string,
): Promise<VehicleGroupView> {
  await lockForOperator(connection, 'vehicle groups');
  if (!(await store.lockGroup(connection, id))) throw vehicleGroupNotFound();
  await getVehicle(connection, vehicleId);
  if ((await store.countOtherGroups(connection, id, vehicleId)) >= MAX_GROUPS_OF_VEHICLE) {
    throw tooManyGroupsOfVehicle(MAX_GROUPS_OF_VEHICLE);
  }
  await store.addMember(connection, id, vehicleId);
  return await getGroup(connection, id);
}

/**
 * Takes a vehicle out of a group; one that is not in it changes nothing.
 * @throws `vehicle_group_not_found`, `vehicle_not_found`
 */
export async function removeMember(
  connection: Connection,
  id: string,
  vehicleId: string,
): Promise<VehicleGroupView> {
  if (!(await store.lockGroup(connection, id))) throw vehicleGroupNotFound();
  await getVehicle(connection, vehicleId);
  await store.removeMember(connection, id, vehicleId);
  return await getGroup(connection, id);
}

async function unlessNameTaken<T>(written: Promise<T>): Promise<T> {
  try {
    return await written;
  } catch (error) {
    throw violatedConstraint(error) === 'vehicle_groups_name' ? vehicleGroupNameTaken() : error;
  }
}

function viewOf(row: store.VehicleGroupRow): VehicleGroupView {
  return { id: row.id, name: row.name, vehicles: row.vehicles, createdAt: row.created_at.toISOString() };
}
