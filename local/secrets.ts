import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { readPrivateJson, writePrivateJson } from './private-file.ts';

const secretsSchema = z.object({ DEVICE_SECRET_KEY: z.string(), ACCESS_TOKEN_KEY: z.string() });

/** The keys that the services take from their environment, as text. */
export type Secrets = z.infer<typeof secretsSchema>;

/**
 * The keys of this data folder, made at its first start and kept in `secrets.json`. A key that
 * the environment gives is taken instead.
 */
export function keepSecrets(dataDir: string, environment: NodeJS.ProcessEnv): Secrets {
  const kept = keptSecrets(join(dataDir, 'secrets.json'));
  return {
    DEVICE_SECRET_KEY: environment.DEVICE_SECRET_KEY || kept.DEVICE_SECRET_KEY,
    ACCESS_TOKEN_KEY: environment.ACCESS_TOKEN_KEY || kept.ACCESS_TOKEN_KEY,
  };
}

function keptSecrets(path: string): Secrets {
  const kept = readPrivateJson(path);
  if (kept !== undefined) return secretsSchema.parse(kept);
  const made = {
    DEVICE_SECRET_KEY: randomBytes(32).toString('hex'),
    ACCESS_TOKEN_KEY: randomBytes(32).toString('hex'),
  };
  writePrivateJson(path, made);
  return made;
}
