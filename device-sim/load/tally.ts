import type { LatencyHistogram } from './latency-histogram.ts';
import type { OpenLedger } from './ledger.ts';
import type { LoadResult } from './load-options.ts';

/** What a load counts while it runs. */
export interface Tally {
  sent: number;
  acked: number;
  repeated: number;
  reconnects: number;
  mostBehind: number;
  /** When the first publish left, microseconds of the monotonic clock. */
  startedUs: number;
  lastAckUs: number;
  ackedEachS: number[];
}

export const createTally = (): Tally => ({
  sent: 0,
  acked: 0,
  repeated: 0,
  reconnects: 0,
  mostBehind: 0,
  startedUs: 0,
  lastAckUs: 0,
  ackedEachS: [],
});

/** So many acknowledgements came with one read. */
export function countAcked(tally: Tally, count: number, nowUs: number): void {
  tally.acked += count;
  tally.lastAckUs = nowUs;
  const second = Math.floor((nowUs - tally.startedUs) / 1e6);
  while (tally.ackedEachS.length <= second) tally.ackedEachS.push(0);
  tally.ackedEachS[second] = (tally.ackedEachS[second] ?? 0) + count;
}

export function resultOf(
  tally: Tally,
  latency: LatencyHistogram,
  ledger: OpenLedger,
  connectMs: number,
): LoadResult {
  const { sent, acked, repeated, reconnects, mostBehind, ackedEachS } = tally;
  const seconds = Math.max(0, (tally.lastAckUs - tally.startedUs) / 1e6);
  const ackedPerS = seconds > 0 ? acked / seconds : 0;
  const { idents, positionsPerMessage, stepMs } = ledger;
  const lastFixTimeMs = Array.from(idents.keys(), ledger.lastFixTimeMs).reduce((a, b) => Math.max(a, b), 0);
  return {
    sent,
    acked,
    positionsAcked: acked * positionsPerMessage,
    repeated,
    seconds,
    ackedPerS,
    positionsAckedPerS: ackedPerS * positionsPerMessage,
    pubackMs: { p50: latency.quantileMs(0.5), p99: latency.quantileMs(0.99), max: latency.maxMs() },
    ackedEachS,
    mostBehind,
    connectMs,
    reconnects,
    nextFixTimeMs: lastFixTimeMs + stepMs,
    ledger,
  };
}
