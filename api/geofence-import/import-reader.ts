import { Worker } from 'node:worker_threads';
import { CodedError } from '@wayleave/runtime/errors.ts';
import type { ImportRequest, ReadImport } from '@wayleave/telematics/geofences/import.ts';
import { importsBusy, importTooCostly } from './errors.ts';

/** Every bound of reading imports, with its unit; a test brings other ones. */
export interface ImportLimits {
  /** Imports that are read at once in this process, each by a thread of its own, and of one operator. */
  maxImports: number;
  maxImportsPerOperator: number;
  /** Heap of one thread. */
  heapMiB: number;
  /** After this long a thread is ended, and its import refused. */
  timeoutMs: number;
  /** When a refused caller should try again, seconds. */
  retryAfterS: number;
}

export const IMPORT_LIMITS: ImportLimits = {
  maxImports: 2,
  maxImportsPerOperator: 1,
  heapMiB: 512,
  timeoutMs: 20_000,
  retryAfterS: 5,
};

export type FromImportWorker =
  | { type: 'read'; read: ReadImport }
  | { type: 'refused'; code: string; status: number; message: string };

export interface ImportReader {
  /**
   * What a file holds, checked, with what of it is refused and why.
   * @throws `imports_busy`, `import_too_costly`, and what `readImport` refuses as a whole
   */
  read(operatorId: string, request: ImportRequest): Promise<ReadImport>;
  /** Ends what is under way; it fails. */
  close(): Promise<void>;
}

/** Reads imports beside the thread that serves. */
export function createImportReader(limits: ImportLimits): ImportReader {
  const running = new Map<Worker, string>();

  return {
    read: async (operatorId, request) => {
      const own = [...running.values()].filter((other) => other === operatorId);
      if (running.size >= limits.maxImports || own.length >= limits.maxImportsPerOperator) {
        throw importsBusy(limits.retryAfterS);
      }
      const worker = new Worker(new URL('./import-worker.ts', import.meta.url), {
        workerData: request,
        resourceLimits: { maxOldGenerationSizeMb: limits.heapMiB },
      });
      running.set(worker, operatorId);
      try {
        return await answerOf(worker, limits.timeoutMs);
      } finally {
        running.delete(worker);
        await worker.terminate();
      }
    },
    close: async () => void (await Promise.all([...running.keys()].map((worker) => worker.terminate()))),
  };
}

async function answerOf(worker: Worker, timeoutMs: number): Promise<ReadImport> {
  const answer = await new Promise<FromImportWorker>((resolve, reject) => {
    const timer = setTimeout(() => reject(importTooCostly()), timeoutMs);
    worker.once('message', resolve);
    worker.once('error', (error) => reject(isOutOfMemory(error) ? importTooCostly() : error));
    worker.once('exit', () => {
      clearTimeout(timer);
      reject(new Error('the thread that reads an import ended without an answer'));
    });
  });
  if (answer.type === 'refused') throw new CodedError(answer.code, answer.status, answer.message);
  return answer.read;
}

const isOutOfMemory = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
