import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type LoadCommand, loadHelp, readLoadCommand } from './command.ts';
import { openIdleConnections } from './idle-connections.ts';
import { writeLedger } from './ledger-file.ts';
import { STOP } from './load-child.ts';
import { isEven, type LoadDevice } from './load-options.ts';
import { runLoad } from './run-load.ts';

/** A fleet file will do: what a load does not need is passed over. */
const devicesFile = z.array(z.object({ ident: z.string().min(1), secret: z.string() })).min(1);

/** Aborted by the first signal, or when the process that started this one says so or is gone. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  process.on('message', (message) => {
    if (message === STOP) stop.abort();
  });
  process.on('disconnect', () => stop.abort());
  // It may have ended while this module was being loaded.
  if ('connected' in process && !process.connected) stop.abort();
  return stop.signal;
}

async function publish({ options, ledgerFile }: LoadCommand, devices: LoadDevice[], signal: AbortSignal) {
  const { ledger, ...figures } = await runLoad({ ...options, devices, signal });
  if (ledgerFile) await writeLedger(ledgerFile, ledger, isEven(options));
  const { user, system } = process.cpuUsage();
  return { ...figures, cpuS: (user + system) / 1e6 };
}

async function holdIdle({ options, reconnect }: LoadCommand, devices: LoadDevice[], signal: AbortSignal) {
  const idle = await openIdleConnections({ ...options, devices });
  const reconnectMs = reconnect ? await idle.reconnectAll() : null;
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
    if (options.durationMs) setTimeout(resolve, options.durationMs);
  });
  const connected = idle.connected();
  idle.close();
  return { connectMs: idle.connectMs, reconnectMs, connected };
}

async function main(): Promise<void> {
  const signal = stopSignal();
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(loadHelp());
    return;
  }
  const command = readLoadCommand(args);
  const devices = devicesFile.parse(JSON.parse(await readFile(command.devicesFile, 'utf8')));
  const figures = await (command.mode === 'idle' ? holdIdle : publish)(command, devices, signal);
  process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
