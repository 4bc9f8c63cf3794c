import { describe, expect, it } from 'vitest';
import {
  AFTER_MS,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  NOON_MS,
  silenceUnderTest,
} from '../test/silence-under-test.ts';
import { coverageCell } from './coverage.ts';
import { HERE, type LastHeard } from './testing/watched-fleet.ts';

const { deviceHeard, fleet, operatorId, query, sweep, told } = silenceUnderTest();

describe('the class of a silence', () => {
  const classes = async (): Promise<string[]> => (await told()).map((row) => row.class);

  it('is by what the tracker reported before it', async () => {
    const at = async (heard: Partial<LastHeard>) => await deviceHeard({ atMs: NOON_MS, ...heard });
    const parked = { ignition: false, speedKmh: 0 };
    await fleet().raise(await at(parked), 'powerCut', NOON_MS - 2 * DAY_MS);
    await fleet().raise(await at(parked), 'unplug', NOON_MS - MINUTE_MS, NOON_MS - MINUTE_MS);
    await fleet().raise(await at({}), 'powerCut', NOON_MS - HOUR_MS, NOON_MS - HOUR_MS);
    await fleet().raise(await at(parked), 'jamming', NOON_MS - MINUTE_MS, NOON_MS - MINUTE_MS);
    await fleet().raise(await at({}), 'lowBattery', NOON_MS - HOUR_MS, NOON_MS - HOUR_MS);
    await at({ batteryV: 10.5 });
    await at({ attributes: { deviceBatteryV: 3.3 } });
    await at({ batteryV: 0, attributes: { deviceBatteryV: 'x' } });
    await sweep(NOON_MS + AFTER_MS);
    expect(await classes()).toEqual([
      'after_power_cut',
      'after_power_cut',
      'unexplained',
      'after_jamming',
      'low_battery',
      'low_battery',
      'low_battery',
      'unexplained',
    ]);
    expect((await told())[1]!.details.evidence).toMatchObject([
      { kind: 'unplug', occurredMs: NOON_MS - MINUTE_MS },
    ]);
  });

  it('is expected sleep for a parked vehicle, which is not told until it should have said something', async () => {
    await deviceHeard({ atMs: NOON_MS, ignition: false });
    await deviceHeard({ atMs: NOON_MS, ignition: null, speedKmh: 0 });
    const swept = await sweep(NOON_MS + DAY_MS - 1);
    expect(swept.changes).toEqual([]);
    expect(swept.silent).toEqual(new Map([['expected_sleep', 2]]));
    await sweep(NOON_MS + DAY_MS);
    expect(await told()).toMatchObject([
      { class: 'unexplained', severity: 'critical', confirmed_at: new Date(NOON_MS + DAY_MS) },
      { class: 'unexplained', details: { wasParked: true } },
    ]);
  });

  it('is expected sleep too where the ignition went off without a fix, as in a garage', async () => {
    const device = await deviceHeard({ atMs: NOON_MS, ignition: true, newestFixMs: NOON_MS });
    await fleet().store(device, { fixMs: NOON_MS, receivedMs: NOON_MS, ignition: false });
    expect((await sweep(NOON_MS + AFTER_MS)).changes).toEqual([]);
    expect((await sweep(NOON_MS + DAY_MS)).changes).toHaveLength(1);
  });

  it('is a coverage hole where three silences ended with what was measured meanwhile', async () => {
    for (let time = 0; time < 3; time += 1) {
      const startMs = NOON_MS - (4 - time) * DAY_MS;
      const device = await deviceHeard({ atMs: startMs, speedKmh: 60 });
      await sweep(startMs + AFTER_MS);
      const backMs = startMs + 4 * HOUR_MS;
      for (const fixMs of [startMs + HOUR_MS, startMs + 2 * HOUR_MS, backMs])
        await fleet().store(device, { fixMs, receivedMs: backMs });
      await fleet().hear(device, { atMs: backMs });
      await sweep(backMs);
      await fleet().takeOut(device, backMs + 1);
    }
    expect((await told()).map(({ details }) => [details.class, details.buffered])).toEqual([
      ['unexplained', true],
      ['unexplained', true],
      ['unexplained', true],
    ]);
    const rows = await query('SELECT h3, silences FROM coverage_holes');
    expect(rows).toEqual([{ h3: coverageCell(HERE.lat, HERE.lon), silences: 3 }]);

    await deviceHeard({ atMs: NOON_MS, lat: HERE.lat + 0.01 });
    await deviceHeard({ atMs: NOON_MS, lat: HERE.lat + 0.2 });
    await sweep(NOON_MS + AFTER_MS);
    expect((await classes()).slice(3)).toEqual(['coverage_hole', 'unexplained']);
  });

  it('learns a hole also from what comes some time after the device was heard again, and once', async () => {
    const device = await deviceHeard({ atMs: NOON_MS });
    await sweep(NOON_MS + AFTER_MS);
    const backMs = NOON_MS + 4 * HOUR_MS;
    await fleet().hear(device, { atMs: backMs });
    await sweep(backMs);
    expect((await told())[0]!.details.buffered).toBe(false);
    await fleet().store(device, { fixMs: NOON_MS + HOUR_MS, receivedMs: backMs + 5 * MINUTE_MS });
    await fleet().hear(device, { atMs: backMs + 5 * MINUTE_MS });
    for (const laterMs of [6, 7, 8]) await sweep(backMs + laterMs * MINUTE_MS);
    expect(await told()).toMatchObject([{ revision: 3, details: { buffered: true } }]);
    expect(await query('SELECT silences FROM coverage_holes')).toEqual([{ silences: 1 }]);
  });

  it('becomes worse when a hole explains no more, as a revision of the same event', async () => {
    await query('INSERT INTO coverage_holes VALUES ($1, $2, 3, $3)', [
      operatorId(),
      coverageCell(HERE.lat, HERE.lon),
      new Date(NOON_MS - DAY_MS),
    ]);
    await deviceHeard({ atMs: NOON_MS });
    await sweep(NOON_MS + AFTER_MS);
    expect(await classes()).toEqual(['coverage_hole']);
    expect((await sweep(NOON_MS + 2 * DAY_MS - 1_000)).changes).toEqual([]);
    expect(await sweep(NOON_MS + 2 * DAY_MS)).toMatchObject({ changes: [{ change: 'amended' }] });
    expect((await sweep(NOON_MS + 2 * DAY_MS + 30_000)).changes).toEqual([]);
    expect(await told()).toMatchObject([
      { revision: 2, severity: 'critical', details: { class: 'unexplained', classBefore: 'coverage_hole' } },
    ]);
  });

  it('becomes worse when an alarm from before the silence is found late', async () => {
    const device = await deviceHeard({ atMs: NOON_MS });
    await sweep(NOON_MS + AFTER_MS);
    await fleet().raise(device, 'powerCut', NOON_MS - MINUTE_MS);
    await sweep(NOON_MS + AFTER_MS + MINUTE_MS);
    await sweep(NOON_MS + AFTER_MS + 2 * MINUTE_MS);
    expect(await told()).toMatchObject([{ revision: 2, details: { class: 'after_power_cut' } }]);
  });
});
