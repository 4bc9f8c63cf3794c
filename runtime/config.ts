import { z } from 'zod';

/** Exit status of a process whose environment is wrong (EX_CONFIG of sysexits.h). */
export const EXIT_BAD_CONFIG = 78;

/** The environment does not fit the schema; the message names every variable that is wrong. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** A TCP port; 0 lets the system choose. */
export const port = (fallback: number) =>
  z.coerce.number().int().min(0).max(65_535).default(fallback).describe('TCP port');

/** A secret of at least 32 bytes, written in hex or base64. */
export const secret = z.string().transform((text, context) => {
  const encoding = /^([0-9a-f]{2})+$/i.test(text) ? 'hex' : 'base64';
  const bytes = Buffer.from(text, encoding);
  if (bytes.length >= 32) return bytes;
  context.addIssue({ code: 'custom', message: 'needs at least 32 random bytes in hex or base64' });
  return z.NEVER;
});

/** An MQTT topic or filter (MQTT 3.1.1, section 4.7); not everything, and nothing of a broker's own. */
const topicFilter = z
  .string()
  .max(256)
  .refine((text) => {
    const levels = text.split('/');
    const isLast = (at: number) => at > 0 && at === levels.length - 1;
    return (
      !text.startsWith('$') &&
      levels.every((level, at) => level === '+' || (level === '#' && isLast(at)) || !/[+#\0]/.test(level))
    );
  }, 'needs an MQTT topic or filter');

/** The variables that more than one service reads, each described once. */
export const env = {
  DATABASE_URL: z
    .string()
    .startsWith('postgres', 'needs a postgres:// URL')
    .describe('PostgreSQL, as a login that is a member of the wayleave_* role of the service'),
  REDIS_URL: z
    .string()
    .regex(/^(rediss?:\/\/|unix:\/)/, 'needs redis://, rediss:// or unix:/path')
    .describe('Redis with appendonly yes and appendfsync always'),
  HOST: z.string().default('0.0.0.0').describe('Address that the listeners bind'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  DEVICE_SECRET_KEY: secret.describe('Key of the HMAC under which device secrets are stored'),
  ACCESS_TOKEN_KEY: secret.describe('Key that signs access tokens'),
  UPLINK_SHARDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .default(8)
    .describe('Shards of the uplink log; the same for every broker, ingest and jobs of an installation'),
  UPLINK_FSYNC: z
    .enum(['require', 'warn'])
    .default('require')
    .describe(
      'What to do when Redis does not write to disk before it answers: refuse to start, or only warn',
    ),
  UPLINK_LOG_MAX_MIB: z.coerce
    .number()
    .int()
    .min(1)
    .default(128)
    .describe('MiB of messages the uplink log may hold unstored before the broker stops acknowledging'),
  TRACCAR_TOPIC: topicFilter
    .default('traccar/positions')
    .describe('Topic or filter on which Traccar servers forward positions; the same for broker and ingest'),
  FLESPI_TOPIC: topicFilter
    .default('flespi/message/gw/devices/+')
    .describe('Topic or filter on which flespi messages come; the same for broker and ingest'),
};

/**
 * Reads the environment once, at the start of a service.
 * An empty variable counts as unset, as docker compose passes those.
 * @throws {ConfigError} naming every variable that is missing or wrong
 */
export function readConfig<Shape extends z.ZodRawShape>(
  shape: Shape,
  source: NodeJS.ProcessEnv = process.env,
): z.infer<z.ZodObject<Shape>> {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = z.object(shape).safeParse(present);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const name = issue.path.join('.');
    return `  ${name}: ${present[name] === undefined ? 'is not set' : issue.message}`;
  });
  throw new ConfigError(`the environment is incomplete or wrong:\n${lines.join('\n')}`);
}
