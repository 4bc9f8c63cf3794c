import { parseCLI, startVitest } from 'vitest/node';

/**
 * `npm test [-- <vitest arguments>]` runs every test; `npm run test:crash` and `npm run test:fuzz`
 * run one kind of them alone, in its long form.
 */
const LONG_FORMS = ['crash', 'fuzz'];
const [first, ...rest] = process.argv.slice(2);
const long = first !== undefined && LONG_FORMS.includes(first) ? first : null;
if (long) process.env[`${long.toUpperCase()}_TEST_LONG`] = '1';
const vitestArguments = long ? ['--project', long, ...rest] : process.argv.slice(2);

// The first stage holds an IPC channel to us; when it is killed the run has no reader any more.
process.on('disconnect', () => process.exit(1));
process.channel?.unref();

const { filter, options } = parseCLI(['vitest', 'run', ...vitestArguments]);
const vitest = await startVitest('test', filter, { ...options, watch: false });
await vitest.close();
