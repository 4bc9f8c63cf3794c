import { env, readConfig } from '@wayleave/runtime/config.ts';
import { configOrExit } from '@wayleave/runtime/lifecycle.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { migrate } from './migrate.ts';

const config = configOrExit(() => readConfig({ DATABASE_URL: env.DATABASE_URL, LOG_LEVEL: env.LOG_LEVEL }));
const log = createLog('migrations', config.LOG_LEVEL);
const applied = await migrate({ databaseUrl: config.DATABASE_URL, log });
log.info({ applied }, applied.length === 0 ? 'the schema is up to date' : 'the schema was migrated');
