import type { LogEntry } from '@wayleave/runtime/uplink-log/uplink-log.ts';

/** An entry together with the tenure under which it was read. */
export interface BufferedEntry<Tenure> {
  tenure: Tenure;
  entry: LogEntry;
}

/**
 * What has been read from the log and waits to be stored: bounded in bytes, with one reader that
 * waits for room and one storer that waits for entries.
 */
export class EntryBuffer<Tenure> {
  bytes = 0;
  #entries: BufferedEntry<Tenure>[] = [];
  #maxBytes: number;
  #waiters: (() => void)[] = [];
  #closed = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  push(tenure: Tenure, entry: LogEntry): void {
    this.#entries.push({ tenure, entry });
    this.bytes += entry.bytes.length;
    this.wake();
  }

  shift(): BufferedEntry<Tenure> | undefined {
    const next = this.#entries.shift();
    if (!next) return undefined;
    this.bytes -= next.entry.bytes.length;
    if (this.bytes < this.#maxBytes) this.wake();
    return next;
  }

  /** Resolves once there is something to store; false when there never will be. */
  async untilFilled(): Promise<boolean> {
    while (this.isEmpty && !this.#closed) await this.#wait();
    return !this.isEmpty;
  }

  /** Resolves once more may be read; false when nothing is to be read any more. */
  async untilRoom(isReadable: () => boolean): Promise<boolean> {
    while (!this.#closed && (this.bytes >= this.#maxBytes || !isReadable())) await this.#wait();
    return !this.#closed;
  }

  /** Lets whoever waits look again. */
  wake(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  /** Nothing more will be pushed. */
  close(): void {
    this.#closed = true;
    this.wake();
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }
}
