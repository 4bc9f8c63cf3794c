import { expect, test, vi } from 'vitest';
import { supervise } from './supervised.ts';
import type { Exit, Tethered } from './tethered.ts';

/** A stand-in for a process, which ends when the test says so. */
function fakeProcess(pid: number): Tethered & { end(exit: Exit): void } {
  const { promise: exited, resolve: end } = Promise.withResolvers<Exit>();
  return {
    pid,
    exited,
    end,
    kill: (signal) => end({ code: null, signal }),
    async stop() {
      end({ code: 0, signal: null });
      return await exited;
    },
  };
}

function fakeProgram(): {
  start: () => Promise<Tethered>;
  starts: ReturnType<typeof fakeProcess>[];
  fail: { times: number };
} {
  const starts: ReturnType<typeof fakeProcess>[] = [];
  const fail = { times: 0 };
  const start = async (): Promise<Tethered> => {
    if (fail.times-- > 0) throw new Error('no');
    const started = fakeProcess(starts.length + 1);
    starts.push(started);
    return started;
  };
  return { start, starts, fail };
}

test('a process that is killed is started again and becomes ready', async () => {
  const { start, starts } = fakeProgram();
  const said: string[] = [];
  const { promise: waited, resolve: waitEnds } = Promise.withResolvers<void>();
  const say = (line: string) => said.push(line);
  const supervised = await supervise({ name: 'api', start, say, wait: () => waited });
  supervised.kill('SIGKILL');
  await starts[0]?.exited;
  await Promise.resolve();
  expect(supervised.pid).toBeUndefined();
  const ready = supervised.ready();
  waitEnds();
  await ready;
  expect(supervised).toMatchObject({ pid: 2, restarts: 1 });
  expect(said).toEqual(['api ended unexpectedly (SIGKILL); starting it again']);
});

test('a process that does not start is tried ever more rarely, up to every ten seconds', async () => {
  const { start, starts, fail } = fakeProgram();
  const waitsMs: number[] = [];
  const wait = async (ms: number) => void waitsMs.push(ms);
  const supervised = await supervise({ name: 'api', start, say: () => {}, wait });
  fail.times = 7;
  starts[0]?.end({ code: 1, signal: null });
  await starts[0]?.exited;
  await Promise.resolve();
  await supervised.ready();
  expect(supervised.pid).toBe(2);
  expect(waitsMs).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
});

test('a first start that fails is the caller’s to handle', async () => {
  const { start, fail } = fakeProgram();
  fail.times = 1;
  await expect(supervise({ name: 'api', start, say: () => {} })).rejects.toThrow('no');
});

test('after a stop nothing is started again, even when it falls between two runs', async () => {
  const { start, starts } = fakeProgram();
  const wait = (_ms: number, abort: AbortSignal) =>
    new Promise<void>((resolve) => abort.addEventListener('abort', () => resolve()));
  const supervised = await supervise({ name: 'api', start, say: () => {}, wait });
  starts[0]?.end({ code: 1, signal: null });
  await starts[0]?.exited;
  await supervised.stop();
  expect(starts).toHaveLength(1);
  expect(supervised.pid).toBeUndefined();
});

test('a restart that somebody asked for is not an unexpected end', async () => {
  const { start } = fakeProgram();
  const said: string[] = [];
  const supervised = await supervise({ name: 'api', start, say: (line) => said.push(line) });
  await supervised.restart();
  expect(supervised).toMatchObject({ pid: 2, restarts: 0 });
  await supervised.ready();
  expect(said).toEqual([]);
  await supervised.stop();
});

/** A program whose first start is immediate and whose later ones take until `finish` is called. */
function slowProgram() {
  const { start, starts } = fakeProgram();
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
  const { promise: underWay, resolve: begin } = Promise.withResolvers<void>();
  const stopped: number[] = [];
  let tries = 0;
  const startSlowly = async (): Promise<Tethered> => {
    tries += 1;
    if (tries === 2) {
      begin();
      await finished;
    }
    const started = await start();
    return {
      ...started,
      async stop() {
        stopped.push(started.pid);
        return await started.stop();
      },
    };
  };
  return { start: startSlowly, starts, stopped, underWay, finish };
}

test('a stop while it is being started again stops the new process too', async () => {
  const { start, starts, stopped, underWay, finish } = slowProgram();
  const supervised = await supervise({ name: 'postgres', start, say: () => {}, wait: async () => {} });
  starts[0]?.end({ code: null, signal: 'SIGKILL' });
  await underWay;
  const stop = supervised.stop();
  finish();
  await stop;
  expect(stopped).toEqual([2]);
  expect(starts).toHaveLength(2);
  expect(supervised.pid).toBeUndefined();
});

test('a stop while somebody restarts it stops the new process too', async () => {
  const { start, starts, stopped, underWay, finish } = slowProgram();
  const supervised = await supervise({ name: 'postgres', start, say: () => {} });
  const restart = supervised.restart();
  await underWay;
  const stop = supervised.stop();
  finish();
  await expect(restart).rejects.toThrow('told to stop');
  await stop;
  // The first may be told twice, which does nothing to a process that has ended.
  expect(stopped.at(-1)).toBe(2);
  expect(starts).toHaveLength(2);
  expect(supervised.pid).toBeUndefined();
});

test('a restart while it is being started again begins anew and is supervised', async () => {
  const { start, starts, stopped, underWay, finish } = slowProgram();
  const supervised = await supervise({ name: 'postgres', start, say: () => {}, wait: async () => {} });
  starts[0]?.end({ code: null, signal: 'SIGKILL' });
  await underWay;
  const ready = supervised.ready();
  const restart = supervised.restart();
  finish();
  await Promise.all([restart, ready]);
  expect(stopped).toEqual([2]);
  expect(supervised).toMatchObject({ pid: 3, restarts: 0 });
  supervised.kill('SIGKILL');
  await vi.waitFor(() => expect(supervised).toMatchObject({ pid: 4, restarts: 1 }));
  await supervised.stop();
});

test('a restart between two runs does not wait for the next try', async () => {
  const { start, starts } = fakeProgram();
  const { promise: waiting, resolve: waits } = Promise.withResolvers<void>();
  const wait = (_ms: number, abort: AbortSignal) => {
    waits();
    return new Promise<void>((resolve) => abort.addEventListener('abort', () => resolve()));
  };
  const supervised = await supervise({ name: 'api', start, say: () => {}, wait });
  starts[0]?.end({ code: 1, signal: null });
  await waiting;
  await supervised.restart();
  expect(supervised).toMatchObject({ pid: 2, restarts: 0 });
  await supervised.stop();
});
