import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { platform } from './platform.mjs';
import { isAlive } from './processes.mjs';

/** pnpm 11 needs a newer Node than 20, and corepack knows no signature of the newest; npx runs this one. */
const PNPM = 'pnpm@12.21.0';

/** How often one who waits for another's install looks again. */
const LOCK_POLL_MS = 200;

/** What pnpm prints when the registry did not answer. */
const REGISTRY_AWAY =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|UND_ERR|META_FETCH_FAIL|FETCH_\d\d\d/;

/**
 * Installs what the lockfile names, unless the last install was for the very same files.
 * @param {string} root the repository
 * @param {string} node the pinned Node, which a complete install holds
 */
export async function installIfStale(root, node) {
  const state = join(root, 'node_modules', '.wayleave');
  const marker = join(state, 'installed');
  const wanted = fingerprint(root);
  const fresh = () => existsSync(node) && readOr(marker, '') === wanted;
  if (fresh()) return;

  mkdirSync(state, { recursive: true });
  const unlock = await lock(join(state, 'installing'));
  try {
    if (fresh()) return; // Another start installed it while this one waited.
    process.stderr.write('Installing the packages of the lockfile (20 s or so, once)\n');
    rmSync(marker, { force: true });
    await runPnpm(root);
    if (!existsSync(node)) {
      throw new Error(
        `The install left no ${node}.\nIt is an optional dependency: is \`omit=optional\` set for npm or pnpm?`,
      );
    }
    writeFileSync(marker, wanted);
  } finally {
    unlock();
  }
}

/**
 * A hash of everything that decides what an install contains.
 * @param {string} root
 */
function fingerprint(root) {
  const packages = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .map((entry) => join(entry.name, 'package.json'))
    .sort();
  const hash = createHash('sha256').update(`${platform} ${PNPM}\n`);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...packages]) {
    const text = readOr(join(root, file), undefined);
    if (text !== undefined) hash.update(`${file} ${text.length}\n${text}`);
  }
  return hash.digest('hex');
}

/** @param {string} root */
async function runPnpm(root) {
  const child = spawn('npx', ['-y', PNPM, 'install', '--frozen-lockfile', '--reporter=append-only'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  /** @param {Buffer} chunk */
  const relay = (chunk) => {
    said = (said + chunk).slice(-20_000);
    process.stderr.write(chunk); // Standard output belongs to the script that runs next.
  };
  child.stdout.on('data', relay);
  child.stderr.on('data', relay);
  const status = await new Promise((resolve, reject) => {
    child.on('error', (error) =>
      reject(new Error(`npx could not be run (${error.message}); it comes with npm.`)),
    );
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  if (status === 0) return;
  if (REGISTRY_AWAY.test(said)) {
    throw new Error(
      '\nThe npm registry cannot be reached, and the packages are not installed yet.\n' +
        'Check the connection, or name a mirror or proxy: npm config set registry <url>, npm config set proxy <url>.',
    );
  }
  if (said.includes('OUTDATED_LOCKFILE')) {
    throw new Error(`\nA package.json was changed without its lockfile. Run: npx ${PNPM} install`);
  }
  throw new Error(`\nThe install failed (${PNPM} ended with ${status}); the reason stands above.`);
}

/**
 * Waits until no other living process of this machine holds the lock, then takes it.
 * @param {string} path a directory, because making one is atomic
 * @returns {Promise<() => void>} gives it back
 */
async function lock(path) {
  const owner = join(path, 'pid');
  for (let attempt = 0; ; attempt++) {
    try {
      mkdirSync(path);
      writeFileSync(owner, String(process.pid));
      return () => rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    const holder = Number(readOr(owner, '0'));
    // A holder that was killed leaves the lock; so does one killed before it wrote its pid.
    if (holder > 0 ? !isAlive(holder) : attempt > 25) {
      rmSync(path, { recursive: true, force: true });
      continue;
    }
    if (attempt === 0)
      process.stderr.write(`Another start is installing in ${dirname(dirname(path))}; waiting for it\n`);
    await sleep(LOCK_POLL_MS);
  }
}

/**
 * @template T
 * @param {string} path
 * @param {T} fallback what stands for a file that is not there
 */
function readOr(path, fallback) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return fallback;
  }
}
