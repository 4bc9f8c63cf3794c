import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { isAlive } from './identity.ts';
import { recordedProcess, recordProcess, stopLeftover } from './leftover.ts';
import { startTethered, type Tethered, type TetheredOptions } from './tethered.ts';

let folder: ReturnType<typeof makeTemporaryFolder>;
let record: string;
beforeEach(() => {
  folder = makeTemporaryFolder('test-process');
  record = join(folder.path, 'process.json');
});
afterEach(() => folder.remove());

function start(script: string, changes: Partial<TetheredOptions> = {}): Promise<Tethered> {
  return startTethered({
    command: '/bin/sh',
    args: ['-c', script],
    env: process.env,
    record,
    stopPlan: [
      ['SIGTERM', 1_000],
      ['SIGKILL', 1_000],
    ],
    tether: 'SIGTERM',
    onLine: () => {},
    ...changes,
  });
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'a child with the tether %s ends when its launcher is killed outright',
  async (tether) => {
    const launcher = spawn(
      process.execPath,
      [join(import.meta.dirname, 'fixtures', 'launcher.ts'), record, tether],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const [firstLine] = (await once(launcher.stdout, 'data')) as [Buffer];
    const pid = Number(firstLine.toString());
    expect(recordedProcess(record)).toBe(pid);

    launcher.kill('SIGKILL');
    await vi.waitFor(() => expect(recordedProcess(record)).toBeUndefined(), { timeout: 5_000 });
  },
);

test('what a child prints arrives line by line, and its end with its status', async () => {
  const lines: string[] = [];
  const child = await start('echo one; echo two >&2; exit 3', {
    onLine: (line, from) => lines.push(`${from} ${line}`),
  });
  expect(await child.exited).toEqual({ code: 3, signal: null });
  await vi.waitFor(() => expect(lines.toSorted()).toEqual(['stderr two', 'stdout one']));
  expect(existsSync(record)).toBe(false);
});

test('a child that ignores the first signal of its stop plan gets the next one', async () => {
  let says = '';
  const child = await start("trap '' TERM; echo ready; while :; do sleep 1; done", {
    stopPlan: [
      ['SIGTERM', 200],
      ['SIGKILL', 1_000],
    ],
    onLine: (line) => {
      says = line;
    },
  });
  await vi.waitFor(() => expect(says).toBe('ready'));
  expect(await child.stop()).toEqual({ code: null, signal: 'SIGKILL' });
});

test('a process that an earlier run left behind is stopped by the next start', async () => {
  const left = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(left, 'spawn');
  recordProcess(record, left.pid as number);
  const ended = once(left, 'exit');
  const child = await start('sleep 60');
  expect(await ended).toEqual([null, 'SIGTERM']);
  expect(recordedProcess(record)).toBe(child.pid);
  await child.stop();
});

test('a process that merely bears the id of a recorded one is left alone', async () => {
  const other = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(other, 'spawn');
  const pid = other.pid as number;
  writeFileSync(record, JSON.stringify({ pid, start: 'another boot 1' }));
  await stopLeftover(record, [['SIGKILL', 1_000]]);
  expect(isAlive(pid)).toBe(true);
  other.kill('SIGKILL');
});
