import type { OpenLedger } from './ledger.ts';

/** A provisioned device. */
export interface LoadDevice {
  ident: string;
  secret: string;
}

export interface LoadOptions {
  host: string;
  port: number;
  devices: readonly LoadDevice[];
  /** How many of the devices connect, each once; all of them unless given. */
  connections?: number | undefined;
  /** Unacknowledged publishes a connection keeps. */
  window: number;
  /** 1 unless given. */
  positionsPerMessage?: number | undefined;
  /** Sending stops after this long, after `messages`, or on `signal`, whichever comes first. */
  durationMs?: number | undefined;
  messages?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Messages a second over all connections, evenly spaced; as fast as the windows allow unless given. */
  ratePerS?: number | undefined;
  /**
   * `even` (unless given): fixes `stepMs` apart from `firstFixTimeMs` on, whatever the clock says.
   * `clock`: the last fix of a message bears the time at which it leaves, to measure how long it
   * takes to get somewhere.
   */
  fixTimes?: 'even' | 'clock' | undefined;
  /**
   * Epoch milliseconds, for `even`; now unless given. Another run on the same devices must start
   * at or after this one's `nextFixTimeMs`, or their positions merge.
   */
  firstFixTimeMs?: number | undefined;
  /** Milliseconds between fixes of a device; 1 unless given. */
  stepMs?: number | undefined;
  /** Most logins a second; as many as the broker takes unless given. */
  connectsPerS?: number | undefined;
  /** How long to wait for outstanding acknowledgements at the end; 15 s unless given. */
  drainMs?: number | undefined;
  /** A connection was lost and is back. */
  onReconnect?: ((device: number) => void) | undefined;
}

/** What a load did, in numbers. */
export interface LoadFigures {
  /** Messages, each counted once however often it left. */
  sent: number;
  acked: number;
  positionsAcked: number;
  /** Messages sent again after a connection was lost. */
  repeated: number;
  /** From the first publish to the last acknowledgement. */
  seconds: number;
  ackedPerS: number;
  positionsAckedPerS: number;
  /** From the write to the PUBACK; of a repeated message, from its first write. */
  pubackMs: { p50: number; p99: number; max: number };
  /** Messages acknowledged in each second of the run; the last second may be a part of one. */
  ackedEachS: number[];
  /** At a fixed rate: most messages that were due and not yet sent. */
  mostBehind: number;
  /** From the first connect to the last login. */
  connectMs: number;
  reconnects: number;
  /** The least `firstFixTimeMs` for another run on these devices. */
  nextFixTimeMs: number;
}

export interface LoadResult extends LoadFigures {
  ledger: OpenLedger;
}

export const isEven = ({ fixTimes = 'even' }: Pick<LoadOptions, 'fixTimes'>): boolean => fixTimes === 'even';
