import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeCluster } from './postgres/cluster.ts';

/** What a stack keeps in its data folder, apart from the cluster; nothing else there is touched. */
const KEPT = ['redis', 'logs', 'secrets.json', 'demo.json', 'fleet.json'];

/**
 * Deletes the data of a stack of which nothing is running.
 * @throws {Error} when some of the data are on a server that is not ours to empty
 */
export function deleteData(
  dataDir: string,
  elsewhere: { databaseUrl?: string | undefined; redisUrl?: string | undefined },
): void {
  const foreign = [elsewhere.databaseUrl && 'DATABASE_URL', elsewhere.redisUrl && 'REDIS_URL'].filter(
    Boolean,
  );
  if (foreign.length > 0) {
    throw new Error(
      `--fresh deletes what this stack keeps itself, not the data behind ${foreign.join(' and ')}.`,
    );
  }
  removeCluster(dataDir);
  for (const name of KEPT) rmSync(join(dataDir, name), { recursive: true, force: true });
}
