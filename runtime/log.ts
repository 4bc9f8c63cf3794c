import { type Logger, pino, stdTimeFunctions } from 'pino';

export type Log = Logger;

/** JSON lines on standard output, one per event, stamped in UTC with the service's name. */
export function createLog(service: string, level = 'info'): Log {
  // Through the process's own stream: pino's default one spins for ever on a pipe whose reader
  // died (sonic-boom 4.2), and a log that nobody reads must not hold up an orderly stop.
  process.stdout.on('error', ignoreBrokenPipe);
  return pino(
    {
      level,
      base: { service },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // `err.command`: a failed Redis command carries its arguments, which may be hashes of tokens.
      redact: ['req.headers.authorization', 'req.headers.cookie', 'err.command', '*.password', '*.secret'],
    },
    process.stdout,
  );
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
