import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { CodedError } from '@wayleave/runtime/errors.ts';
import type { Log } from '@wayleave/runtime/log.ts';
import type { Metrics } from '@wayleave/runtime/metrics.ts';
import { Counter, Gauge } from 'prom-client';
import { exportFailed, exportsBusy, tooManyExports } from './errors.ts';
import type { StreamLimits } from './limits.ts';
import type { FromWorker, StreamJob, ToWorker, WorkerStart } from './messages.ts';
import { createOpenStream, type OpenStream } from './open-stream.ts';

export interface StreamPool {
  /**
   * The document of a job as a stream, once its first piece is there. Destroying it ends the work;
   * it breaks, and never ends as if complete, when the work fails.
   * @throws `too_many_exports`, `exports_busy`, `export_failed`, and what the job refuses
   */
  open(operatorId: string, job: StreamJob): Promise<Readable>;
  /** A reader that takes nothing for so long is to be cut off. */
  readonly maxStalledMs: number;
  /** What is under way. */
  load(): { streams: number; waitingChunks: number };
  close(): Promise<void>;
}

export interface StreamPoolParts {
  databaseUrl: string;
  log: Log;
  metrics: Metrics;
  limits: StreamLimits;
}

interface Thread {
  worker: Worker;
  streams: Map<number, PooledStream>;
  exited: Promise<void>;
}

interface PooledStream {
  operatorId: string;
  open: OpenStream;
  /** The first piece is there. */
  started(): void;
  failed(error: Error): void;
}

/** A few threads that make documents beside the one that serves; a lost one is replaced when it is needed. */
export function createStreamPool({ databaseUrl, log, metrics, limits }: StreamPoolParts): StreamPool {
  const threads = new Set<Thread>();
  let nextId = 1;
  let isClosing = false;
  const refused = new Counter({
    name: 'export_streams_refused_total',
    help: 'Exports and tracks that found no room',
    registers: [metrics],
  });
  const lost = new Counter({
    name: 'export_workers_lost_total',
    help: 'Worker threads that ended on their own',
    registers: [metrics],
  });

  const all = (): PooledStream[] => [...threads].flatMap(({ streams }) => [...streams.values()]);
  new Gauge({
    name: 'export_streams',
    help: 'Exports and tracks under way',
    registers: [metrics],
    collect() {
      this.set(all().length);
    },
  });

  const startThread = (): Thread => {
    const start: WorkerStart = {
      databaseUrl,
      logLevel: log.level,
      connections: limits.connectionsPerWorker,
      chunksAhead: limits.chunksAhead,
    };
    const worker = new Worker(new URL('./stream-worker.ts', import.meta.url), {
      workerData: start,
      resourceLimits: { maxOldGenerationSizeMb: limits.workerHeapMiB },
    });
    const streams: Thread['streams'] = new Map();
    const exited = new Promise<void>((resolve) => {
      worker.once('exit', (status) => {
        threads.delete(thread);
        if (!isClosing) {
          lost.inc();
          log.error({ status, streams: streams.size }, 'a worker thread ended');
        }
        for (const stream of streams.values()) stream.failed(exportFailed(limits.retryAfterS));
        resolve();
      });
    });
    const thread: Thread = { worker, streams, exited };
    worker.on('error', (error) => log.error({ err: error }, 'a worker thread failed'));
    worker.on('message', (message: FromWorker) => receive(streams.get(message.id), message));
    threads.add(thread);
    return thread;
  };

  const receive = (stream: PooledStream | undefined, message: FromWorker): void => {
    // It was cancelled while the message was on its way.
    if (!stream) return;
    switch (message.type) {
      case 'chunk': {
        const { buffer, byteOffset, byteLength } = message.bytes;
        stream.open.chunk(Buffer.from(buffer, byteOffset, byteLength));
        return stream.started();
      }
      case 'end':
        return stream.open.end();
      case 'failed': {
        const { refusal } = message;
        return stream.failed(
          refusal === null
            ? exportFailed(limits.retryAfterS)
            : new CodedError(refusal.code, refusal.status, refusal.message),
        );
      }
    }
  };

  /** The thread with the least to do; another is started rather than giving a busy one more. */
  const leastBusy = (): Thread => {
    const [thread] = [...threads].sort((a, b) => a.streams.size - b.streams.size);
    if (!thread || (thread.streams.size > 0 && threads.size < limits.workers)) return startThread();
    return thread;
  };

  const admit = (operatorId: string): void => {
    const streams = all();
    const own = streams.filter((stream) => stream.operatorId === operatorId);
    if (streams.length < limits.maxStreams && own.length < limits.maxStreamsPerOperator && !isClosing) return;
    refused.inc();
    throw own.length >= limits.maxStreamsPerOperator
      ? tooManyExports(limits.retryAfterS)
      : exportsBusy(limits.retryAfterS);
  };

  return {
    open: async (operatorId, job) => {
      admit(operatorId);
      const { worker, streams } = leastBusy();
      const id = nextId;
      nextId += 1;
      const tell = (message: ToWorker): void => post(worker, message);
      return await new Promise<Readable>((resolve, reject) => {
        const open = createOpenStream({
          taken: () => tell({ type: 'taken', id }),
          closed: () => {
            streams.delete(id);
            tell({ type: 'cancel', id });
          },
          maxStalledMs: limits.maxStalledMs,
        });
        // Until the document has begun nobody else listens to its stream.
        const whileWaiting = (): void => {};
        open.readable.on('error', whileWaiting);
        streams.set(id, {
          operatorId,
          open,
          started: () => resolve(open.readable),
          failed: (error) => {
            reject(error);
            open.fail(error);
          },
        });
        tell({ type: 'open', id, operatorId, job });
      });
    },
    maxStalledMs: limits.maxStalledMs,
    load: () => {
      const streams = all();
      return {
        streams: streams.length,
        waitingChunks: streams.reduce((sum, { open }) => sum + open.waiting, 0),
      };
    },
    close: async () => {
      isClosing = true;
      await Promise.all(
        [...threads].map(async ({ worker, exited }) => {
          post(worker, { type: 'close' });
          const timer = setTimeout(() => void worker.terminate(), limits.closeTimeoutMs);
          await exited;
          clearTimeout(timer);
        }),
      );
    },
  };
}

function post(worker: Worker, message: ToWorker): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  worker.postMessage(message);
}
