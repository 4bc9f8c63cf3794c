import { CodedError } from '@wayleave/runtime/errors.ts';

/** The operator has no event of that id. */
export const eventNotFound = () => new CodedError('event_not_found', 404, 'There is no such event.');

/** The operator has no dead letter of that id, or no more: it was replayed meanwhile. */
export const deadLetterNotFound = () =>
  new CodedError('dead_letter_not_found', 404, 'There is no such dead letter.');

/** More of one device's events stand in a span than are compared at once. */
export const tooManyStandingEvents = (deviceId: number, limit: number) =>
  new CodedError(
    'too_many_standing_events',
    500,
    `More than ${limit} events of device ${deviceId} stand in the span that was asked for.`,
  );
