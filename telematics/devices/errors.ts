import { CodedError } from '@wayleave/runtime/errors.ts';

/** The operator has no device of that id. */
export const deviceNotFound = () => new CodedError('device_not_found', 404, 'There is no such device.');

/** Idents are unique over all operators, because an MQTT login names no operator. */
export const identTaken = () =>
  new CodedError('ident_taken', 409, 'A device or gateway with this ident exists.');

/** A revoked device gets no new secret and goes into no vehicle. */
export const deviceRevoked = () => new CodedError('device_revoked', 409, 'The device is revoked.');

/** The operator has no gateway of that id. */
export const gatewayNotFound = () => new CodedError('gateway_not_found', 404, 'There is no such gateway.');

/** A revoked gateway gets no new secret and speaks for nothing more. */
export const gatewayRevoked = () => new CodedError('gateway_revoked', 409, 'The gateway is revoked.');

/** Some of the ids are of no tracker of the operator; nothing was changed. */
export const devicesNotFound = (ids: readonly string[]) =>
  new CodedError('device_not_found', 404, `There is no such device: ${ids.slice(0, 10).join(', ')}.`);

/** A gateway is a server's account: it has no positions of its own, and no vehicle. */
export const gatewayInVehicle = () =>
  new CodedError('device_is_gateway', 409, 'A gateway cannot be installed in a vehicle.');
