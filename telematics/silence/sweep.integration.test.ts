import { describe, expect, it } from 'vitest';
import { AFTER_MS, DAY_MS, HOUR_MS, NOON_MS, silenceUnderTest } from '../test/silence-under-test.ts';
import { HERE } from './testing/watched-fleet.ts';

const { deviceHeard, fleet, operatorId, outbox, query, remember, sweep, sweepAsIs, told } =
  silenceUnderTest();

describe('a vehicle that is not heard any more', () => {
  it('is told of once it was silent for as long as its operator waits, and once only', async () => {
    const { deviceId, vehicleId } = await deviceHeard({ atMs: NOON_MS });
    expect((await sweep(NOON_MS + AFTER_MS - 1)).changes).toEqual([]);
    const { changes } = await sweep(NOON_MS + AFTER_MS);
    expect(changes).toMatchObject([
      {
        change: 'detected',
        event: {
          rule: 'silence',
          kind: 'silence',
          severity: 'critical',
          deviceId: String(deviceId),
          vehicleId: String(vehicleId),
          endedAt: null,
          lat: HERE.lat,
          lon: HERE.lon,
          occurredAt: new Date(NOON_MS).toISOString(),
          confirmedAt: new Date(NOON_MS + AFTER_MS).toISOString(),
          details: { class: 'unexplained', since: 'lastReceipt', afterS: 10_800, wasParked: false },
        },
      },
    ]);
    for (const laterMs of [30_000, HOUR_MS, DAY_MS, 20 * DAY_MS]) {
      expect((await sweep(NOON_MS + AFTER_MS + laterMs)).changes).toEqual([]);
    }
    expect(await outbox()).toEqual([{ name: 'telematics.risk.detected', key: changes[0]!.event.id }]);
  });

  it('is told of whatever settings an operator has that cannot be read', async () => {
    await deviceHeard({ atMs: NOON_MS });
    await query(
      `INSERT INTO rule_settings (operator_id, version, valid_from, settings) VALUES ($1, 1, '2020-01-01', '{"night": 7}')`,
      [operatorId()],
    );
    expect((await sweep(NOON_MS + AFTER_MS)).changes).toMatchObject([{ change: 'detected' }]);
  });

  it('is told of once although processes restart and forget, and two sweep at once', async () => {
    await deviceHeard({ atMs: NOON_MS });
    const nowMs = NOON_MS + AFTER_MS + HOUR_MS;
    await sweep(nowMs);
    await remember({});
    await sweepAsIs(nowMs + HOUR_MS);
    await Promise.all(Array.from({ length: 4 }, () => sweepAsIs(nowMs + HOUR_MS + 30_000)));
    expect(await told()).toMatchObject([{ revision: 1, ended_at: null }]);
    expect(await outbox()).toHaveLength(1);
  });

  it('is told of once by four processes that find it at the same time', async () => {
    await deviceHeard({ atMs: NOON_MS });
    await remember({ lastSweepMs: NOON_MS + AFTER_MS });
    const swept = await Promise.all(Array.from({ length: 4 }, () => sweepAsIs(NOON_MS + AFTER_MS + 30_000)));
    expect(swept.flatMap((one) => one?.changes ?? [])).toHaveLength(1);
    expect(await outbox()).toHaveLength(1);
  });

  it('is heard again: the silence ends with the first receipt after it', async () => {
    const device = await deviceHeard({ atMs: NOON_MS });
    await sweep(NOON_MS + AFTER_MS);
    const backMs = NOON_MS + 5 * HOUR_MS;
    for (const at of [backMs, backMs + 10_000, backMs + 20_000])
      await fleet().store(device, { fixMs: at - 500, receivedMs: at });
    await fleet().hear(device, { atMs: backMs + 20_000 });
    await sweep(backMs + 30_000);
    expect(await told()).toMatchObject([
      {
        occurred_at: new Date(NOON_MS),
        ended_at: new Date(backMs),
        revision: 2,
        details: { silentS: 5 * 3_600, buffered: false, endedBecause: 'heard', class: 'unexplained' },
      },
    ]);
    expect((await outbox()).map(({ name }) => name)).toEqual([
      'telematics.risk.detected',
      'telematics.risk.ended',
    ]);
    await sweep(backMs + 60_000);
    expect(await outbox()).toHaveLength(2);
  });

  it('falls silent again, which is another silence', async () => {
    const device = await deviceHeard({ atMs: NOON_MS });
    await sweep(NOON_MS + AFTER_MS);
    await fleet().hear(device, { atMs: NOON_MS + 4 * HOUR_MS });
    await sweep(NOON_MS + 4 * HOUR_MS + 30_000);
    await sweep(NOON_MS + 4 * HOUR_MS + AFTER_MS);
    expect(await told()).toMatchObject([{ ended_at: new Date(NOON_MS + 4 * HOUR_MS) }, { ended_at: null }]);
  });

  it('had been heard in time, which was stored late: the silence is taken back', async () => {
    const device = await deviceHeard({ atMs: NOON_MS });
    await sweep(NOON_MS + AFTER_MS);
    const receivedMs = NOON_MS + HOUR_MS;
    await fleet().store(device, { fixMs: receivedMs, receivedMs });
    await fleet().hear(device, { atMs: NOON_MS + 2 * HOUR_MS });
    await sweep(NOON_MS + AFTER_MS + 30_000);
    expect(await told()).toMatchObject([{ ended_at: null, retraction_reason: 'heard_in_time' }]);
  });

  it('is out of its vehicle: nobody waits any more', async () => {
    const device = await deviceHeard({ atMs: NOON_MS });
    await sweep(NOON_MS + AFTER_MS);
    await fleet().takeOut(device, NOON_MS + 4 * HOUR_MS);
    await sweep(NOON_MS + 5 * HOUR_MS);
    expect(await told()).toMatchObject([{ details: { endedBecause: 'uninstalled' } }]);
    expect((await told())[0]!.ended_at).toEqual(new Date(NOON_MS + 5 * HOUR_MS));
  });

  it('is never told of where the operator wants no silences, and those that last end', async () => {
    await deviceHeard({ atMs: NOON_MS });
    await fleet().set(operatorId(), { silence: { enabled: false } });
    expect((await sweep(NOON_MS + AFTER_MS)).changes).toEqual([]);
    await fleet().set(operatorId(), {});
    await sweep(NOON_MS + AFTER_MS);
    await fleet().set(operatorId(), { silence: { enabled: false } });
    await sweep(NOON_MS + AFTER_MS + HOUR_MS);
    expect(await told()).toMatchObject([{ details: { endedBecause: 'disabled' } }]);
  });

  it('is told of by what its own operator has set', async () => {
    await fleet().set(operatorId(), {
      silence: { afterS: 600 },
      events: { 'silence.unexplained': { severity: 'info', routes: ['live'] } },
    });
    await deviceHeard({ atMs: NOON_MS });
    await sweep(NOON_MS + 600_000);
    expect(await told()).toMatchObject([{ severity: 'info', details: { afterS: 600 } }]);
    expect(await outbox()).toEqual([]);
  });

  it('was never heard since it was installed', async () => {
    const device = await fleet().install(operatorId(), NOON_MS);
    const moved = await fleet().install(operatorId(), NOON_MS);
    await fleet().hear(moved, { atMs: NOON_MS - 2 * DAY_MS, ignition: false });
    expect((await sweep(NOON_MS + AFTER_MS - 1)).changes).toEqual([]);
    await sweep(NOON_MS + AFTER_MS);
    const never = { class: 'never_heard', occurred_at: new Date(NOON_MS), severity: 'warning' };
    expect(await told()).toMatchObject([never, never]);
    await fleet().hear(device, { atMs: NOON_MS + 4 * HOUR_MS });
    await sweep(NOON_MS + 4 * HOUR_MS + 30_000);
    expect(await told()).toMatchObject([{ ended_at: new Date(NOON_MS + 4 * HOUR_MS) }, { ended_at: null }]);
  });
});
