import { z } from 'zod';
import { commandNotAllowed } from './errors.ts';

/** How a command is written for the tracker, which decides on which topic it goes. */
export const commandFormat = z.enum(['native', 'teltonika-codec12', 'teltonika-json']);
export type CommandFormat = z.infer<typeof commandFormat>;

/**
 * Commands of Teltonika trackers that read and change nothing
 * (https://wiki.teltonika-gps.com/view/FMB_SMS/GPRS_Commands, "Common commands" with a response).
 * Left out on purpose: `getparam`, which tells passwords of the server and the APN; `getimeiccid`,
 * which sends an SMS to any number; `getrecord`, which makes a record.
 */
const TELTONIKA = ['getinfo', 'getver', 'getstatus', 'getgps', 'getio', 'ggps', 'allver', 'fwstats'] as const;
/** `readio` and an AVL id, as in `readio 239`. */
const READ_IO = /^readio (?:0|[1-9]\d{0,4})$/;
const READ_IO_SHOWN = 'readio <AVL id>';

/** `report`: send a position now. */
const NATIVE = ['report'] as const;

const EXACT: Readonly<Record<CommandFormat, ReadonlySet<string>>> = {
  native: new Set(NATIVE),
  'teltonika-codec12': new Set(TELTONIKA),
  'teltonika-json': new Set(TELTONIKA),
};

/** What may be sent in a format, for people to read. */
export function enquiriesOf(format: CommandFormat): string[] {
  return format === 'native' ? [...EXACT[format]] : [...EXACT[format], READ_IO_SHOWN];
}

/**
 * Whether a command only asks. Compared as a whole and to the letter: a list of what is allowed,
 * since nobody knows all that some firmware takes for an order to switch something.
 */
export function isEnquiry(format: CommandFormat, command: string): boolean {
  return EXACT[format].has(command) || (format !== 'native' && READ_IO.test(command));
}

/** @throws `command_not_allowed` */
export function requireEnquiry(format: CommandFormat, command: string): void {
  if (!isEnquiry(format, command)) throw commandNotAllowed(format, enquiriesOf(format));
}
