/**
 * What was sent and what was acknowledged, for each device. The messages of a device are numbered
 * in the order in which they were first sent; a message holds `positionsPerMessage` positions,
 * whose fix times are `stepMs` apart. No two positions of a device share a fix time, so (ident,
 * fix time) names a position.
 */
export interface Ledger {
  readonly idents: readonly string[];
  readonly positionsPerMessage: number;
  readonly stepMs: number;
  sentMessages(): number;
  acknowledgedMessages(): number;
  /** Fix times of a device's acknowledged positions, ascending, epoch milliseconds. */
  acknowledgedFixTimes(device: number): Float64Array;
  /** Fix times of its positions that were sent and not acknowledged: stored or not, at most once. */
  unacknowledgedFixTimes(device: number): Float64Array;
}

/** The ledger while a load runs. */
export interface OpenLedger extends Ledger {
  /** The next message of a device leaves for the first time, its first fix at `fixTimeMs`. */
  sent(device: number, fixTimeMs: number): void;
  /** Message number `message` of a device was acknowledged. */
  acknowledged(device: number, message: number): void;
  /** Of the last position that was sent; 0 when none was. */
  lastFixTimeMs(device: number): number;
  /** All that there is to know about a device. */
  entries(device: number): DeviceEntries;
}

export interface DeviceEntries {
  sent: number;
  /** Messages 0 to this, exclusive, are acknowledged. */
  prefix: number;
  /** Messages after that which are acknowledged too: only when a broker answers out of order. */
  ahead: number[];
  /** First fix time of each message; one alone when all are evenly spaced. */
  fixTimesMs: Float64Array;
}

/**
 * @param evenly each message's first fix time is `positionsPerMessage * stepMs` after the one
 * before; the ledger then needs no memory for a message: 30 million cost what one does
 */
export function createLedger(
  idents: readonly string[],
  positionsPerMessage: number,
  stepMs: number,
  evenly: boolean,
): OpenLedger {
  const sent = new Uint32Array(idents.length);
  const prefix = new Uint32Array(idents.length);
  const ahead = new Map<number, Set<number>>();
  const times = idents.map(() => new Float64Array(1));
  const spanMs = positionsPerMessage * stepMs;

  const isAcknowledged = (device: number, message: number): boolean =>
    message < (prefix[device] ?? 0) || (ahead.get(device)?.has(message) ?? false);

  const fixTimes = (device: number, wanted: boolean): Float64Array => {
    const own = times[device] ?? new Float64Array(1);
    const total = sent[device] ?? 0;
    const acknowledged = (prefix[device] ?? 0) + (ahead.get(device)?.size ?? 0);
    const found = new Float64Array((wanted ? acknowledged : total - acknowledged) * positionsPerMessage);
    let at = 0;
    for (let message = 0; message < total; message++) {
      if (isAcknowledged(device, message) !== wanted) continue;
      const first = evenly ? (own[0] ?? 0) + message * spanMs : (own[message] ?? 0);
      for (let k = 0; k < positionsPerMessage; k++) found[at++] = first + k * stepMs;
    }
    return found;
  };

  return {
    idents,
    positionsPerMessage,
    stepMs,
    sentMessages: () => sum(sent),
    acknowledgedMessages: () =>
      sum(prefix) + [...ahead.values()].reduce((total, { size }) => total + size, 0),
    acknowledgedFixTimes: (device) => fixTimes(device, true),
    unacknowledgedFixTimes: (device) => fixTimes(device, false),
    lastFixTimeMs(device) {
      const last = (sent[device] ?? 0) - 1;
      if (last < 0) return 0;
      const own = times[device] ?? new Float64Array(1);
      const first = evenly ? (own[0] ?? 0) + last * spanMs : (own[last] ?? 0);
      return first + spanMs - stepMs;
    },
    entries: (device) => ({
      sent: sent[device] ?? 0,
      prefix: prefix[device] ?? 0,
      ahead: [...(ahead.get(device) ?? [])],
      fixTimesMs: (times[device] ?? new Float64Array(1)).slice(0, evenly ? 1 : sent[device]),
    }),
    sent(device, fixTimeMs) {
      const message = sent[device] as number;
      sent[device] = message + 1;
      if (evenly && message > 0) return;
      let own = times[device] as Float64Array;
      if (message === own.length) {
        const wider = new Float64Array(own.length * 2);
        wider.set(own);
        own = times[device] = wider;
      }
      own[message] = fixTimeMs;
    },
    acknowledged(device, message) {
      if (message === prefix[device]) {
        prefix[device] = message + 1;
        if (ahead.size > 0) closeGaps(ahead, prefix, device);
        return;
      }
      const early = ahead.get(device);
      if (early) early.add(message);
      else ahead.set(device, new Set([message]));
    },
  };
}

/** Moves what had been acknowledged ahead of order into the prefix that has now reached it. */
function closeGaps(ahead: Map<number, Set<number>>, prefix: Uint32Array, device: number): void {
  const early = ahead.get(device);
  if (!early) return;
  let next = prefix[device] ?? 0;
  while (early.delete(next)) next++;
  prefix[device] = next;
  if (early.size === 0) ahead.delete(device);
}

const sum = (values: Uint32Array): number => values.reduce((total, value) => total + value, 0);
