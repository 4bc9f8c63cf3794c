import { styleText } from 'node:util';
import { secret } from '@wayleave/runtime/config.ts';
import { messageOf } from '@wayleave/runtime/errors.ts';
import { banner } from './demo/banner.ts';
import { fleetFile } from './demo/demo-file.ts';
import { stopRequests, untilStopped } from './launcher.ts';
import { HELP, readStartOptions, type StartOptions } from './options.ts';
import { superviseService } from './process/service.ts';
import { seedDemo } from './seed.ts';
import { startStack } from './stack.ts';

/** Wide enough for the longest name of a service. */
const ORIGIN_COLUMNS = 9;

function say(origin: string, line: string): void {
  process.stderr.write(
    `${styleText('dim', origin.padEnd(ORIGIN_COLUMNS), { stream: process.stderr })} ${line}\n`,
  );
}

/** The stack from start to stop; resolves when nothing is left running. */
async function run(options: StartOptions): Promise<void> {
  const startedAt = performance.now();
  // What is started here is tethered to this process, so leaving at once ends all of it.
  const requests = stopRequests(() => process.exit(1));
  await using running = new AsyncDisposableStack();

  const stack = await startStack({ ...options, say, abort: requests });
  running.defer(() => stack.stop());
  const { demo, fleet } = await seedDemo({
    dataDir: stack.dataDir,
    databaseUrl: stack.databaseUrl,
    deviceSecretKey: secret.parse(stack.secrets.DEVICE_SECRET_KEY),
    apiUrl: stack.apiUrl,
    mqttUrl: stack.mqttUrl,
    vehicles: options.vehicles,
  });
  if (fleet.length > 0) {
    const simulator = await superviseService({
      name: 'simulator',
      script: 'device-sim/main.ts',
      env: { ...process.env, MQTT_URL: stack.mqttUrl, FLEET_FILE: fleetFile(stack.dataDir) },
      dataDir: stack.dataDir,
      say: (line) => say('simulator', line),
    });
    running.defer(() => simulator.stop());
  }

  const tookS = (performance.now() - startedAt) / 1_000;
  process.stdout.write(banner(demo, { vehicles: fleet.length, tookS, dataDir: stack.dataDir }));
  await untilStopped(requests);
  process.stderr.write(`\nStopping (${messageOf(requests.reason)})\n`);
}

try {
  const options = readStartOptions(process.argv.slice(2), process.env);
  if (options.help) process.stdout.write(HELP);
  else await run(options);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}
