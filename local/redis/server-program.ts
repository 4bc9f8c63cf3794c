import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '@wayleave/runtime/errors.ts';
import { repositoryRoot } from '../repository.ts';
import { findOnPath } from '../search-path.ts';
import { hasDebianPackages, unpackedIn, unpackRedis } from './debian.ts';

const run = promisify(execFile);

/** XTRIM MINID, which the uplink log needs, came with Redis 6.2; every Valkey has it. */
const OLDEST_REDIS = [6, 2] as const;

export interface ServerProgram {
  command: string;
  /** What the program needs in its environment. */
  env: Record<string, string>;
}

/** Kept beside the packages, outside of any data folder: `--fresh` and tests need not fetch it again. */
const CACHE = join(repositoryRoot, 'node_modules', '.cache', 'wayleave', `redis-${process.arch}`);

/**
 * Finds a Redis or Valkey server: on PATH, or unpacked from Debian's packages.
 * @throws {Error} naming the one command that provides it on this system
 */
export async function findRedisServer(say: (line: string) => void): Promise<ServerProgram> {
  for (const name of ['redis-server', 'valkey-server']) {
    const command = findOnPath(name);
    if (command && (await isRecentEnough({ command, env: {} }))) return { command, env: {} };
  }
  const cached = await unpackedProgram();
  if (cached) return cached;

  let reason = 'none is on PATH';
  if (hasDebianPackages()) {
    say('Fetching Redis from the packages of this system (a few seconds, once)');
    try {
      await unpackRedis(CACHE);
      const fetched = await unpackedProgram();
      if (fetched) return fetched;
      reason = 'what the packages hold does not run';
    } catch (error) {
      reason = `the packages cannot be fetched (${messageOf(error).split('\n')[0]})`;
    }
  }
  throw new Error(
    `Wayleave needs a Redis server ${OLDEST_REDIS.join('.')} or newer: ${reason}.\n` +
      `Run this and start again: ${installCommand()}\n` +
      'Or set REDIS_URL to one that runs elsewhere with appendonly yes and appendfsync always.',
  );
}

async function unpackedProgram(): Promise<ServerProgram | undefined> {
  const unpacked = unpackedIn(CACHE);
  if (!unpacked) return undefined;
  const program = { command: unpacked.command, env: { LD_LIBRARY_PATH: unpacked.libraryPath } };
  return (await isRecentEnough(program)) ? program : undefined;
}

async function isRecentEnough({ command, env }: ServerProgram): Promise<boolean> {
  try {
    const { stdout } = await run(command, ['--version'], { env: { ...process.env, ...env } });
    const [, major, minor] = /v=(\d+)\.(\d+)/.exec(stdout) ?? [];
    const [oldestMajor, oldestMinor] = OLDEST_REDIS;
    return Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor);
  } catch {
    return false;
  }
}

/** The command that installs a server with the package manager of this system. */
function installCommand(): string {
  const managers: [program: string, command: string][] = [
    ['brew', 'brew install redis'],
    ['apt-get', 'sudo apt-get update && sudo apt-get install -y redis-server'],
    ['dnf', 'sudo dnf install -y valkey'],
    ['pacman', 'sudo pacman -S valkey'],
    ['zypper', 'sudo zypper install redis'],
    ['apk', 'sudo apk add redis'],
  ];
  const found = managers.find(([program]) => findOnPath(program));
  return found?.[1] ?? 'install Redis as https://redis.io/docs/latest/operate/oss_and_stack/install/ says';
}
