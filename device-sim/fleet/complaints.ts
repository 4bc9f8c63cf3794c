import type { Log } from './log.ts';

/** Logs why a tracker could not connect. */
export type Complain = (ident: string, reason: string, refused: boolean) => void;

const QUIET_MS = 5_000;

/**
 * A broker that is away fails a whole fleet, again and again: of failures one line in five seconds
 * is logged. A refusal concerns one tracker and will not pass, so it is logged, once.
 */
export function createComplaints(log: Log, clock: () => number = Date.now): Complain {
  const refusedIdents = new Set<string>();
  let since = 0;
  let nextMs = 0;
  return (ident, reason, refused) => {
    if (refused) {
      if (!refusedIdents.has(ident)) log('error', 'a tracker was refused', { ident, reason });
      refusedIdents.add(ident);
      return;
    }
    since++;
    if (clock() < nextMs) return;
    log('warn', 'trackers could not connect', { ident, reason, failures: since });
    since = 0;
    nextMs = clock() + QUIET_MS;
  };
}
