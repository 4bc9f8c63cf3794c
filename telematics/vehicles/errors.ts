import { CodedError } from '@wayleave/runtime/errors.ts';

/** The operator has no vehicle of that id. */
export const vehicleNotFound = () => new CodedError('vehicle_not_found', 404, 'There is no such vehicle.');

/** A plate belongs to one vehicle of the operator. */
export const plateTaken = () => new CodedError('plate_taken', 409, 'A vehicle with this plate exists.');

/** The operator has no installation of that id. */
export const installationNotFound = () =>
  new CodedError('installation_not_found', 404, 'There is no such installation.');

/** A device is in one vehicle at any instant. */
export const deviceAlreadyInstalled = () =>
  new CodedError('device_already_installed', 409, 'The device is in a vehicle during that time.');

/** A vehicle's track comes from one device at any instant. */
export const vehicleAlreadyHasDevice = () =>
  new CodedError('vehicle_already_has_device', 409, 'The vehicle has a device during that time.');

/** A day covers clocks and time zones that are off; beyond it the date is a slip. */
export const startsInFuture = () =>
  new CodedError('installation_starts_in_future', 400, '`from` must not be more than a day from now.');

/** An installation ends once. */
export const installationEnded = () =>
  new CodedError('installation_already_ended', 409, 'The installation has an end already.');

/** An installation lasts for a while: its end is after its start. */
export const endsBeforeStart = () =>
  new CodedError('installation_ends_before_start', 400, '`to` must be after the start of the installation.');
