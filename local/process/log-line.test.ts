import { expect, test } from 'vitest';
import { worthShowing } from './log-line.ts';

test('an information is kept from the terminal', () => {
  expect(worthShowing('{"level":"info","service":"api","msg":"started"}')).toBeUndefined();
});

test('a warning is shown with its level and the reason of its error', () => {
  const line =
    '{"level":"warn","service":"api","err":{"message":"ECONNREFUSED"},"msg":"Redis is not reachable"}';
  expect(worthShowing(line)).toBe('warn Redis is not reachable: ECONNREFUSED');
});

test('an error that is its own message is not said twice', () => {
  expect(worthShowing('{"level":"error","err":{"message":"boom"},"msg":"boom"}')).toBe('error boom');
});

test('what is not a log line is shown as it stands, unless it is blank', () => {
  expect(worthShowing('  MQTT_PORT: is not set')).toBe('  MQTT_PORT: is not set');
  expect(worthShowing('{ not json')).toBe('{ not json');
  expect(worthShowing('  ')).toBeUndefined();
});
