import { parseCLI, startVitest } from 'vitest/node';

/**
 * `npm test [-- <vitest arguments>]` runs every test; `npm run test:crash` runs the crash tests
 * alone, in their long form.
 */
const [first, ...rest] = process.argv.slice(2);
const crash = first === 'crash';
if (crash) process.env.CRASH_TEST_LONG = '1';
const vitestArguments = crash ? ['--project', 'crash', ...rest] : process.argv.slice(2);

// The first stage holds an IPC channel to us; when it is killed the run has no reader any more.
process.on('disconnect', () => process.exit(1));
process.channel?.unref();

const { filter, options } = parseCLI(['vitest', 'run', ...vitestArguments]);
const vitest = await startVitest('test', filter, { ...options, watch: false });
await vitest.close();
