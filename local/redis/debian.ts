import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath } from '../search-path.ts';

const run = promisify(execFile);

/** Debian's name for the folder of shared libraries of each architecture. */
const TRIPLETS = new Map([
  ['x64', 'x86_64-linux-gnu'],
  ['arm64', 'aarch64-linux-gnu'],
]);

/** A server unpacked from packages, with the folders of the libraries that came with it. */
export interface UnpackedServer {
  command: string;
  libraryPath: string;
}

/** Whether packages can be fetched and unpacked here; needs no rights. */
export function hasDebianPackages(): boolean {
  return findOnPath('apt-get') !== undefined && findOnPath('dpkg') !== undefined;
}

/** The server in a folder that `unpackRedis` filled. */
export function unpackedIn(folder: string): UnpackedServer | undefined {
  const command = join(folder, 'usr', 'bin', 'redis-server');
  if (!existsSync(command)) return undefined;
  const triplet = TRIPLETS.get(process.arch) ?? '';
  return {
    command,
    libraryPath: [join(folder, 'usr', 'lib', triplet), join(folder, 'lib', triplet)].join(':'),
  };
}

/**
 * Downloads redis-server and those of its dependencies that are not installed, and unpacks them
 * into `folder` without installing anything.
 * @throws {Error} when the packages cannot be fetched
 */
export async function unpackRedis(folder: string): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}.`);
  try {
    // The machine's own package lists save a download; they may be missing, or name versions that
    // the mirror no longer has.
    try {
      await downloadInto(join(work, 'packages'), []);
    } catch {
      const own = await freshLists(join(work, 'apt'));
      await downloadInto(join(work, 'packages'), own);
    }
    const unpacked = join(work, 'unpacked');
    for (const name of readdirSync(join(work, 'packages'))) {
      if (name.endsWith('.deb')) await run('dpkg', ['-x', join(work, 'packages', name), unpacked]);
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(unpacked, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Package lists in a state folder of our own, which needs no root. */
async function freshLists(folder: string): Promise<string[]> {
  mkdirSync(join(folder, 'state', 'lists', 'partial'), { recursive: true });
  mkdirSync(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
  const options = [
    `Dir::State=${join(folder, 'state')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
    'Dir::State::status=/var/lib/dpkg/status',
  ].flatMap((option) => ['-o', option]);
  await run('apt-get', [...options, 'update'], ENGLISH);
  return options;
}

async function downloadInto(folder: string, options: string[]): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  // Root would otherwise drop to a user that cannot enter the folder.
  const apt = [...options, '-o', 'APT::Sandbox::User=root'];
  const plan = await run(
    'apt-get',
    [...apt, '-s', '--no-install-recommends', 'install', 'redis-server'],
    ENGLISH,
  );
  const names = [...plan.stdout.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name as string);
  await run('apt-get', [...apt, 'download', ...names], { ...ENGLISH, cwd: folder });
}

const ENGLISH = { env: { ...process.env, LC_ALL: 'C' } };
