import { CodedError } from '@wayleave/runtime/errors.ts';

/** The operator has no geofence of that id, or no more. */
export const geofenceNotFound = () => new CodedError('geofence_not_found', 404, 'There is no such geofence.');

/** The operator has as many geofences as it may. */
export const tooManyGeofences = (limit: number) =>
  new CodedError('too_many_geofences', 409, `An operator has ${limit} geofences at the most.`);

/** A geofence holds for a group, for a vehicle, or for the whole fleet. */
export const attachedTwice = () =>
  new CodedError(
    'geofence_attached_twice',
    422,
    'A geofence holds for a group or for a vehicle, not for both.',
  );

/** A zone of low speed without a limit would never be an event. */
export const limitMissing = () =>
  new CodedError('geofence_limit_missing', 422, 'A geofence of the kind low_speed needs its speedLimitKmh.');
