import { existsSync, lstatSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Account {
  uid: number;
  gid: number;
}

/** Whether this process has root's rights. */
export const isRoot = process.getuid?.() === 0;

/** The account that owns nothing, for programs that refuse to run as root. */
export function unprivilegedAccount(): Account {
  const line = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  if (!line) throw new Error('PostgreSQL refuses to run as root, and /etc/passwd has no account "nobody"');
  // macOS writes nobody's id as -2.
  return { uid: Number(line[1]) >>> 0, gid: Number(line[2]) >>> 0 };
}

/** Whether an account that owns nothing can get to a path: every folder above lets others pass. */
export function isReachableByOthers(path: string): boolean {
  const OTHERS_PASS = 0o001;
  for (let folder = path; ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & OTHERS_PASS) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/**
 * Makes a folder that only `owner` may enter, or takes the one that is there.
 * @throws {Error} when someone else made it first, as anybody can in a shared temporary folder
 */
export function ensurePrivateFolder(path: string, owner: number): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = lstatSync(path);
  if (!found.isDirectory() || found.uid !== owner || (found.mode & 0o077) !== 0) {
    throw new Error(`${path} is not a private folder of user ${owner}; remove it and start again`);
  }
}
