import type { LiveVehicle, Vehicle, VehicleKind } from '../api/types.ts';
import { classify, type Observed, VEHICLE_STATES, type VehicleState } from './classify.ts';

// Vehicle 9 comes before vehicle 10.
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

interface FleetPosition extends Observed {
  receivedAtMs: number;
  lat: number;
  lon: number;
  headingDeg: number | null;
}

export interface FleetVehicle {
  id: string;
  label: string;
  kind: VehicleKind;
  plate: string | null;
  /** The tracker's ident; only the vehicle list tells it. */
  ident: string | null;
  position: FleetPosition | null;
  /** The live subscription covers it: its position is followed, not remembered. */
  live: boolean;
  state: VehicleState;
}

export interface Fleet {
  vehicles: Map<string, FleetVehicle>;
  /** Grows when a vehicle is added or is renamed: the order of the list has to be made anew. */
  membership: number;
}

export const emptyFleet = (): Fleet => ({ vehicles: new Map(), membership: 0 });

/** Takes in positions from the live feed; returns the vehicles that changed. */
export function applyLive(fleet: Fleet, vehicles: readonly LiveVehicle[], nowMs: number): FleetVehicle[] {
  return vehicles.map((message) => {
    const vehicle = enrol(fleet, message.vehicleId, message);
    vehicle.live = true;
    advance(vehicle, message, nowMs);
    return vehicle;
  });
}

/** Takes in a page of the vehicle list, which also knows vehicles outside the viewport or without a fix. */
export function applyListing(fleet: Fleet, vehicles: readonly Vehicle[], nowMs: number): FleetVehicle[] {
  return vehicles.map((item) => {
    const vehicle = enrol(fleet, item.id, item);
    vehicle.ident = item.device?.ident ?? null;
    if (item.latest) advance(vehicle, item.latest, nowMs);
    return vehicle;
  });
}

/** They left the viewport: what is known of them is from now on a memory. */
export function applyLeft(fleet: Fleet, ids: readonly string[]): void {
  for (const id of ids) {
    const vehicle = fleet.vehicles.get(id);
    if (vehicle) vehicle.live = false;
  }
}

/** After a whole snapshot exactly `ids` are followed live. */
export function applySnapshotEnd(fleet: Fleet, ids: ReadonlySet<string>): void {
  for (const vehicle of fleet.vehicles.values()) vehicle.live = ids.has(vehicle.id);
}

/** States change by the passing of time alone; returns the vehicles whose state did. */
export function reclassify(fleet: Fleet, nowMs: number): FleetVehicle[] {
  const changed: FleetVehicle[] = [];
  for (const vehicle of fleet.vehicles.values()) {
    const state = classify(vehicle.position, nowMs);
    if (state === vehicle.state) continue;
    vehicle.state = state;
    changed.push(vehicle);
  }
  return changed;
}

export function countStates(fleet: Fleet): Record<VehicleState, number> {
  const counts = Object.fromEntries(VEHICLE_STATES.map((state) => [state, 0])) as Record<
    VehicleState,
    number
  >;
  for (const vehicle of fleet.vehicles.values()) counts[vehicle.state]++;
  return counts;
}

/** All vehicles by label; good until the membership grows. */
export function inOrder(fleet: Fleet): FleetVehicle[] {
  return [...fleet.vehicles.values()].sort(
    (a, b) => collator.compare(a.label, b.label) || collator.compare(a.id, b.id),
  );
}

type Named = Pick<Vehicle, 'label' | 'kind' | 'plate'>;

function enrol(fleet: Fleet, id: string, named: Named): FleetVehicle {
  let vehicle = fleet.vehicles.get(id);
  if (!vehicle) {
    const { label, kind, plate } = named;
    vehicle = { id, label, kind, plate, ident: null, position: null, live: false, state: 'offline' };
    fleet.vehicles.set(id, vehicle);
    fleet.membership++;
  } else if (vehicle.label !== named.label || vehicle.plate !== named.plate) {
    vehicle.label = named.label;
    vehicle.plate = named.plate;
    fleet.membership++;
  }
  vehicle.kind = named.kind;
  return vehicle;
}

type Fix = Pick<LiveVehicle, 'fixTime' | 'receivedAt' | 'speedKmh' | 'headingDeg' | 'ignition' | 'alarm'> & {
  lat: number | null;
  lon: number | null;
};

/** A replayed buffer brings old fixes after new ones; only a later fix moves a vehicle. */
function advance(vehicle: FleetVehicle, fix: Fix, nowMs: number): void {
  const fixTimeMs = Date.parse(fix.fixTime);
  const { lat, lon, speedKmh, headingDeg, ignition, alarm } = fix;
  if (lat !== null && lon !== null && fixTimeMs >= (vehicle.position?.fixTimeMs ?? fixTimeMs)) {
    const receivedAtMs = Date.parse(fix.receivedAt);
    vehicle.position = { fixTimeMs, receivedAtMs, lat, lon, speedKmh, headingDeg, ignition, alarm };
  }
  vehicle.state = classify(vehicle.position, nowMs);
}
