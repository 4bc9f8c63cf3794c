import { formatsHeardOn } from '@wayleave/telematics/commands/topics.ts';
import type { Adapters } from '@wayleave/telematics/positions/adapters/adapters.ts';

/**
 * What a tracker may say. Its ident is a whole level of every topic that it may use, or what the
 * format of the topic takes for one; which format a topic carries is decided after the log, where an
 * unknown one is quarantined instead of lost.
 */
export function mayTrackerPublish(ident: string, topic: string, adapters: Adapters): boolean {
  // The native topic first, as nearly all messages come on it.
  if (topic.startsWith('devices/')) {
    const end = topic.indexOf('/', 8);
    return (end === -1 ? topic.slice(8) : topic.slice(8, end)) === ident;
  }
  if (topic.startsWith('$')) return false;
  const named = adapters.forTopic(topic)?.identOf(topic);
  // Whose a message is stands in its payload there: that is for gateways alone to say.
  if (named === null) return false;
  return named === ident || topic.split('/').includes(ident);
}

/** What a gateway may say: anything; for whom it may say it is decided message by message. */
export const mayGatewayPublish = (topic: string): boolean => !topic.startsWith('$');

/** What a tracker may hear: the commands meant for it, under our own topic or the one usual for Teltonika's. */
export function mayTrackerSubscribe(ident: string, filter: string): boolean {
  return formatsHeardOn(filter, ident) !== null;
}
