import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ledger } from './ledger.ts';
import { readLedger } from './ledger-file.ts';
import type { LoadFigures, LoadOptions } from './load-options.ts';

/** The message upon which the child sends no more. */
export const STOP = 'stop';

export interface LoadChildResult extends LoadFigures {
  ledger: Ledger;
  /** Processor time that the generator took, user and system together, seconds. */
  cpuS: number;
}

/**
 * `runLoad` in a process of its own, so that it and its caller do not wait for each other.
 * `signal` ends the sending, as there.
 * @throws {Error} with what the child wrote to standard error
 */
export async function runLoadInChild(options: Omit<LoadOptions, 'onReconnect'>): Promise<LoadChildResult> {
  const folder = await mkdtemp(join(tmpdir(), 'wayleave-load-'));
  try {
    const devices = join(folder, 'devices.json');
    const ledger = join(folder, 'ledger');
    await writeFile(devices, JSON.stringify(options.devices), { mode: 0o600 });
    const line = await runChild(
      [...argumentsOf(options), '--devices', devices, '--ledger', ledger],
      options.signal,
    );
    return { ...(JSON.parse(line) as LoadFigures & { cpuS: number }), ledger: await readLedger(ledger) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function argumentsOf(options: Omit<LoadOptions, 'onReconnect'>): string[] {
  const named = {
    host: options.host,
    port: options.port,
    connections: options.connections,
    'connects-per-s': options.connectsPerS,
    window: options.window,
    'positions-per-message': options.positionsPerMessage,
    'duration-ms': options.durationMs,
    messages: options.messages,
    'rate-per-s': options.ratePerS,
    'fix-times': options.fixTimes,
    'first-fix-time-ms': options.firstFixTimeMs,
    'step-ms': options.stepMs,
    'drain-ms': options.drainMs,
  };
  return Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, `${value}`],
  );
}

/** Runs load/main.ts to its end; returns the last line of its output. */
function runChild(args: readonly string[], signal: AbortSignal | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    // With an IPC channel the child notices when this process is killed.
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let output = '';
    let complaint = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    // Not a signal, which would kill a child that does not handle it yet; a message waits to be read.
    const stop = () => {
      if (child.connected) child.send(STOP, () => {}); // One that has just ended tells so itself.
    };
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();
    child.on('error', reject);
    child.on('close', (status) => {
      signal?.removeEventListener('abort', stop);
      const line = output.trim().split('\n').at(-1);
      if (status === 0 && line) resolve(line);
      else reject(new Error(`the load generator ended with status ${status}: ${complaint.trim()}`));
    });
  });
}
