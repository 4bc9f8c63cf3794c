import { parentPort, workerData } from 'node:worker_threads';
import { CodedError } from '@wayleave/runtime/errors.ts';
import { type ImportRequest, readImport } from '@wayleave/telematics/geofences/import.ts';
import type { FromImportWorker } from './import-reader.ts';

/**
 * A thread that reads one import and ends: five megabytes of somebody's file take seconds to parse
 * and to check for crossings, which the thread of the live map has not got.
 */
if (parentPort === null) throw new Error('this file is a worker thread');
const port = parentPort;

function answer(): FromImportWorker {
  try {
    return { type: 'read', read: readImport(workerData as ImportRequest) };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { type: 'refused', code: error.code, status: error.status, message: error.message };
  }
}

port.postMessage(answer());
