import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from './repository.ts';

const run = promisify(execFile);

const SOURCES = join(repositoryRoot, 'web');
const BUILT = join(SOURCES, 'dist', 'index.html');

/** Outside of `dist`, which the API serves. */
const MARKER = join(repositoryRoot, 'node_modules', '.cache', 'wayleave', 'web-console');

/** Builds the web console that the API serves, unless it was built from these very sources. */
export async function buildWebConsole(abort?: AbortSignal): Promise<void> {
  const wanted = fingerprint();
  if (existsSync(BUILT) && existsSync(MARKER) && readFileSync(MARKER, 'utf8') === wanted) return;
  try {
    // A process of its own: the bundler's memory is given back when it ends.
    await run(process.execPath, [join(SOURCES, 'build.ts')], {
      cwd: SOURCES,
      ...(abort ? { signal: abort } : {}),
    });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`The web console could not be built:\n${stdout}${stderr}`, { cause: error });
  }
  mkdirSync(dirname(MARKER), { recursive: true });
  writeFileSync(MARKER, wanted);
}

/** A hash of the console's sources and of every version that may be bundled with them. */
function fingerprint(): string {
  const hash = createHash('sha256').update(readFileSync(join(repositoryRoot, 'pnpm-lock.yaml')));
  for (const path of sourceFiles(SOURCES).sort()) hash.update(`${path}\n`).update(readFileSync(path));
  return hash.digest('hex');
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist' || /\.test\.tsx?$/.test(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sourceFiles(path) : [path];
  });
}
