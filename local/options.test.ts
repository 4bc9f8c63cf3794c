import { isAbsolute } from 'node:path';
import { expect, test } from 'vitest';
import { readStartOptions } from './options.ts';

test('without arguments or variables the stack is the one that the README describes', () => {
  const options = readStartOptions([], {});
  expect(options).toMatchObject({ vehicles: 40, fresh: false, host: '127.0.0.1', databaseUrl: undefined });
  expect(options.ports).toMatchObject({ API_PORT: 3_000, MQTT_PORT: 1_883 });
  expect(isAbsolute(options.dataDir)).toBe(true);
});

test('arguments and variables are taken', () => {
  const options = readStartOptions(['--vehicles', '500', '--fresh'], { MQTT_PORT: '0', DATA_DIR: '/tmp/x' });
  expect(options).toMatchObject({ vehicles: 500, fresh: true, dataDir: '/tmp/x' });
  expect(options.ports.MQTT_PORT).toBe(0);
});

test('an empty variable counts as unset', () => {
  expect(readStartOptions([], { DATABASE_URL: '', API_PORT: '' })).toMatchObject({ databaseUrl: undefined });
});

test('a Redis that the user brings is only warned of, unless the user says otherwise', () => {
  const REDIS_URL = 'redis://127.0.0.1:6379';
  expect(readStartOptions([], {}).env).toEqual({});
  expect(readStartOptions([], { REDIS_URL, UPLINK_FSYNC: '' }).env).toEqual({ UPLINK_FSYNC: 'warn' });
  // What the user has set is inherited.
  expect(readStartOptions([], { REDIS_URL, UPLINK_FSYNC: 'require' }).env).toEqual({});
});

test('what is wrong is named', () => {
  expect(() => readStartOptions(['--vehicles', 'many'], {})).toThrow('--vehicles');
  expect(() => readStartOptions(['--vehicles', '-1'], {})).toThrow();
  expect(() => readStartOptions([], { MQTT_PORT: '70000' })).toThrow('MQTT_PORT');
  expect(() => readStartOptions([], { UPLINK_FSYNC: 'never' })).toThrow('UPLINK_FSYNC');
  expect(() => readStartOptions(['--quick'], {})).toThrow('--quick');
});
