/** One JSON line on standard output, in the shape that the services log in. */
export type Log = (
  level: 'info' | 'warn' | 'error',
  message: string,
  fields?: Record<string, unknown>,
) => void;

export const logLine: Log = (level, msg, fields = {}) => {
  const line = { level, time: new Date().toISOString(), service: 'device-sim', ...fields, msg };
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
