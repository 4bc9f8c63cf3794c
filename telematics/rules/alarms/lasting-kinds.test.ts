import { describe, expect, it } from 'vitest';
import { ngpEvents } from '../../positions/adapters/navixy-ngp/events.ts';
import { alarms } from '../../positions/alarms.ts';
import { isLasting, LASTING_KINDS, toldOf } from './lasting-kinds.ts';

describe('alarms that tell of a state', () => {
  it('are these, and no others that adapters report', () => {
    const lasting = alarms.filter(isLasting);
    const names =
      'antennaCut gnssJamming idling jamming lowBattery lowPower overspeed powerCut powerOff tamper tow unplug';
    expect(lasting.toSorted()).toEqual(names.split(' '));
    expect(lasting).toHaveLength(LASTING_KINDS);
    for (const name of ['sos', 'crash', 'own', 'toString', '__proto__']) expect(isLasting(name)).toBe(false);
  });

  it.each([
    ['powerCut', { unplugged: true }, 'lasts'],
    ['powerCut', { unplugged: false }, 'over'],
    ['powerCut', { 'external.powersource.status': false }, 'lasts'],
    ['powerCut', { 'external.powersource.status': true }, 'over'],
    ['powerCut', { event: 'Power recovered or external power connected' }, 'over'],
    ['powerCut', { alarm: 'powerRestored,movement' }, 'over'],
    ['powerCut', { alarm: 'movement', event: 252, unplugged: 1 }, null],
    ['unplug', { event: 'OBD plugged in' }, 'over'],
    ['tamper', { event: 'Device case closed' }, 'over'],
    ['jamming', { jamming: true }, 'lasts'],
    ['gnssJamming', { gnssJamming: 0 }, 'over'],
    ['gnssJamming', { gnssJamming: 2 }, 'lasts'],
    ['tow', { towing: false }, 'over'],
    ['idling', { event: 'Idle end' }, 'over'],
    ['lowBattery', { batteryPercent: 90 }, null],
  ] as const)('%s with %j: %s', (alarm, attributes, told) => {
    expect(toldOf(alarm, attributes)).toBe(told);
    expect(toldOf(alarm, null)).toBe(null);
  });

  it('end by events that the Navixy Generic Protocol has under just these names', () => {
    const names = [...ngpEvents.values()].map(([name]) => name);
    const endings = names.filter((event) =>
      alarms.some((alarm) => isLasting(alarm) && toldOf(alarm, { event }) === 'over'),
    );
    expect(endings).toHaveLength(13);
  });
});
