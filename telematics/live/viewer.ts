import type { Fleet, FleetVehicle } from './fleet.ts';
import { type Contains, everywhere } from './viewport.ts';

/**
 * What one watcher has been told. No change is queued for it: a vehicle knows in which revision it
 * last changed, a viewer up to which it has been told, and the difference is found when the viewer
 * can take it. So a slow one costs a byte per vehicle, however long it sleeps.
 */
export interface Viewer {
  contains: Contains;
  /** False: changes of the whole fleet are the same for all such viewers. */
  hasViewport: boolean;
  /** By slot: 1 for a vehicle that the viewer shows. */
  shown: Uint8Array;
  toldRevision: number;
  /** The next slot of a snapshot that is being sent; null when none is. */
  snapshotSlot: number | null;
}

export function createViewer(): Viewer {
  return {
    contains: everywhere,
    hasViewport: false,
    shown: new Uint8Array(0),
    toldRevision: 0,
    snapshotSlot: null,
  };
}

/**
 * Begins a snapshot of what the viewport holds; what the viewer showed before is replaced by it.
 * @returns how many vehicles it will have, should none come or go meanwhile
 */
export function beginSnapshot(viewer: Viewer, fleet: Fleet, contains: Contains): number {
  viewer.contains = contains;
  viewer.hasViewport = contains !== everywhere;
  viewer.shown = new Uint8Array(fleet.vehicles.length);
  viewer.snapshotSlot = 0;
  // Whatever changes from here on is told after the snapshot, even if the snapshot had it already.
  viewer.toldRevision = fleet.revision - 1;
  return fleet.vehicles.reduce((total, vehicle) => total + (isInView(viewer, vehicle) ? 1 : 0), 0);
}

/** The next `limit` vehicles of the snapshot at most; `snapshotSlot` is null after the last. */
export function nextOfSnapshot(viewer: Viewer, fleet: Fleet, limit: number): FleetVehicle[] {
  const part: FleetVehicle[] = [];
  let slot = viewer.snapshotSlot ?? fleet.vehicles.length;
  for (; slot < fleet.vehicles.length && part.length < limit; slot += 1) {
    const vehicle = fleet.vehicles[slot]!;
    if (!isInView(viewer, vehicle)) continue;
    part.push(vehicle);
    show(viewer, slot, 1);
  }
  viewer.snapshotSlot = slot < fleet.vehicles.length ? slot : null;
  return part;
}

export interface Changes {
  vehicles: FleetVehicle[];
  /** Ids of vehicles that the viewer shows and that are no longer in its viewport. */
  left: string[];
}

/**
 * What the viewer must hear to be up to date with the closed `revision`; `changed` are the vehicles
 * that changed in it. One that missed revisions is compared with the whole fleet instead.
 */
export function changesFor(
  viewer: Viewer,
  fleet: Fleet,
  { revision, changed }: { revision: number; changed: readonly FleetVehicle[] },
): Changes {
  const { toldRevision } = viewer;
  const candidates =
    toldRevision >= revision - 1
      ? changed
      : fleet.vehicles.filter((vehicle) => vehicle.revision > toldRevision);
  const changes: Changes = { vehicles: [], left: [] };
  for (const vehicle of candidates) {
    const { slot } = vehicle;
    if (isInView(viewer, vehicle)) {
      changes.vehicles.push(vehicle);
      show(viewer, slot, 1);
    } else if (viewer.shown[slot] === 1) {
      changes.left.push(vehicle.vehicleId);
      show(viewer, slot, 0);
    }
  }
  viewer.toldRevision = revision;
  return changes;
}

function isInView(viewer: Viewer, { installed, fix }: FleetVehicle): boolean {
  return installed !== null && fix !== null && viewer.contains(fix.lat, fix.lon);
}

function show(viewer: Viewer, slot: number, value: 0 | 1): void {
  if (slot >= viewer.shown.length) {
    // The fleet grew since; by half again, so that this stays rare.
    const wider = new Uint8Array(Math.max(64, slot + 1, Math.ceil(viewer.shown.length * 1.5)));
    wider.set(viewer.shown);
    viewer.shown = wider;
  }
  viewer.shown[slot] = value;
}
