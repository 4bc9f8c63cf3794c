import { expect, test } from 'vitest';
import { fleetHelp, readFleetCommand } from './options.ts';

test('the environment fills what the arguments leave open', () => {
  const env = { MQTT_URL: 'mqtt://broker:1884', FLEET_FILE: 'fleet.json' };
  expect(readFleetCommand([], env)).toMatchObject({
    mqttUrl: 'mqtt://broker:1884',
    fleetFile: 'fleet.json',
    movingMs: 1_000,
    parkedMs: 30_000,
    faults: 1,
    incidents: 1,
    timeScale: 1,
    hoursAgo: 0,
  });
  expect(readFleetCommand(['--mqtt-url', 'mqtt://other:1'], env).mqttUrl).toBe('mqtt://other:1');
});

test('a time scale starts in the past unless told where', () => {
  const args = ['--fleet', 'f.json', '--time-scale', '60'];
  expect(readFleetCommand(args, {}).hoursAgo).toBe(6);
  expect(readFleetCommand([...args, '--hours-ago', '2'], {}).hoursAgo).toBe(2);
});

test('each wrong option is named', () => {
  expect(() => readFleetCommand(['--interval-ms', 'soon', '--time-scale', '0'], {})).toThrow(
    /--fleet: is needed[\s\S]*--interval-ms: [\s\S]*--time-scale: /,
  );
  expect(() => readFleetCommand(['--speed', '3'], {})).toThrow(/--speed/);
  expect(() => readFleetCommand(['--fleet', 'f', '--mqtt-url', 'http://x'], {})).toThrow(
    /--mqtt-url: needs mqtt/,
  );
});

test('trackers that never err, and vehicles that nothing happens to, are asked for with 0', () => {
  expect(readFleetCommand(['--fleet', 'f.json', '--incidents', '0'], {}).incidents).toBe(0);
  expect(() => readFleetCommand(['--fleet', 'f.json', '--incidents=-1'], {})).toThrow(/--incidents: /);
  expect(readFleetCommand(['--fleet', 'f.json', '--faults', '0'], {}).faults).toBe(0);
  expect(() => readFleetCommand(['--fleet', 'f.json', '--faults=-1'], {})).toThrow(/--faults: /);
});

test('the help names every option', () => {
  for (const name of [
    'mqtt-url',
    'fleet',
    'interval-ms',
    'seed',
    'faults',
    'incidents',
    'time-scale',
    'route',
  ]) {
    expect(fleetHelp()).toContain(`--${name}`);
  }
});
