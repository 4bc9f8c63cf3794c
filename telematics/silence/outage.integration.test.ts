import { describe, expect, it } from 'vitest';
import { AFTER_MS, HOUR_MS, MINUTE_MS, NOON_MS, silenceUnderTest } from '../test/silence-under-test.ts';
import type { WatchedDevice } from './testing/watched-fleet.ts';

const { deviceHeard, fleet, sweep, sweepAsIs, told } = silenceUnderTest();

describe('an outage of our own', () => {
  const RETURN_MS = NOON_MS + 5 * HOUR_MS;

  async function drivingFleet(count: number): Promise<WatchedDevice[]> {
    const devices: WatchedDevice[] = [];
    for (let at = 0; at < count; at += 1) devices.push(await deviceHeard({ atMs: NOON_MS - at * 20_000 }));
    return devices;
  }

  it('tells nobody that the whole fleet is silent, while it lasts and while trackers come back', async () => {
    const devices = await drivingFleet(20);
    for (const nowMs of [NOON_MS + AFTER_MS - 2 * MINUTE_MS, NOON_MS + AFTER_MS, RETURN_MS]) {
      const swept = await sweep(nowMs);
      expect(swept.changes).toEqual([]);
    }
    expect((await sweep(RETURN_MS)).held).toBe(20);
    for (const device of devices.slice(0, 15)) await fleet().hear(device, { atMs: RETURN_MS });
    expect(await sweep(RETURN_MS + 10 * MINUTE_MS)).toMatchObject({ changes: [], held: 5 });
    for (const device of devices.slice(0, 15))
      await fleet().hear(device, { atMs: RETURN_MS + 31 * MINUTE_MS });
    expect((await sweep(RETURN_MS + 31 * MINUTE_MS)).changes).toHaveLength(5);
  });

  it('hides no silence that follows an alarm', async () => {
    const [device] = await drivingFleet(20);
    await fleet().raise(device!, 'unplug', NOON_MS - MINUTE_MS);
    expect((await sweep(NOON_MS + AFTER_MS)).changes).toMatchObject([
      { event: { deviceId: String(device!.deviceId), details: { class: 'after_power_cut' } } },
    ]);
  });

  it('is assumed when no sweep was done for long, until trackers had time to come back', async () => {
    await deviceHeard({ atMs: NOON_MS });
    const nowMs = NOON_MS + 6 * HOUR_MS;
    expect(await sweepAsIs(nowMs)).toMatchObject({ changes: [], held: 1 });
    expect(await sweep(nowMs + 29 * MINUTE_MS)).toMatchObject({ changes: [], held: 1 });
    expect(await sweep(nowMs + 30 * MINUTE_MS)).toMatchObject({ changes: [{ change: 'detected' }], held: 0 });
  });

  it('is none when vehicles fall silent one after the other', async () => {
    const devices = await drivingFleet(20);
    for (const device of devices.slice(0, 12)) await fleet().hear(device, { atMs: NOON_MS + 2 * HOUR_MS });
    expect(await sweep(NOON_MS + AFTER_MS)).toMatchObject({ held: 0 });
    expect(await told()).toHaveLength(8);
  });

  it('of one operator holds back nothing of another', async () => {
    await drivingFleet(20);
    const others: WatchedDevice[] = [];
    const another = await fleet().makeOperator();
    for (let at = 0; at < 40; at += 1) others.push(await deviceHeard({ atMs: NOON_MS + AFTER_MS }, another));
    const [alone] = others;
    await fleet().hear(alone!, { atMs: NOON_MS });
    const swept = await sweep(NOON_MS + AFTER_MS);
    expect(swept).toMatchObject({ held: 20, changes: [{ event: { deviceId: String(alone!.deviceId) } }] });
  });
});
