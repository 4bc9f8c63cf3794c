import { parseArgs } from 'node:util';
import { z } from 'zod';

const HELP = {
  mode: 'load (publish, the default) or idle (log in and stay silent)',
  host: 'Broker; 127.0.0.1 unless given',
  port: 'Broker; 1883 unless given',
  devices: 'File of [{"ident", "secret"}]',
  connections: 'How many of the devices connect; all unless given',
  'connects-per-s': 'Most logins a second',
  window: 'Unacknowledged publishes a connection; 20 unless given',
  'positions-per-message': '1 unless given',
  'duration-ms': 'Stop sending, or holding, after this long',
  messages: 'Stop sending after so many',
  'rate-per-s': 'Messages a second in all; as fast as the windows allow unless given',
  'fix-times': 'even (unless given) or clock',
  'first-fix-time-ms': 'Epoch ms of the first fix, for even; now unless given',
  'step-ms': 'Between fixes of a device; 1 unless given',
  'drain-ms': 'Wait for the last acknowledgements; 15000 unless given',
  ledger: 'Write the ledger to this file',
  reconnect: 'idle: true breaks all connections once and times their return',
} as const;

const count = z.coerce.number().int().min(1);

const schema = z
  .strictObject({
    mode: z.enum(['load', 'idle']).default('load'),
    host: z.string().default('127.0.0.1'),
    port: count.max(65_535).default(1883),
    devices: z.string({ error: 'is needed' }).min(1),
    connections: count.optional(),
    'connects-per-s': z.coerce.number().positive().optional(),
    window: count.max(65_535).default(20),
    'positions-per-message': count.max(10_000).default(1),
    'duration-ms': count.optional(),
    messages: count.optional(),
    'rate-per-s': z.coerce.number().positive().optional(),
    'fix-times': z.enum(['even', 'clock']).default('even'),
    'first-fix-time-ms': count.optional(),
    'step-ms': count.default(1),
    'drain-ms': z.coerce.number().int().min(0).optional(),
    ledger: z.string().optional(),
    reconnect: z.stringbool().default(false),
  })
  .transform((given) => ({
    mode: given.mode,
    devicesFile: given.devices,
    ledgerFile: given.ledger,
    reconnect: given.reconnect,
    options: {
      host: given.host,
      port: given.port,
      connections: given.connections,
      connectsPerS: given['connects-per-s'],
      window: given.window,
      positionsPerMessage: given['positions-per-message'],
      durationMs: given['duration-ms'],
      messages: given.messages,
      ratePerS: given['rate-per-s'],
      fixTimes: given['fix-times'],
      firstFixTimeMs: given['first-fix-time-ms'],
      stepMs: given['step-ms'],
      drainMs: given['drain-ms'],
    },
  }));

export type LoadCommand = z.infer<typeof schema>;

/** The options, one a line, for --help. */
export const loadHelp = (): string =>
  `node device-sim/load/main.ts --devices <file> [options]\n${Object.entries(HELP)
    .map(([name, meaning]) => `  --${name.padEnd(22)} ${meaning}\n`)
    .join('')}`;

/**
 * @throws {Error} naming each option that is unknown or wrong
 */
export function readLoadCommand(args: readonly string[]): LoadCommand {
  const names = Object.keys(HELP);
  const { values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
  });
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `  --${path.join('.')}: ${message}`);
  throw new Error(`wrong options:\n${lines.join('\n')}`);
}
