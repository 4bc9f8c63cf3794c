import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockDataFolder } from './stack-lock.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

test('one stack at a time has a data folder; the second is told which process does', () => {
  const folder = makeTemporaryFolder('test-lock');
  mkdirSync(join(folder.path, 'run'));
  const unlock = lockDataFolder(folder.path);
  expect(() => lockDataFolder(folder.path)).toThrow(`already running (process ${process.pid})`);
  unlock();
  expect(() => lockDataFolder(folder.path)()).not.toThrow();
  folder.remove();
});

test('the lock of a stack that was killed is taken over', () => {
  const folder = makeTemporaryFolder('test-lock');
  mkdirSync(join(folder.path, 'run'));
  // The same process id, but of another start.
  writeFileSync(
    join(folder.path, 'run', 'stack.json'),
    JSON.stringify({ pid: process.pid, start: 'long ago' }),
  );
  expect(() => lockDataFolder(folder.path)()).not.toThrow();
  folder.remove();
});
