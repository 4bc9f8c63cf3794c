import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname } from 'node:path';
import { describeProcess, isAlive } from './processes.mjs';

/** How often to look whether npm is still there. */
const PARENT_POLL_MS = 500;

/** @type {NodeJS.Signals[]} */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a script under the pinned Node with this process's terminal, and stops it when this
 * process is asked to stop or when npm is gone. The script gets an IPC channel that nothing is
 * sent over: it closes when this process is killed outright, and the script stops then too.
 * @param {string} node
 * @param {string[]} scriptArguments
 * @returns {Promise<number>} the exit status to end with
 */
export function handOver(node, scriptArguments) {
  const path = [dirname(node), process.env.PATH].join(delimiter);
  const child = spawn(node, scriptArguments, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH: path },
  });
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal));
  const watch = watchNpm(() => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      // A shell's convention for a process that a signal ended.
      resolve(code ?? 128 + constants.signals[/** @type {NodeJS.Signals} */ (signal)]);
    });
  });
}

/**
 * npm passes SIGTERM to the shell between us but not to us, and SIGHUP and SIGKILL to nobody.
 * So look for the shell and for npm behind it. Without npm a vanished parent means nothing:
 * `nohup` and service managers start programs that way.
 * @param {() => void} onGone called once
 */
function watchNpm(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const shell = process.ppid;
  const npm = parentOfShell(shell);
  const timer = setInterval(() => {
    if (process.ppid === shell && (npm === undefined || isAlive(npm))) return;
    clearInterval(timer);
    onGone();
  }, PARENT_POLL_MS);
  timer.unref();
  return timer;
}

/**
 * The parent of `pid` where that is a shell; nothing where the shell already gave way to us,
 * because then `pid` is npm itself.
 * @param {number} pid
 */
function parentOfShell(pid) {
  const shell = describeProcess(pid);
  return shell && /(^|[-/])(sh|bash|dash|zsh|ksh)$/.test(shell.command) ? shell.parent : undefined;
}
