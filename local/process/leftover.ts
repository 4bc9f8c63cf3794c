import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, startOf } from './identity.ts';

/** Signals to send in turn, each with how long to wait for the process to end. */
export type StopPlan = readonly (readonly [signal: NodeJS.Signals, waitMs: number])[];

const POLL_MS = 20;

/** Notes which process runs, so that a later start can find it should this one be killed. */
export function recordProcess(file: string, pid: number): void {
  writeFileSync(file, JSON.stringify({ pid, start: startOf(pid) }));
}

export function forgetProcess(file: string): void {
  rmSync(file, { force: true });
}

/** The process that a record names, if that very process is still running. */
export function recordedProcess(file: string): number | undefined {
  let record: { pid?: unknown; start?: unknown };
  try {
    record = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // No record, or one that was cut short: the process wrote nothing after it.
  }
  const { pid, start } = record;
  // Process ids are reused: another start time means another program.
  return typeof pid === 'number' && start !== undefined && startOf(pid) === start ? pid : undefined;
}

/** Stops what an earlier run that was killed left behind, if that still runs. */
export async function stopLeftover(file: string, plan: StopPlan): Promise<void> {
  const pid = recordedProcess(file);
  if (pid !== undefined) await stopProcess(pid, plan);
  forgetProcess(file);
}

/**
 * Sends the signals of the plan until the process is gone.
 * @throws {Error} when it outlives the last one
 */
async function stopProcess(pid: number, plan: StopPlan): Promise<void> {
  const start = startOf(pid);
  const gone = () => !isAlive(pid) || startOf(pid) !== start;
  for (const [signal, waitMs] of plan) {
    if (gone()) return;
    process.kill(pid, signal);
    for (let waited = 0; waited < waitMs; waited += POLL_MS) {
      if (gone()) return;
      await sleep(POLL_MS);
    }
  }
  if (!gone()) throw new Error(`process ${pid} of an earlier start does not end`);
}
