import { serverNowMs } from '../api/request.ts';
import type { LiveMessage, Vehicle } from '../api/types.ts';
import { VEHICLE_STATES, type VehicleState } from './classify.ts';
import {
  applyLeft,
  applyListing,
  applyLive,
  applySnapshotEnd,
  countStates,
  emptyFleet,
  type Fleet,
  type FleetVehicle,
  inOrder,
  reclassify,
} from './fleet.ts';
import type { ConnectionStatus } from './live-connection.ts';

/** Words and numbers are read, so four times a second is enough; the map hears of every change at once. */
const NOTIFY_EVERY_MS = 250;

export interface FleetView {
  fleet: Fleet;
  /** Every vehicle, by label. */
  ordered: readonly FleetVehicle[];
  counts: Record<VehicleState, number>;
  status: ConnectionStatus;
  /** When a position last came over the live feed, by this machine's clock. */
  lastUpdateMs: number | null;
  /** A whole snapshot has come: an empty fleet is now known to be empty. */
  complete: boolean;
  /** The vehicle list has been read to its end. */
  listed: boolean;
}

export interface FleetStore {
  view(): FleetView;
  /** Told, at most every 250 ms, that `view()` has changed. */
  subscribe(listener: () => void): () => void;
  /** Told at once which vehicles changed. */
  onVehicles(listener: (changed: readonly FleetVehicle[]) => void): () => void;
  /** Told when a whole snapshot has come. */
  onSnapshot(listener: () => void): () => void;
  receive(message: LiveMessage): void;
  list(vehicles: readonly Vehicle[]): void;
  listingDone(): void;
  setStatus(status: ConnectionStatus): void;
  /** Lets time pass: a vehicle that has been silent for too long goes offline. */
  tick(): void;
  stop(): void;
}

export function createFleetStore(): FleetStore {
  const fleet = emptyFleet();
  let view: FleetView = {
    fleet,
    ordered: [],
    counts: Object.fromEntries(VEHICLE_STATES.map((state) => [state, 0])) as Record<VehicleState, number>,
    status: { phase: 'connecting' },
    lastUpdateMs: null,
    complete: false,
    listed: false,
  };
  let changes: Partial<FleetView> = {};
  let orderedAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let snapshotIds = new Set<string>();
  const listeners = new Set<() => void>();
  const vehicleListeners = new Set<(changed: readonly FleetVehicle[]) => void>();
  const snapshotListeners = new Set<() => void>();

  const publish = () => {
    timer = undefined;
    if (orderedAt !== fleet.membership) {
      orderedAt = fleet.membership;
      changes.ordered = inOrder(fleet);
    }
    view = { ...view, ...changes, counts: countStates(fleet) };
    changes = {};
    for (const listener of listeners) listener();
  };

  const change = (part: Partial<FleetView>) => {
    changes = { ...changes, ...part };
    timer ??= setTimeout(publish, NOTIFY_EVERY_MS);
  };

  const moved = (changed: readonly FleetVehicle[]) => {
    if (changed.length === 0) return;
    for (const listener of vehicleListeners) listener(changed);
    change({});
  };

  return {
    view: () => view,
    subscribe: (listener) => added(listeners, listener),
    onVehicles: (listener) => added(vehicleListeners, listener),
    onSnapshot: (listener) => added(snapshotListeners, listener),
    receive(message) {
      if (message.type === 'snapshot') {
        moved(applyLive(fleet, message.vehicles, serverNowMs()));
        for (const { vehicleId } of message.vehicles) snapshotIds.add(vehicleId);
        // A snapshot that fits one message need not say that it is complete.
        if (message.complete ?? snapshotIds.size >= (message.total ?? 0)) {
          applySnapshotEnd(fleet, snapshotIds);
          snapshotIds = new Set();
          change({ complete: true, ...(message.vehicles.length > 0 ? { lastUpdateMs: Date.now() } : {}) });
          for (const listener of snapshotListeners) listener();
        }
      } else if (message.type === 'changes') {
        moved(applyLive(fleet, message.vehicles, serverNowMs()));
        applyLeft(fleet, message.left ?? []);
        if (message.vehicles.length > 0) change({ lastUpdateMs: Date.now() });
      } else if (message.type === 'ready') {
        snapshotIds = new Set();
      }
    },
    list: (vehicles) => moved(applyListing(fleet, vehicles, serverNowMs())),
    listingDone: () => change({ listed: true }),
    setStatus: (status) => change({ status }),
    tick() {
      // While nothing is heard the silence is ours, not the trackers'.
      if (view.status.phase === 'live') moved(reclassify(fleet, serverNowMs()));
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

function added<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
