import { type Logger, pino, stdTimeFunctions } from 'pino';

export type Log = Logger;

/** JSON lines on standard output, one per event, stamped in UTC with the service's name. */
export function createLog(service: string, level = 'info'): Log {
  return pino({
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    // `err.command`: a failed Redis command carries its arguments, which may be hashes of tokens.
    redact: ['req.headers.authorization', 'req.headers.cookie', 'err.command', '*.password', '*.secret'],
  });
}
