/**
 * What a tracker may say and hear. Its ident is a whole level of every topic that it may use;
 * which format a topic carries is decided after the log, where an unknown one is quarantined
 * instead of lost.
 */
export function mayPublish(ident: string, topic: string): boolean {
  // The native topic first, as nearly all messages come on it.
  if (topic.startsWith('devices/')) {
    const end = topic.indexOf('/', 8);
    return (end === -1 ? topic.slice(8) : topic.slice(8, end)) === ident;
  }
  return !topic.startsWith('$') && topic.split('/').includes(ident);
}

/** The one topic that a tracker may subscribe to: the commands meant for it. */
export const commandsTopic = (ident: string): string => `devices/${ident}/commands`;

export function maySubscribe(ident: string, filter: string): boolean {
  return filter === commandsTopic(ident);
}
