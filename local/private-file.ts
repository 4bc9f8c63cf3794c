import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Writes JSON that only its owner may read, whole or not at all. */
export function writePrivateJson(path: string, content: unknown): void {
  const partial = `${path}.new`;
  writeFileSync(partial, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(partial, path);
}

/** What `writePrivateJson` wrote; undefined when there is no such file. */
export function readPrivateJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
