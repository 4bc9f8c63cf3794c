import { execFile } from 'node:child_process';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Account, isReachableByOthers } from '../process/account.ts';
import { ROOTS_OPEN_FOLDER } from './binaries.ts';

const run = promisify(execFile);

/**
 * Finds the cluster of a data folder, or makes it.
 *
 * It is `$DATA_DIR/postgres`. Where the account that PostgreSQL runs under cannot get there (root's
 * clone in root's home) that is a link to a folder elsewhere, so that whoever removes the
 * data folder never meets its old rows again.
 * @returns the cluster's real path
 */
export async function ensureCluster(dataDir: string, binaries: string, account?: Account): Promise<string> {
  const cluster = join(dataDir, 'postgres');
  if (existsSync(join(cluster, 'PG_VERSION'))) return realpathSync(cluster);
  rmSync(cluster, { recursive: true, force: true }); // A link whose target is gone.

  let place = cluster;
  if (account && !isReachableByOthers(dataDir)) {
    mkdirSync(ROOTS_OPEN_FOLDER, { recursive: true, mode: 0o755 });
    const folder = mkdtempSync(join(ROOTS_OPEN_FOLDER, 'data-'));
    chownSync(folder, account.uid, account.gid);
    place = join(folder, 'postgres');
  }
  await initialise(place, binaries, account);
  if (place !== cluster) symlinkSync(place, cluster);
  return realpathSync(cluster);
}

/** Made beside its place and then moved there: one that was cut short is never taken for a cluster. */
async function initialise(place: string, binaries: string, account?: Account): Promise<void> {
  const partial = `${place}.new`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { mode: 0o700 });
  if (account) chownSync(partial, account.uid, account.gid);
  const args = [
    `--pgdata=${partial}`,
    '--username=postgres',
    // The socket's folder is the lock: whoever may enter it may connect.
    '--auth=trust',
    '--encoding=UTF8',
    // The same order of text on every machine, whatever locales it has.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  await run(join(binaries, 'initdb'), args, { ...account, cwd: '/' });
  renameSync(partial, place);
}

/** Deletes the cluster of a data folder, wherever it is; nothing may be running on it. */
export function removeCluster(dataDir: string): void {
  const cluster = join(dataDir, 'postgres');
  const isLink = lstatSync(cluster, { throwIfNoEntry: false })?.isSymbolicLink();
  if (isLink && existsSync(cluster)) {
    const target = realpathSync(cluster);
    // Only a folder that `ensureCluster` made for this purpose.
    const folder = dirname(target);
    if (dirname(folder) === ROOTS_OPEN_FOLDER && basename(folder).startsWith('data-')) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  rmSync(cluster, { recursive: true, force: true });
}
