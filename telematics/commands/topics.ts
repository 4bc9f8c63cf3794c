import type { CommandFormat } from './enquiries.ts';

const NATIVE: readonly CommandFormat[] = ['native'];
const TELTONIKA: readonly CommandFormat[] = ['teltonika-codec12', 'teltonika-json'];

/**
 * The formats of the commands that a device hears on a topic; null if the topic is not one for its
 * commands. Each format has one: a tracker is never sent bytes that it would take for something else.
 */
export function formatsHeardOn(topic: string, ident: string): readonly CommandFormat[] | null {
  if (topic === `devices/${ident}/commands`) return NATIVE;
  if (topic === `${ident}/commands`) return TELTONIKA;
  return null;
}

/** Where a command of a format goes. */
export function topicOf(format: CommandFormat, ident: string): string {
  return format === 'native' ? `devices/${ident}/commands` : `${ident}/commands`;
}
