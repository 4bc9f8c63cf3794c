import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually, startTestBroker, type TestBroker, testDevices } from './testing/test-broker.ts';

const { devices, secrets } = testDevices(3);
const GPX =
  '<gpx><trk><trkseg><trkpt lat="-1.95" lon="30.05"/><trkpt lat="-1.95" lon="30.08"/></trkseg></trk></gpx>';

let folder = '';
let broker: TestBroker;
let child: ChildProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wayleave-sim-'));
  await writeFile(join(folder, 'fleet.json'), JSON.stringify(devices));
  broker = await startTestBroker(secrets);
});

afterEach(async () => {
  child?.kill('SIGKILL');
  await broker.close();
  await rm(folder, { recursive: true });
});

function run(args: readonly string[], env: Record<string, string> = {}) {
  const started = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...env },
  });
  child = started;
  const text = { output: '', complaint: '' };
  started.stdout?.on('data', (chunk: Buffer) => {
    text.output += chunk.toString();
  });
  started.stderr?.on('data', (chunk: Buffer) => {
    text.complaint += chunk.toString();
  });
  // `close` would wait for the IPC channel, which a test may have closed itself.
  return { started, text, ended: once(started, 'exit') as Promise<[number | null]> };
}

const fleetArgs = () => [
  '--mqtt-url',
  broker.url,
  '--fleet',
  join(folder, 'fleet.json'),
  '--interval-ms',
  '200',
];

test('a fleet drives until SIGTERM and then leaves with status 0, every line of its output being JSON', async () => {
  const { started, text, ended } = run(fleetArgs());
  await eventually(() => new Set(broker.received.map(({ ident }) => ident)).size === 3);
  started.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
  await eventually(() => text.output.includes('"stopped"'));
  const lines = text.output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines[0]).toMatchObject({ level: 'info', service: 'device-sim', vehicles: 3 });
  expect(lines.at(-1)).toMatchObject({ msg: 'stopped', why: 'SIGTERM' });
  expect(text.complaint).toBe('');
});

test('it takes broker and fleet from the environment, and leaves when its launcher is gone', async () => {
  const { started, ended } = run(['--interval-ms', '200'], {
    MQTT_URL: broker.url,
    FLEET_FILE: join(folder, 'fleet.json'),
  });
  await eventually(() => broker.received.length > 0);
  started.disconnect();
  expect((await ended)[0]).toBe(0);
});

test('it drives along a route that it is given', async () => {
  const route = join(folder, 'kigali.gpx');
  await writeFile(route, GPX);
  run([...fleetArgs(), '--route', route, '--faults', '0']);
  await eventually(() => broker.received.length > 5);
  const positions = broker.received.flatMap(
    ({ payload }) => JSON.parse(payload.toString()) as { lat: number; lon: number },
  );
  for (const { lat, lon } of positions) {
    expect(Math.abs(lat + 1.95)).toBeLessThan(0.0005);
    expect(lon > 30.049 && lon < 30.081).toBe(true);
  }
});

test('called wrongly it says what is wrong and ends with status 78', async () => {
  for (const [args, complaint] of [
    [['--mqtt-url', broker.url], /--fleet: is needed/],
    [['--fleet', join(folder, 'none.json')], /none\.json/],
    [[...fleetArgs(), '--route', join(folder, 'fleet.json')], /not a GeoJSON line/],
  ] as const) {
    const { text, ended } = run(args, { FLEET_FILE: '' });
    expect((await ended)[0]).toBe(78);
    await eventually(() => complaint.test(text.complaint));
  }
});
