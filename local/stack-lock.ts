import { linkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { recordedProcess, recordProcess } from './process/leftover.ts';

/**
 * Takes a data folder for this process. The record of an owner that was killed is replaced.
 * @returns gives it back
 * @throws {Error} when another process that is alive has it
 */
export function lockDataFolder(dataDir: string): () => void {
  const lock = join(dataDir, 'run', 'stack.json');
  const own = `${lock}.${process.pid}`;
  recordProcess(own, process.pid);
  try {
    for (;;) {
      try {
        linkSync(own, lock); // Unlike a rename, it fails when the lock is there.
        return () => rmSync(lock, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const owner = recordedProcess(lock);
      if (owner !== undefined) {
        throw new Error(
          `The stack of ${dataDir} is already running (process ${owner}).\n` +
            'Stop it first, or start another beside it: DATA_DIR=.data2 API_PORT=3010 MQTT_PORT=1893 npm start',
        );
      }
      rmSync(lock, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}
