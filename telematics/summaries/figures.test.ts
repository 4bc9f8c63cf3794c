import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VehicleEvent } from '../events/day-events.ts';
import { ruleSettings } from '../rules/settings.ts';
import type { VehicleTrip } from '../trips/service.ts';
import { type DayFacts, figuresOfDay } from './figures.ts';
import { dayNumberOf, localDay } from './local-day.ts';

const HOUR_MS = 3_600_000;
const settings = ruleSettings.parse({ timeZone: 'Africa/Kampala' });
const versions = [{ fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY, settings }];
const day = localDay(dayNumberOf('2026-11-20'), versions);
const nextDay = localDay(day.number + 1, versions);
const atHour = (hour: number): number => day.fromMs + hour * HOUR_MS;

const nothing: DayFacts = {
  day,
  positions: { parts: [], firstFixMs: null, lastFixMs: null, maxSpeedKmh: null, idleS: 0 },
  trips: [],
  events: [],
  asOfMs: day.toMs,
  newestFixMs: null,
};
const trip = (fromH: number, toH: number | null, details: VehicleTrip['details'] = {}): VehicleTrip => ({
  vehicleId: '1',
  kind: 'trip',
  startMs: atHour(fromH),
  endMs: toH === null ? null : atHour(toH),
  lat: 0.35,
  lon: 32.58,
  details: { towed: false, ...details },
});
const stop = (fromH: number, toH: number | null): VehicleTrip => ({ ...trip(fromH, toH), kind: 'stop' });
const event = (kind: string, fromH: number, toH: number | null, rest = {}): VehicleEvent => ({
  vehicleId: '1',
  rule: kind,
  kind,
  startMs: atHour(fromH),
  endMs: toH === null ? null : atHour(toH),
  geofenceKind: null,
  ...rest,
});

describe('the figures of a day', () => {
  it('are all there when nothing happened', () => {
    expect(figuresOfDay(nothing)).toMatchObject({
      positions: 0,
      bestM: 0,
      odometerM: null,
      trips: 0,
      isComplete: false,
    });
  });

  it('count what began on the day, and divide what crosses midnight by its time', () => {
    const facts = { ...nothing, newestFixMs: day.toMs };
    const overMidnight = trip(22, 26, { drivingS: 4 * 3_000 });
    const trips = [stop(-3, 7), trip(7, 8, { drivingS: 3_000 }), stop(8, 22), overMidnight];
    expect(figuresOfDay({ ...facts, trips })).toMatchObject({
      trips: 2,
      stops: 1,
      drivingS: 9_000,
      nightS: 2 * 3_600,
      isComplete: true,
    });
    const next = { ...nothing, day: nextDay, asOfMs: nextDay.toMs, newestFixMs: nextDay.toMs };
    expect(figuresOfDay({ ...next, trips: [overMidnight] })).toMatchObject({
      trips: 0,
      drivingS: 6_000,
      nightS: 2 * 3_600,
    });
  });

  it('leave what was towed out of the driving', () => {
    const trips = [trip(9, 10, { towed: true, drivingS: 3_600 })];
    expect(figuresOfDay({ ...nothing, trips })).toMatchObject({
      trips: 0,
      towedTrips: 1,
      drivingS: 0,
      nightS: 0,
    });
  });

  it('wait for the trip that is under way at midnight, not for a stop', () => {
    const facts = { ...nothing, newestFixMs: day.toMs + 1 };
    expect(figuresOfDay({ ...facts, trips: [stop(8, null)] }).isComplete).toBe(true);
    expect(figuresOfDay({ ...facts, trips: [stop(8, 22), trip(22, null)] }).isComplete).toBe(false);
    expect(figuresOfDay({ ...facts, newestFixMs: day.toMs - 1 }).isComplete).toBe(false);
  });

  it('count events by what they are', () => {
    const events = [
      event('harshBraking', 9, 9),
      event('harshBraking', 10, 10),
      event('harshCornering', 10, 10),
      event('overspeed', -0.5, 0.5),
      event('overspeed', 23.75, null),
      event('overspeed', 12, 12, { rule: 'alarms' }),
      event('geofenceExit', 9, null, { geofenceKind: 'territory' }),
      event('geofenceExit', 9, 9, { geofenceKind: 'depot' }),
      event('geofenceEnter', 9, 10, { geofenceKind: 'forbidden' }),
      event('powerCut', 11, 11),
      event('jamming', -1, 1),
      event('tow', 12, 13),
      event('silence', -10, 6),
      event('silence', 20, null),
    ];
    expect(figuresOfDay({ ...nothing, events })).toMatchObject({
      harsh: { acceleration: 0, braking: 2, cornering: 1 },
      overspeeds: 1,
      overspeedS: 1_800 + 900,
      territoryExits: 1,
      forbiddenEntries: 1,
      tamperEvents: 1,
      tows: 1,
      silenceS: 10 * 3_600,
    });
  });

  it('tell where it stood in the night, if it did', () => {
    const overnight = (trips: VehicleTrip[], asOfMs = day.toMs) =>
      figuresOfDay({ ...nothing, trips, asOfMs }).parkedOvernightH3;
    expect(overnight([stop(-3, 7)])).toMatch(/^88[0-9a-f]{13}$/);
    expect(overnight([stop(-3, null)])).toBe(overnight([stop(-3, 7)]));
    expect(overnight([trip(2, 4)])).toBeNull();
    expect(overnight([stop(-3, null)], atHour(2))).toBeNull();
  });

  it('take the distance of the night from the hours of the night', () => {
    const part = (hour: number, drivenM: number) => ({
      startMs: atHour(hour),
      positions: 60,
      distanceM: drivenM + 5,
      drivenM,
      odometerM: hour === 4 ? null : drivenM,
      isAnotherScale: false,
      unseenS: 0,
    });
    const parts = [part(4, 1_000), part(5, 2_000), part(21, 4_000), part(22, 8_000)];
    expect(figuresOfDay({ ...nothing, positions: { ...nothing.positions, parts } })).toMatchObject({
      positions: 240,
      distanceM: 15_020,
      odometerM: 14_000,
      bestM: 15_000,
      bestSource: 'odometer',
      nightDistanceM: 9_000,
    });
  });
});

