import { describe, expect, it } from 'vitest';
import { defaultRuleSettings } from '../settings.ts';
import { fenceVersion } from './applied-fence.ts';
import type { DeviceVehicle } from './device-vehicles.ts';
import type { Limit } from './limits.ts';
import { OperatorBook } from './operator-book.ts';

const ALWAYS = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
const inVehicle = (id: string, fromMs: number, toMs: number): DeviceVehicle => ({
  vehicle: { id, kind: 'car' },
  fromMs,
  toMs,
});
const CAR: DeviceVehicle[] = [inVehicle('5', 0, Number.POSITIVE_INFINITY)];

const version = (key: number, more: Partial<Parameters<typeof fenceVersion>[0]> = {}) =>
  fenceVersion({
    key,
    geofenceId: String(key),
    version: 1,
    name: `fence ${key}`,
    kind: 'depot',
    shape: { type: 'Circle', center: [32.5, 0.3], radiusM: 500 },
    groupId: null,
    vehicleId: null,
    schedule: null,
    speedLimitKmh: null,
    dwellS: null,
    validFrom: new Date(0),
    validTo: null,
    ...more,
  });

const limit = (limitKmh: number, more: Partial<Limit> = {}): Limit => ({
  ...ALWAYS,
  id: '1',
  scope: 'kind',
  kind: 'car',
  vehicleId: null,
  lease: null,
  limitKmh,
  ...more,
});

function bookWith(rest: Partial<Parameters<OperatorBook['setRest']>[0]> = {}): OperatorBook {
  const book = new OperatorBook(0);
  book.setRest({ settings: [], limits: [], memberships: [], ...rest });
  return book;
}

/** The ids of the geofences that hold the middle of all circles. */
const holding = (book: OperatorBook, epochMs: number, vehicles = CAR): string[] => {
  const { context } = book.contextAt(epochMs, vehicles);
  return context.fences.containing(0.3, 32.5, epochMs).map(({ geofenceId }) => geofenceId);
};

describe('what holds for a device', () => {
  it('is of the vehicle that it was in then, and nothing while it was in none', () => {
    const vehicles = [inVehicle('5', 1_000, 2_000), inVehicle('6', 3_000, 4_000)];
    const book = bookWith();
    const at = (ms: number) => book.contextAt(ms, vehicles);
    expect([999, 1_000, 1_999, 2_000, 3_000].map((ms) => at(ms).context.vehicle?.id)).toEqual([
      undefined,
      '5',
      '5',
      undefined,
      '6',
    ]);
    expect(at(1_500)).toMatchObject({ fromMs: 1_000, toMs: 2_000 });
    expect(at(2_500)).toMatchObject({ fromMs: 2_000, toMs: 3_000 });
  });

  it('is by the settings of that time, or the defaults before there were any', () => {
    const settings = { ...defaultRuleSettings, timeZone: 'Africa/Kampala' };
    const book = bookWith({ settings: [{ fromMs: 500, toMs: 900, settings }] });
    expect([499, 500, 900].map((ms) => book.contextAt(ms, CAR).context.settings.timeZone)).toEqual([
      'UTC',
      'Africa/Kampala',
      'UTC',
    ]);
    expect(book.contextAt(600, CAR)).toMatchObject({ fromMs: 500, toMs: 900 });
  });

  it('is the lowest limit of its kind, itself and its lease, and says which', () => {
    const book = bookWith({
      limits: [
        limit(100),
        limit(80, { scope: 'lease', kind: null, vehicleId: '5', lease: 'L-7', fromMs: 0, toMs: 1_000 }),
        limit(90, { scope: 'vehicle', kind: null, vehicleId: '5' }),
        limit(20, { kind: 'truck' }),
        limit(10, { scope: 'vehicle', kind: null, vehicleId: '6' }),
      ],
    });
    const at = (ms: number) => book.contextAt(ms, CAR).context.speedLimit;
    expect(at(500)).toEqual({ limitKmh: 80, source: { scope: 'lease', id: 'L-7' } });
    expect(at(1_000)).toEqual({ limitKmh: 90, source: { scope: 'vehicle', id: '5' } });
  });
});

describe('geofences', () => {
  it('hold for the fleet, for a group while the vehicle is in it, or for one vehicle', () => {
    const book = bookWith({ memberships: [{ groupId: '9', vehicleId: '5', fromMs: 0, toMs: 1_000 }] });
    book.putVersion(version(1));
    book.putVersion(version(2, { groupId: '9' }));
    book.putVersion(version(3, { groupId: '8' }));
    book.putVersion(version(4, { vehicleId: '5' }));
    book.putVersion(version(5, { vehicleId: '6' }));
    expect(holding(book, 500)).toEqual(['1', '2', '4']);
    expect(holding(book, 1_000)).toEqual(['1', '4']);
    expect(holding(book, 500, [inVehicle('6', 0, Number.POSITIVE_INFINITY)])).toEqual(['1', '5']);
  });

  it('hold in the version of that time, and their order does not depend on the index', () => {
    const book = bookWith();
    book.putVersion(version(12, { geofenceId: '7', validFrom: new Date(1_000) }));
    book.putVersion(version(11, { geofenceId: '7', validTo: new Date(1_000) }));
    book.putVersion(version(3, { geofenceId: '10' }));
    const versionsAt = (ms: number) => {
      const { fences } = book.contextAt(ms, CAR).context;
      return fences
        .containing(0.3, 32.5, ms)
        .map((fence) => [fence.geofenceId, (fence as { key?: number }).key]);
    };
    expect(versionsAt(999)).toEqual([
      ['7', 11],
      ['10', 3],
    ]);
    expect(versionsAt(1_000)).toEqual([
      ['7', 12],
      ['10', 3],
    ]);
    const { fences } = book.contextAt(0, CAR).context;
    expect(fences.get('7', 999)).toBe(book.versions.get(11));
    expect(fences.get('7', 1_000)).toBe(book.versions.get(12));
  });

  it('end when they are told to, and are gone when they are removed', () => {
    const book = bookWith();
    book.putVersion(version(1, { kind: 'territory' }));
    const { context } = book.contextAt(0, CAR);
    expect(context.fences.territories(2_000)).toHaveLength(1);
    book.endVersion(1, 1_500);
    expect(context.fences.territories(1_499)).toHaveLength(1);
    expect(context.fences.territories(1_500)).toHaveLength(0);
    book.removeVersion(1);
    expect(context.fences.territories(0)).toHaveLength(0);
    expect(holding(book, 0)).toEqual([]);
    expect(book.byGeofence.size).toBe(0);
  });

  it('change the revision, so that what was derived from the book is derived anew', () => {
    const book = bookWith();
    const { revision } = book;
    book.putVersion(version(1));
    expect(book.revision).toBeGreaterThan(revision);
  });
});
