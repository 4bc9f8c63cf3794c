import { describe, expect, it } from 'vitest';
import { mayPublish, maySubscribe } from './topic-policy.ts';

describe('what a tracker may say', () => {
  it.each([
    ['devices/867/positions', true],
    ['devices/867/commands/12/result', true],
    ['867/data', true],
    ['owntracks/fleet/867', true],
    ['devices/868/positions', false],
    ['devices/867', true],
    ['devices/8670/positions', false],
    ['devices//positions', false],
    ['devices/868/867', false],
    ['positions', false],
    ['$SYS/867', false],
    ['$share/g/867', false],
  ])('%s: %s', (topic, allowed) => {
    expect(mayPublish('867', topic)).toBe(allowed);
  });
});

describe('what a tracker may hear', () => {
  it.each([
    ['devices/867/commands', true],
    ['devices/868/commands', false],
    ['devices/+/commands', false],
    ['devices/867/#', false],
    ['#', false],
    ['devices/867/positions', false],
  ])('%s: %s', (filter, allowed) => {
    expect(maySubscribe('867', filter)).toBe(allowed);
  });
});
