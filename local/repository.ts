import { resolve } from 'node:path';

/** The absolute path of the clone that this file is in. */
export const repositoryRoot = resolve(import.meta.dirname, '..');
