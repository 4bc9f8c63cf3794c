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
  /** The clock runs while something waits to be taken, and starts again whenever something is. */
  const watch = (): void => {
    clearTimeout(stallTimer);
    if (chunks.length === 0 || readable.destroyed) return;
    stallTimer = setTimeout(
      () => readable.destroy(new Error(`the reader took nothing for ${maxStalledMs} ms`)),
      maxStalledMs,
    );
  };

  const readable = new Readable({
    read: () => {
      const bytes = chunks.shift();
      watch();
      if (bytes !== undefined) give(bytes);
      else if (isComplete) readable.push(null);
      else isWanted = true;
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
      if (isWanted) return give(bytes);
      chunks.push(bytes);
      if (chunks.length === 1) watch();
    },
    end: () => {
      isComplete = true;
      if (isWanted) readable.push(null);
    },
    fail: (error) => void readable.destroy(error),
  };
}
