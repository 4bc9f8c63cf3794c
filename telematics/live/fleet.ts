import type { LiveUpdate } from './live-feed.ts';
import type { LiveVehicle } from './live-vehicle.ts';

/** A vehicle as the database has it: who it is, what is installed since when, where it was last. */
export interface FleetRow {
  vehicleId: string;
  label: string;
  kind: LiveVehicle['kind'];
  plate: string | null;
  /** Null while no device is installed. */
  installed: { deviceId: string; fromMs: number; toMs: number } | null;
  fix: Fix | null;
}

export interface Fix {
  fixTimeMs: number;
  receivedAtMs: number;
  lat: number;
  lon: number;
  speedKmh: number | null;
  headingDeg: number | null;
  ignition: boolean | null;
  alarm: string | null;
}

export interface FleetVehicle extends FleetRow {
  /** Its place in {@link Fleet.vehicles}, for as long as the fleet is held. */
  slot: number;
  /** The revision in which it last changed. */
  revision: number;
  /** Its JSON, made when first needed after a change and shared by all viewers. */
  json: string | null;
}

/**
 * The latest of every vehicle of one operator, shared by all who watch it. Its size is that of the
 * fleet, whatever comes in: a change replaces the one before.
 */
export interface Fleet {
  vehicles: FleetVehicle[];
  byVehicle: Map<string, FleetVehicle>;
  byDevice: Map<string, FleetVehicle>;
  /** Changes collect in this revision until it is closed. */
  revision: number;
  changed: FleetVehicle[];
}

export function createFleet(): Fleet {
  return { vehicles: [], byVehicle: new Map(), byDevice: new Map(), revision: 1, changed: [] };
}

/**
 * What came of an update: it moved its vehicle; it was older than what is shown; it lies outside
 * the installation; nobody knows the device.
 */
export type Applied = 'moved' | 'late' | 'outside' | 'unknown';

export function applyUpdate(fleet: Fleet, update: LiveUpdate): Applied {
  const [deviceId, fixTimeMs, receivedAtMs, lat, lon, speedKmh, headingDeg, ignition, alarm] = update;
  const vehicle = fleet.byDevice.get(deviceId);
  if (!vehicle?.installed) return 'unknown';
  if (fixTimeMs < vehicle.installed.fromMs || fixTimeMs >= vehicle.installed.toMs) return 'outside';
  // A second message for the same instant may add to the first, so equal times replace.
  if (vehicle.fix !== null && fixTimeMs < vehicle.fix.fixTimeMs) return 'late';
  vehicle.fix = {
    fixTimeMs,
    receivedAtMs,
    lat,
    lon,
    speedKmh,
    headingDeg,
    ignition: ignition === null ? null : ignition === 1,
    alarm,
  };
  markChanged(fleet, vehicle);
  return 'moved';
}

/**
 * Takes over what the database has. Positions that came meanwhile stay where they are newer, unless
 * the vehicle has another device by now.
 */
export function mergeRows(fleet: Fleet, rows: readonly FleetRow[]): void {
  for (const row of rows) {
    const known = fleet.byVehicle.get(row.vehicleId);
    if (!known) {
      const vehicle: FleetVehicle = { ...row, slot: fleet.vehicles.length, revision: 0, json: null };
      fleet.vehicles.push(vehicle);
      fleet.byVehicle.set(vehicle.vehicleId, vehicle);
      if (vehicle.fix) markChanged(fleet, vehicle);
    } else {
      mergeRow(fleet, known, row);
    }
  }
  // Devices change places between rows, so who has which is settled after all of them.
  fleet.byDevice.clear();
  for (const vehicle of fleet.vehicles) {
    if (vehicle.installed) fleet.byDevice.set(vehicle.installed.deviceId, vehicle);
  }
}

function mergeRow(fleet: Fleet, known: FleetVehicle, row: FleetRow): void {
  const fix = newerFix(known, row);
  const changed =
    known.label !== row.label ||
    known.kind !== row.kind ||
    known.plate !== row.plate ||
    known.installed?.deviceId !== row.installed?.deviceId ||
    known.fix?.fixTimeMs !== fix?.fixTimeMs;
  Object.assign(known, row, { fix });
  if (changed) markChanged(fleet, known);
}

function newerFix(known: FleetVehicle, row: FleetRow): Fix | null {
  if (!row.installed || !known.fix || known.installed?.deviceId !== row.installed.deviceId) return row.fix;
  const counts = known.fix.fixTimeMs >= row.installed.fromMs && known.fix.fixTimeMs < row.installed.toMs;
  if (!counts) return row.fix;
  return row.fix && row.fix.fixTimeMs > known.fix.fixTimeMs ? row.fix : known.fix;
}

function markChanged(fleet: Fleet, vehicle: FleetVehicle): void {
  vehicle.json = null;
  if (vehicle.revision === fleet.revision) return;
  vehicle.revision = fleet.revision;
  fleet.changed.push(vehicle);
}

/** Ends the running revision. @returns its number and what changed in it, each vehicle once */
export function closeRevision(fleet: Fleet): { revision: number; changed: FleetVehicle[] } {
  const { revision, changed } = fleet;
  fleet.revision += 1;
  fleet.changed = [];
  return { revision, changed };
}

/** A vehicle with a position, as JSON text of a {@link LiveVehicle}. */
export function jsonOf(vehicle: FleetVehicle): string {
  vehicle.json ??= JSON.stringify(liveVehicleOf(vehicle));
  return vehicle.json;
}

function liveVehicleOf(vehicle: FleetVehicle): LiveVehicle {
  const { vehicleId, label, kind, plate, installed, fix } = vehicle;
  if (!installed || !fix) throw new Error(`vehicle ${vehicleId} is not on the map`);
  const { fixTimeMs, receivedAtMs, lat, lon, speedKmh, headingDeg, ignition, alarm } = fix;
  return {
    vehicleId,
    label,
    kind,
    plate,
    deviceId: installed.deviceId,
    fixTime: new Date(fixTimeMs).toISOString(),
    receivedAt: new Date(receivedAtMs).toISOString(),
    lat,
    lon,
    speedKmh,
    headingDeg,
    ignition,
    alarm,
  };
}
