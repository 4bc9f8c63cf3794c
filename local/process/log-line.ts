const LEVELS_TO_SHOW = ['warn', 'error', 'fatal'];

interface PinoLine {
  level?: unknown;
  msg?: unknown;
  err?: { message?: unknown };
}

/**
 * What the person at the terminal should see of a line that a service logged: its warnings and
 * errors, and whatever it printed outside of its log (a configuration error, a stack trace).
 */
export function worthShowing(line: string): string | undefined {
  const parsed = parse(line);
  if (parsed === undefined) return line.trim() === '' ? undefined : line;
  const { level, msg, err } = parsed;
  if (typeof level !== 'string' || !LEVELS_TO_SHOW.includes(level)) return undefined;
  const reason = typeof err?.message === 'string' && err.message !== msg ? `: ${err.message}` : '';
  return `${level} ${String(msg)}${reason}`;
}

function parse(line: string): PinoLine | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as PinoLine;
  } catch {
    return undefined;
  }
}
