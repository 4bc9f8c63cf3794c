import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  applyUpdate,
  closeRevision,
  createFleet,
  type Fleet,
  type FleetVehicle,
  mergeRows,
} from './fleet.ts';
import { beginSnapshot, changesFor, createViewer, nextOfSnapshot, type Viewer } from './viewer.ts';
import { type Contains, everywhere, viewportOf } from './viewport.ts';

const VEHICLES = 6;

/** What a page shows: it knows nothing but the messages that it got. */
type Page = Map<string, number>;

const put = (page: Page, vehicles: readonly FleetVehicle[]) => {
  for (const { vehicleId, fix } of vehicles) page.set(vehicleId, fix!.fixTimeMs);
};

const fleetRow = (index: number, withDevice: boolean) => ({
  vehicleId: `v${index}`,
  label: `Vehicle ${index}`,
  kind: 'car' as const,
  plate: null,
  installed: withDevice ? { deviceId: `d${index}`, fromMs: 0, toMs: Number.POSITIVE_INFINITY } : null,
  fix: null,
});

function truth(fleet: Fleet, contains: Contains): Page {
  const page: Page = new Map();
  put(
    page,
    fleet.vehicles.filter(({ installed, fix }) => installed && fix && contains(fix.lat, fix.lon)),
  );
  return page;
}

const step = fc.oneof(
  fc.record({
    type: fc.constant('update' as const),
    vehicle: fc.nat(VEHICLES - 1),
    time: fc.integer({ min: 1, max: 50 }),
    lon: fc.integer({ min: -180, max: 180 }),
  }),
  fc.record({ type: fc.constant('beat' as const) }),
  fc.record({ type: fc.constant('sleepy beat' as const) }),
  fc.record({
    type: fc.constant('move' as const),
    viewport: fc.constantFrom<[number, number] | null>(null, [-50, 60], [100, -100]),
  }),
  fc.record({
    type: fc.constant('install' as const),
    devices: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
  }),
);

test('whatever happens, a page that follows its messages shows the latest of its viewport', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const fleet = createFleet();
      mergeRows(
        fleet,
        Array.from({ length: VEHICLES }, (_, index) => fleetRow(index, true)),
      );
      const viewer = createViewer();
      const page: Page = new Map();
      let contains: Contains = everywhere;
      beginSnapshot(viewer, fleet, contains);

      const deliver = (revision: ReturnType<typeof closeRevision>) => {
        if (viewer.snapshotSlot !== null) return put(page, nextOfSnapshot(viewer, fleet, 2));
        const { vehicles, left } = changesFor(viewer, fleet, revision);
        put(page, vehicles);
        for (const id of left) expect(page.delete(id), `${id} left but was not shown`).toBe(true);
      };

      for (const event of steps) {
        switch (event.type) {
          case 'update':
            applyUpdate(fleet, [
              `d${event.vehicle}`,
              event.time,
              event.time,
              0,
              event.lon,
              null,
              null,
              null,
              null,
            ]);
            break;
          case 'beat':
            deliver(closeRevision(fleet));
            break;
          case 'sleepy beat':
            closeRevision(fleet);
            break;
          case 'install':
            // Two more than there were, so that the fleet grows under a viewer.
            mergeRows(
              fleet,
              event.devices.map((withDevice, index) => fleetRow(index, withDevice)),
            );
            break;
          case 'move':
            contains = event.viewport
              ? viewportOf([event.viewport[0], -90, event.viewport[1], 90])
              : everywhere;
            beginSnapshot(viewer, fleet, contains);
            page.clear();
            // Its first part leaves at once, so the rest of the revision comes after it.
            put(page, nextOfSnapshot(viewer, fleet, 2));
        }
      }
      while (viewer.snapshotSlot !== null) deliver(closeRevision(fleet));
      deliver(closeRevision(fleet));
      expect(page).toEqual(truth(fleet, contains));
    }),
    { numRuns: 1_000 },
  );
});

function movingFleet(vehicles: number): { fleet: Fleet; moveAll: (time: number) => void } {
  const fleet = createFleet();
  mergeRows(
    fleet,
    Array.from({ length: vehicles }, (_, index) => fleetRow(index, true)),
  );
  const moveAll = (time: number) => {
    for (let index = 0; index < vehicles; index += 1) {
      applyUpdate(fleet, [`d${index}`, time, time, 0, index % 180, null, null, null, null]);
    }
  };
  moveAll(1);
  return { fleet, moveAll };
}

const sizeOf = (viewer: Viewer) => viewer.shown.byteLength;

test('a viewer that sleeps through a thousand changes of each vehicle gets the last of each and grew by nothing', () => {
  const { fleet, moveAll } = movingFleet(100);
  const viewer = createViewer();
  beginSnapshot(viewer, fleet, everywhere);
  nextOfSnapshot(viewer, fleet, 1_000);
  const before = sizeOf(viewer);
  for (let time = 2; time <= 1_000; time += 1) {
    moveAll(time);
    closeRevision(fleet);
  }
  moveAll(1_001);
  const { vehicles, left } = changesFor(viewer, fleet, closeRevision(fleet));
  expect(vehicles).toHaveLength(100);
  expect(vehicles.every(({ fix }) => fix?.fixTimeMs === 1_001)).toBe(true);
  expect(left).toEqual([]);
  expect(sizeOf(viewer)).toBe(before);
});

test('a snapshot tells beforehand how many vehicles it has, and only those of the viewport', () => {
  const { fleet } = movingFleet(360);
  const viewer = createViewer();
  const total = beginSnapshot(viewer, fleet, viewportOf([9.5, -1, 19.5, 1]));
  const parts: FleetVehicle[] = [];
  while (viewer.snapshotSlot !== null) parts.push(...nextOfSnapshot(viewer, fleet, 7));
  expect(total).toBe(20);
  expect(parts).toHaveLength(20);
  expect(parts.every(({ fix }) => fix!.lon > 9.5 && fix!.lon < 19.5)).toBe(true);
});
