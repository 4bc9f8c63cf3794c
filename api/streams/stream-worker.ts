import { parentPort, workerData } from 'node:worker_threads';
import { CodedError } from '@wayleave/runtime/errors.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { asOperator, createPool } from '@wayleave/runtime/postgres.ts';
import { geofencesText } from '@wayleave/telematics/geofences/export.ts';
import type { Transact } from '@wayleave/telematics/positions/history-portions.ts';
import { exportText, trackText } from '@wayleave/telematics/positions/history-text.ts';
import type { FromWorker, StreamJob, ToWorker, WorkerStart } from './messages.ts';

/**
 * A thread that makes documents: the queries, simplification and text take seconds of processor time for
 * a year of positions or thousands of geofences, which the thread of the live map has not got.
 */
if (parentPort === null) throw new Error('this file is a worker thread');
const port = parentPort;
const { databaseUrl, logLevel, connections, chunksAhead } = workerData as WorkerStart;
const log = createLog('api-streams', logLevel);
const pool = createPool({ url: databaseUrl, role: 'wayleave_app', log, maxConnections: connections });
const encoder = new TextEncoder();

interface Running {
  /** Chunks that may be posted before the reader takes another. */
  credits: number;
  isCancelled: boolean;
  /** Wakes the stream when one of the two above changes. */
  wake: () => void;
}
const running = new Map<number, Running>();

const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

port.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'open':
      void run(message.id, message.operatorId, message.job);
      return;
    case 'taken': {
      const stream = running.get(message.id);
      if (stream) stream.credits += 1;
      return stream?.wake();
    }
    case 'cancel': {
      const stream = running.get(message.id);
      if (stream) stream.isCancelled = true;
      return stream?.wake();
    }
    case 'close':
      return void close();
  }
});

async function run(id: number, operatorId: string, job: StreamJob): Promise<void> {
  const stream: Running = { credits: chunksAhead, isCancelled: false, wake: () => {} };
  running.set(id, stream);
  try {
    const transact: Transact = async (work) => await asOperator(pool, operatorId, work);
    for await (const text of textOf(transact, job)) {
      if (text === '') continue;
      while (stream.credits === 0 && !stream.isCancelled) {
        await new Promise<void>((resolve) => {
          stream.wake = resolve;
        });
      }
      if (stream.isCancelled) return;
      stream.credits -= 1;
      const bytes = encoder.encode(text);
      post({ type: 'chunk', id, bytes }, [bytes.buffer]);
    }
    post({ type: 'end', id });
  } catch (error) {
    if (stream.isCancelled) return;
    if (!(error instanceof CodedError)) log.error({ err: error, job }, 'a stream failed');
    const refusal =
      error instanceof CodedError ? { code: error.code, status: error.status, message: error.message } : null;
    post({ type: 'failed', id, refusal });
  } finally {
    running.delete(id);
  }
}

function textOf(transact: Transact, job: StreamJob): AsyncGenerator<string> {
  switch (job.kind) {
    case 'export':
      return exportText(transact, job);
    case 'track':
      return trackText(transact, job);
    case 'geofences':
      return geofencesText(transact, job);
  }
}

async function close(): Promise<void> {
  for (const stream of running.values()) {
    stream.isCancelled = true;
    stream.wake();
  }
  try {
    await pool.end();
  } finally {
    port.close();
  }
}
