/** Every bound of the documents that are streamed, with its unit; a test brings other ones. */
export interface StreamLimits {
  /** Threads that read, simplify and write; each is started when it is first needed. */
  workers: number;
  /** Database connections of one thread. A stream holds one only while a portion is read. */
  connectionsPerWorker: number;
  /** Heap of one thread; one that needs more ends, and its streams fail. */
  workerHeapMiB: number;
  /** Documents under way in this process, and of one operator. */
  maxStreams: number;
  maxStreamsPerOperator: number;
  /** Pieces of a document, typically 60 KiB each, that are made ahead of what its reader has taken. */
  chunksAhead: number;
  /** A reader that takes nothing for so long is cut off. */
  maxStalledMs: number;
  /** When a refused caller should try again, seconds. */
  retryAfterS: number;
  /** After this long a thread that should end is ended. */
  closeTimeoutMs: number;
}

export const STREAM_LIMITS: StreamLimits = {
  workers: 2,
  connectionsPerWorker: 2,
  workerHeapMiB: 256,
  maxStreams: 32,
  maxStreamsPerOperator: 8,
  chunksAhead: 4,
  maxStalledMs: 60_000,
  retryAfterS: 5,
  closeTimeoutMs: 3_000,
};
