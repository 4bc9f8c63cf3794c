import { createHash } from 'node:crypto';
import { chownSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Account, ensurePrivateFolder } from './account.ts';

/** A socket's path must fit sockaddr_un: 104 bytes on macOS, 108 on Linux. */
const MAX_SOCKET_PATH_BYTES = 103;

/** What servers append to the folder, the longest one. */
const LONGEST_SOCKET_NAME = '/.s.PGSQL.5432';

/**
 * The folder for the Unix socket of one server of one data folder: always the same one, short
 * enough for a socket, and closed to every other user, so no server of ours needs a password or
 * a TCP port.
 */
export function socketFolder(dataDir: string, server: string, account?: Account): string {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const me = process.getuid?.() ?? 0;
  const parent = [tmpdir(), '/tmp'].find(fits) ?? '/tmp';
  const folder = join(parent, `wayleave-${me}-${name}-${server}`);
  try {
    mkdirSync(folder, { mode: 0o700 });
    if (account) chownSync(folder, account.uid, account.gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  ensurePrivateFolder(folder, account?.uid ?? me);
  return folder;

  function fits(candidate: string): boolean {
    const socket = join(candidate, `wayleave-${me}-${name}-${server}`) + LONGEST_SOCKET_NAME;
    return Buffer.byteLength(socket) <= MAX_SOCKET_PATH_BYTES;
  }
}
