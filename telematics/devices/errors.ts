import { CodedError } from '@wayleave/runtime/errors.ts';

/** The operator has no device of that id. */
export const deviceNotFound = () => new CodedError('device_not_found', 404, 'There is no such device.');

/** Idents are unique over all operators, because an MQTT login names no operator. */
export const identTaken = () => new CodedError('ident_taken', 409, 'A device with this ident exists.');

/** A revoked device gets no new secret and goes into no vehicle. */
export const deviceRevoked = () => new CodedError('device_revoked', 409, 'The device is revoked.');
