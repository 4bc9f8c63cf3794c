import { createFenceIndex } from '../../geofences/index/index.ts';
import type { RuleContext } from '../engine.ts';
import { noFences } from '../fences.ts';
import type { RuleSettings } from '../settings.ts';
import { defaultRuleSettings } from '../settings.ts';
import { type FenceVersion, indexedVersion, type ShapedVersion } from './applied-fence.ts';
import type { DeviceVehicle } from './device-vehicles.ts';
import { type Limit, lowestLimit } from './limits.ts';
import { holdsAt, narrow, type Span } from './spans.ts';
import { fencesOfVehicle } from './vehicle-fences.ts';

export interface Membership extends Span {
  groupId: string;
  vehicleId: string;
}

export interface HeldSettings extends Span {
  settings: RuleSettings;
}

/** What held for a device from one instant up to another. */
export interface HeldContext extends Span {
  context: RuleContext;
}

/** All that rules need to know of one operator, for every instant after `sinceMs`. */
export class OperatorBook {
  /** Nothing before it is known any more. */
  readonly sinceMs: number;
  /** Changes with every change of the book: what was derived from it before no longer holds. */
  revision = 0;
  readonly versions = new Map<number, FenceVersion>();
  readonly byGeofence = new Map<string, FenceVersion[]>();
  /** Those of kind `territory`. */
  readonly territories = new Set<FenceVersion>();
  readonly index = createFenceIndex();
  #settings: readonly HeldSettings[] = [];
  #limits: readonly Limit[] = [];
  #memberships = new Map<string, Membership[]>();

  constructor(sinceMs: number) {
    this.sinceMs = sinceMs;
  }

  putVersion({ version: unindexed, shape }: ShapedVersion): void {
    this.removeVersion(unindexed.key);
    // First: what it does not take must leave nothing behind.
    this.index.put(unindexed.key, shape);
    const version = indexedVersion(unindexed, this.index);
    this.versions.set(version.key, version);
    this.byGeofence.getOrInsertComputed(version.geofenceId, () => []).push(version);
    if (version.kind === 'territory') this.territories.add(version);
    this.revision += 1;
  }

  /** Until when a version holds is all of it that ever changes. */
  endVersion(key: number, toMs: number): void {
    const version = this.versions.get(key);
    if (!version || version.toMs === toMs) return;
    version.toMs = toMs;
    this.revision += 1;
  }

  removeVersion(key: number): void {
    const version = this.versions.get(key);
    if (!version) return;
    this.versions.delete(key);
    this.territories.delete(version);
    this.index.remove(key);
    const left = this.byGeofence.get(version.geofenceId)!.filter((other) => other !== version);
    if (left.length > 0) this.byGeofence.set(version.geofenceId, left);
    else this.byGeofence.delete(version.geofenceId);
    this.revision += 1;
  }

  setRest(rest: {
    settings: readonly HeldSettings[];
    limits: readonly Limit[];
    memberships: readonly Membership[];
  }): void {
    this.#settings = rest.settings;
    this.#limits = rest.limits;
    this.#memberships = Map.groupBy(rest.memberships, ({ vehicleId }) => vehicleId);
    this.revision += 1;
  }

  /** What holds at an instant for a device that was in these vehicles, and for how long around it. */
  contextAt(epochMs: number, vehicles: readonly DeviceVehicle[]): HeldContext {
    const installed = vehicles.find((one) => holdsAt(one, epochMs));
    const held = this.#settings.find((one) => holdsAt(one, epochMs));
    const settings = held?.settings ?? defaultRuleSettings;
    const always: Span = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
    const span = narrow(narrow(always, epochMs, vehicles), epochMs, this.#settings);
    if (!installed)
      return { ...span, context: { vehicle: null, settings, speedLimit: null, fences: noFences } };
    const { vehicle } = installed;
    const limits = this.#limits.filter(
      ({ kind, vehicleId }) => kind === vehicle.kind || vehicleId === vehicle.id,
    );
    const memberships = this.#memberships.get(vehicle.id) ?? [];
    const groups = memberships.filter((one) => holdsAt(one, epochMs)).map(({ groupId }) => groupId);
    return {
      ...narrow(narrow(span, epochMs, limits), epochMs, memberships),
      context: {
        vehicle,
        settings,
        speedLimit: lowestLimit(limits.filter((one) => holdsAt(one, epochMs))),
        fences: fencesOfVehicle(this, vehicle.id, new Set(groups)),
      },
    };
  }
}