describe('days that follow one another', () => {
  const anyTrips = fc
    .array(fc.integer({ min: 60, max: 20 * 3_600 }), { minLength: 1, maxLength: 12 })
    .map((lengthsS) => {
      let startMs = atHour(-20);
      return lengthsS.map((lengthS, at) => {
        const one = trip(0, 0, { drivingS: Math.floor(lengthS / 2), towed: at % 5 === 4 });
        const endMs = startMs + lengthS * 1_000;
        const made = { ...one, kind: at % 2 === 0 ? ('trip' as const) : ('stop' as const), startMs, endMs };
        startMs = endMs;
        return made;
      });
    });

  it('have together the driving of all trips, each trip once', () => {
    fc.assert(
      fc.property(anyTrips, (trips) => {
        const days = Array.from({ length: 14 }, (_, at) => localDay(day.number - 1 + at, versions));
        const figures = days.map((each) => {
          const own = trips.filter(({ startMs, endMs }) => startMs < each.toMs && endMs > each.fromMs);
          return figuresOfDay({ ...nothing, day: each, asOfMs: each.toMs, trips: own });
        });
        const moves = trips.filter(({ kind, details }) => kind === 'trip' && details.towed === false);
        const drivenS = moves.reduce((sum, { details }) => sum + (details.drivingS as number), 0);
        const summedS = figures.reduce((sum, { drivingS }) => sum + drivingS, 0);
        // A second may be lost to rounding on each day.
        expect(summedS).toBeLessThanOrEqual(drivenS);
        expect(summedS).toBeGreaterThan(drivenS - days.length);
        expect(figures.reduce((sum, of) => sum + of.trips, 0)).toBe(moves.length);
        for (const { drivingS, nightS } of figures)
          expect(Math.max(drivingS, nightS)).toBeLessThanOrEqual(86_400);
      }),
    );
  });
});
