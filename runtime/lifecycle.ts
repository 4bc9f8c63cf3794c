import { ConfigError, EXIT_BAD_CONFIG } from './config.ts';
import type { Log } from './log.ts';

/** After this long an orderly stop is given up and the process ends with status 1. */
const STOP_DEADLINE_MS = 15_000;

/** What a service has opened, in order; closed in the reverse order. */
export interface Opened {
  /** Registers how to close what was just opened. */
  onClose(name: string, close: () => Promise<unknown> | unknown): void;
}

/**
 * Runs a service from its composition root until a signal. `start` registers a closer for each
 * thing it opens; they run in reverse.
 */
export function runService(log: Log, start: (opened: Opened) => Promise<void>): void {
  const closers: { name: string; close: () => Promise<unknown> | unknown }[] = [];
  let stopping = false;

  const stop = async (why: string, status: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info({ why }, 'stopping');
    setTimeout(() => {
      log.error('the orderly stop took too long');
      process.exit(1);
    }, STOP_DEADLINE_MS).unref();
    for (const { name, close } of closers.reverse()) {
      try {
        await close();
      } catch (error) {
        log.error({ err: error, part: name }, 'a part did not close');
        status = 1;
      }
    }
    log.info('stopped');
    process.exit(status);
  };

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void stop(signal, 0));
  }
  process.on('unhandledRejection', (reason) => {
    log.fatal({ err: reason }, 'unhandled rejection');
    void stop('unhandled rejection', 1);
  });
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught exception');
    void stop('uncaught exception', 1);
  });

  start({ onClose: (name, close) => closers.push({ name, close }) }).then(
    () => log.info('started'),
    (error: unknown) => {
      log.fatal({ err: error }, 'could not start');
      void stop('could not start', 1);
    },
  );
}

/** Reads the configuration before anything is opened; ends the process with status 78 if it is wrong. */
export function configOrExit<Config>(read: () => Config): Config {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_BAD_CONFIG);
  }
}
