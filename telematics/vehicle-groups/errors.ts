import { CodedError } from '@wayleave/runtime/errors.ts';

/** The operator has no group of that id, or no more. */
export const vehicleGroupNotFound = () =>
  new CodedError('vehicle_group_not_found', 404, 'There is no such group of vehicles.');

/** A name belongs to one group of the operator. */
export const vehicleGroupNameTaken = () =>
  new CodedError('vehicle_group_name_taken', 409, 'A group with this name exists.');

/** Deleting it would silently end geofences that somebody relies on. */
export const vehicleGroupHasGeofences = () =>
  new CodedError(
    'vehicle_group_has_geofences',
    409,
    'Geofences hold for this group: delete them or attach them elsewhere first.',
  );

/** The operator has as many groups as it may. */
export const tooManyVehicleGroups = (limit: number) =>
  new CodedError('too_many_vehicle_groups', 409, `An operator has ${limit} groups of vehicles at the most.`);

/** The vehicle is in as many groups as it may be. */
export const tooManyGroupsOfVehicle = (limit: number) =>
  new CodedError('too_many_groups_of_vehicle', 409, `A vehicle is in ${limit} groups at the most.`);
