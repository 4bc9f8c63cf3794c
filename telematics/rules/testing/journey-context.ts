import type { RuleContext } from '../engine.ts';
import { type CaseContext, type CaseGeofence, caseContext, contextsOf } from './case-context.ts';

/** When every journey starts: seven in the morning in Kampala. */
export const JOURNEY_START_MS = Date.UTC(2026, 10, 19, 4);

/** Where the vehicle of `journey` (arbitrary-journey.ts) goes, degrees. */
export const journeyPlaces = {
  home: { lat: 0.31, lon: 32.58 },
  depot: { lat: 0.31, lon: 32.607 },
  quarry: { lat: 0.3325, lon: 32.58 },
  school: { lat: 0.3, lon: 32.6 },
  upcountry: { lat: 0.45, lon: 32.7 },
} as const;

const around = ({ lat, lon }: { lat: number; lon: number }, radiusM: number) => ({
  type: 'Circle' as const,
  center: [lon, lat] as [number, number],
  radiusM,
});
const box = (west: number, south: number, east: number, north: number) => ({
  type: 'Polygon' as const,
  coordinates: [
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ] as [number, number][],
  ],
});

/** Geofences of every kind on the way, limits of speed, two territories that overlap, a window that opens at night. */
export const journeyCase: CaseContext = caseContext.parse({
  vehicle: { id: '7', kind: 'car' },
  speedLimit: { limitKmh: 80, source: { scope: 'vehicle', id: '7' } },
  geofences: [
    { id: '11', name: 'Home', kind: 'home', shape: around(journeyPlaces.home, 120), dwellS: 1_800 },
    { id: '12', name: 'Depot', kind: 'depot', shape: around(journeyPlaces.depot, 250) },
    { id: '13', name: 'Quarry', kind: 'forbidden', shape: around(journeyPlaces.quarry, 300) },
    {
      id: '14',
      name: 'School street',
      kind: 'low_speed',
      shape: around(journeyPlaces.school, 600),
      speedLimitKmh: 30,
    },
    { id: '15', name: 'River', kind: 'border', shape: box(32.592, 0.25, 32.593, 0.4) },
    { id: '19', name: 'Old weighbridge', kind: 'forbidden', shape: around({ lat: 0.31, lon: 32.5875 }, 60) },
    { id: '16', name: 'Town', kind: 'territory', shape: box(32.55, 0.28, 32.6, 0.35) },
    { id: '17', name: 'East side', kind: 'territory', shape: box(32.598, 0.28, 32.65, 0.35), dwellS: 600 },
    {
      id: '18',
      name: 'Depot at night',
      kind: 'forbidden',
      shape: around(journeyPlaces.depot, 400),
      schedule: {
        start: '2026-01-01T20:00:00',
        durationS: 9 * 3_600,
        rrule: 'FREQ=DAILY',
        timeZone: 'Africa/Kampala',
      },
    },
  ],
});

/** What holds on a journey at an instant. */
export const journeyContextAt: (epochMs: number) => RuleContext = contextsOf(journeyCase);

const atHour = (hour: number): string => new Date(JOURNEY_START_MS + hour * 3_600_000).toISOString();

/** The same journeys, while geofences, limits, settings and the vehicle itself change under way. */
export const changingContextAt: (epochMs: number) => RuleContext = contextsOf(
  caseContext.parse({
    ...journeyCase,
    geofences: journeyCase.geofences.flatMap((geofence): CaseGeofence[] => {
      const second = { ...geofence, version: 2, validFrom: atHour(0.25), validTo: atHour(1.5) };
      const first = { ...geofence, validTo: second.validFrom };
      if (geofence.id === '11') return [first, { ...second, shape: around(journeyPlaces.home, 40) }];
      if (geofence.id === '12') return [first, { ...second, kind: 'forbidden' }];
      if (geofence.id === '13') return [first, { ...second, kind: 'depot' }];
      if (geofence.id === '14') return [first, { ...second, speedLimitKmh: 50 }];
      if (geofence.id === '16') return [first, { ...second, shape: box(32.57, 0.3, 32.59, 0.32) }];
      return [first, { ...second, validTo: undefined }];
    }),
    changes: [
      { at: atHour(0.1), settings: { geofence: { confirmFixes: 4, confirmS: 600 } } },
      { at: atHour(0.5), settings: { geofence: { enabled: false }, overspeed: { enabled: false } } },
      { at: atHour(0.75), settings: {}, speedLimit: null },
      { at: atHour(1), vehicle: null },
      { at: atHour(1.25), vehicle: { id: '8', kind: 'car' }, speedLimit: journeyCase.speedLimit },
      { at: atHour(2), settings: { geofence: { confirmFixes: 1 }, overspeed: { minDurationS: 0 } } },
    ],
  }),
);
