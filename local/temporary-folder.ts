import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeCluster } from './postgres/cluster.ts';

/** A data folder for a test, which PostgreSQL can reach under another account too. */
export function makeTemporaryFolder(purpose: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `wayleave-${purpose}-`));
  chmodSync(path, 0o711);
  return {
    path,
    remove() {
      removeCluster(path);
      rmSync(path, { recursive: true, force: true });
    },
  };
}
