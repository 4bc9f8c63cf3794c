import { CodedError } from '@wayleave/runtime/errors.ts';

/** Only enquiries can be sent: nothing that switches, configures or resets a tracker. */
export const commandNotAllowed = (format: string, allowed: readonly string[]) =>
  new CodedError(
    'command_not_allowed',
    422,
    `Only enquiries can be sent. In the format ${format} these are: ${allowed.join(', ')}.`,
  );

/** Delivered ones do not count: the tracker has them. */
export const tooManyCommands = (limit: number) =>
  new CodedError(
    'too_many_commands',
    409,
    `${limit} commands already wait for this device; the next is taken once one of them is delivered or expires.`,
  );

/** The operator has no command of that id, or no more: it is kept for a time only. */
export const commandNotFound = () => new CodedError('command_not_found', 404, 'There is no such command.');
