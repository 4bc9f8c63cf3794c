import { parseArgs } from 'node:util';
import { z } from 'zod';

/** Of the city, unless another one is asked for. */
export const DEFAULT_SEED = 'wayleave';

const HELP = {
  'mqtt-url': 'Broker, mqtt:// or mqtts:// (MQTT_URL)',
  fleet: 'File of [{"ident", "secret", "kind", "format", "gateway"}] (FLEET_FILE)',
  'interval-ms': 'Between reports with the ignition on',
  'parked-interval-ms': 'Between reports with the ignition off',
  seed: 'The same seed gives the same city, the same drives, the same faults and incidents',
  faults: 'How many times as often as usual trackers err; 0 for never',
  incidents: 'How many times as often as usual vehicles speed, are towed, go dark …; 0 for never',
  route: 'Drive along a .gpx or .geojson file instead of the city',
  'route-speed-kmh': 'Speed limit along that route',
  'time-scale': 'How many times faster than real time, until the present is reached',
  'hours-ago': 'Where simulated time starts; 0, or 6 with a time scale',
} as const;

const schema = z
  .strictObject({
    'mqtt-url': z
      .url({ protocol: /^(mqtts?|tcp|tls)$/, error: 'needs mqtt://host:port' })
      .default('mqtt://127.0.0.1:1883'),
    fleet: z.string({ error: 'is needed (or FLEET_FILE)' }).min(1),
    'interval-ms': z.coerce.number().int().min(100).max(3_600_000).default(1_000),
    'parked-interval-ms': z.coerce.number().int().min(100).max(86_400_000).default(30_000),
    seed: z.string().default(DEFAULT_SEED),
    faults: z.coerce.number().min(0).max(1_000).default(1),
    incidents: z.coerce.number().min(0).max(1_000).default(1),
    route: z.string().optional(),
    'route-speed-kmh': z.coerce.number().min(3).max(200).default(50),
    'time-scale': z.coerce.number().min(1).max(1_000).default(1),
    'hours-ago': z.coerce.number().min(0).max(720).optional(),
  })
  .transform((given) => ({
    mqttUrl: given['mqtt-url'],
    fleetFile: given.fleet,
    movingMs: given['interval-ms'],
    parkedMs: Math.max(given['interval-ms'], given['parked-interval-ms']),
    seed: given.seed,
    faults: given.faults,
    incidents: given.incidents,
    routeFile: given.route,
    routeSpeedKmh: given['route-speed-kmh'],
    timeScale: given['time-scale'],
    hoursAgo: given['hours-ago'] ?? (given['time-scale'] > 1 ? 6 : 0),
  }));

export type FleetCommand = z.infer<typeof schema>;

/** The options, one a line, for --help. */
export const fleetHelp = (): string =>
  `node device-sim/main.ts [options]\n${Object.entries(HELP)
    .map(([name, text]) => `  --${name.padEnd(20)} ${text}\n`)
    .join('')}`;

/**
 * Reads arguments, and MQTT_URL and FLEET_FILE where those leave them open.
 * @throws {Error} naming each option that is unknown or wrong
 */
export function readFleetCommand(args: readonly string[], env: NodeJS.ProcessEnv): FleetCommand {
  const names = Object.keys(HELP);
  const { values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
  });
  const defaults = { 'mqtt-url': env['MQTT_URL'] || undefined, fleet: env['FLEET_FILE'] || undefined };
  const parsed = schema.safeParse({ ...defaults, ...values });
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `  --${path.join('.')}: ${message}`);
  throw new Error(`wrong options:\n${lines.join('\n')}`);
}
