import { Readable } from 'node:stream';

export interface OpenStreamParts {
  /** The reader took a chunk. */
  taken(): void;
  /** The stream is over, however it ended. */
  closed(): void;
  maxStalledMs: number;
}

/** One document between the worker that makes it and the socket that takes it. */
export interface OpenStream {
  readable: Readable;
  /** Chunks that wait for the reader. */
  readonly waiting: number;
  chunk(bytes: Buffer): void;
  end(): void;
  /** Breaks the stream, so that what was sent of it cannot be taken for the whole. */
  fail(error: Error): void;
}

export function createOpenStream({ taken, closed, maxStalledMs }: OpenStreamParts): OpenStream {
  const chunks: Buffer[] = [];
  let isWanted = false;
  let isComplete = false;
  let stallTimer: NodeJS.Timeout | undefined;

  const give = (bytes: Buffer): void => {
    isWanted = false;
    taken();
    readable.push(bytes);
  };
  /**
   * The clock runs while something waits to be taken, here or within the stream, be it the news that
   * this was all; it starts again whenever something is taken.
   */
  const watch = (): void => {
    clearTimeout(stallTimer);
    stallTimer = undefined;
    const waitingBytes = readable.readableLength;
    if (readable.destroyed || (chunks.length === 0 && waitingBytes === 0 && !isComplete)) return;
    stallTimer = setTimeout(() => {
      // The stream asks for no more once it has all: then only its length tells that something was taken.
      if (readable.readableLength < waitingBytes) watch();
      else readable.destroy(new Error(`the reader took nothing for ${maxStalledMs} ms`));
    }, maxStalledMs);
  };
  const watchIfIdle = (): void => {
    if (stallTimer === undefined) watch();
  };

  const readable = new Readable({
    read: () => {
      const bytes = chunks.shift();
      if (bytes !== undefined) give(bytes);
      else if (isComplete) readable.push(null);
      else isWanted = true;
      watch();
    },
    destroy: (error, done) => {
      clearTimeout(stallTimer);
      chunks.length = 0;
      closed();
      done(error);
    },
  });

  return {
    readable,
    get waiting() {
      return chunks.length;
    },
    chunk: (bytes) => {
      if (readable.destroyed) return;
      if (isWanted) {
        give(bytes);
        return watch();
      }
      chunks.push(bytes);
      watchIfIdle();
    },
    end: () => {
      isComplete = true;
      if (isWanted) readable.push(null);
      watchIfIdle();
    },
    fail: (error) => void readable.destroy(error),
  };
}
