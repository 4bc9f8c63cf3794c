import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { openLogFile } from './log-file.ts';

test('a log begins anew and keeps what the last run wrote beside it', () => {
  const folder = makeTemporaryFolder('test-log');
  const path = join(folder.path, 'api.log');
  for (const run of ['first', 'second']) {
    const log = openLogFile(path);
    log.write(run);
    log.close();
  }
  expect(readFileSync(path, 'utf8')).toBe('second\n');
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('first\n');
  folder.remove();
});

test('a log never grows past its bound by more than a line', () => {
  const folder = makeTemporaryFolder('test-log');
  const path = join(folder.path, 'api.log');
  const log = openLogFile(path, 100);
  for (let line = 0; line < 100; line++) log.write('0123456789');
  log.close();
  for (const file of [path, `${path}.1`]) expect(statSync(file).size).toBeLessThanOrEqual(111);
  folder.remove();
});
