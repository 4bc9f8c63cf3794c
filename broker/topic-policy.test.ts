import { describe, expect, it } from 'vitest';
import { FLEET_TOPIC, testAdapters } from './test/fleet-format.ts';
import { mayGatewayPublish, mayTrackerPublish, mayTrackerSubscribe } from './topic-policy.ts';

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
    expect(mayTrackerPublish('867', topic, testAdapters)).toBe(allowed);
  });

  it('goes by what the format of a topic takes for an ident, which need not be a level', () => {
    expect(mayTrackerPublish('0055-1234', 'spread/0055/1234/vp', testAdapters)).toBe(true);
    expect(mayTrackerPublish('0055-1235', 'spread/0055/1234/vp', testAdapters)).toBe(false);
  });

  it('is nothing on a topic where payloads say whose they are, whatever the ident', () => {
    for (const ident of ['867', 'fleet', 'positions']) {
      expect(mayTrackerPublish(ident, FLEET_TOPIC, testAdapters)).toBe(false);
    }
  });
});

describe('what a gateway may say', () => {
  it.each([
    ['devices/867/positions', true],
    [FLEET_TOPIC, true],
    ['anything', true],
    ['$SYS/broker/connection/x/state', false],
  ])('%s: %s', (topic, allowed) => {
    expect(mayGatewayPublish(topic)).toBe(allowed);
  });
});

describe('what a tracker may hear', () => {
  it.each([
    ['devices/867/commands', true],
    ['867/commands', true],
    ['devices/868/commands', false],
    ['868/commands', false],
    ['+/commands', false],
    ['devices/+/commands', false],
    ['devices/867/#', false],
    ['#', false],
    ['devices/867/positions', false],
  ])('%s: %s', (filter, allowed) => {
    expect(mayTrackerSubscribe('867', filter)).toBe(allowed);
  });
});
