import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { mapConfig } from '../api/client.ts';
import type { RiskEvent } from '../api/event-types.ts';
import type { Bounds } from '../api/types.ts';
import { duration } from '../format/units.ts';
import type { VehicleState } from '../live/classify.ts';
import type { FleetStore, FleetView } from '../live/fleet-store.ts';
import type { LiveSession } from '../live/live-session.ts';
import type { MarkedEvent } from '../map/event-markers.ts';
import { createFleetMap } from '../map/fleet-map.ts';
import type { FleetMap, MapView } from '../map/fleet-map-ports.ts';
import type { DrawnGeofence } from '../map/geofence-features.ts';
import type { TrackPoint } from '../map/track.ts';
import { outgrown, subscriptionBounds } from '../map/viewport.ts';
import { DoubtfulLabel } from '../replay/doubtful-fixes.tsx';
import type { ReplayStore } from '../replay/replay-store.ts';
import { backfillTrails } from './backfill.ts';
import { createFirstView, type FirstView } from './first-view.ts';
import { useLatest, useMedia, useServerNow } from './hooks.ts';
import { Icon, StateGlyph } from './icons.tsx';
import { STATE_NAMES } from './words.ts';

const COUNT_EVERY_MS = 500;
/** Long enough that a drag makes one subscription, short enough that a new street fills at once. */
const RESUBSCRIBE_AFTER_MS = 200;

export interface MapHandle {
  flyTo(id: string): void;
}

interface MapRegionProps {
  ref: Ref<MapHandle>;
  store: FleetStore;
  session: LiveSession;
  view: FleetView;
  initialView: MapView | null;
  /** A vehicle that a link names without saying where: it is brought into view once it is known. */
  soughtId: string | null;
  selectedId: string | null;
  followedId: string | null;
  wanted: ReadonlySet<VehicleState>;
  track: readonly TrackPoint[] | null;
  /** A vehicle's day that is shown in place of the fleet. */
  replay: ReplayStore | null;
  fences: readonly DrawnGeofence[];
  events: readonly MarkedEvent[];
  /** Vehicles that are marked because of a critical event. */
  critical: ReadonlySet<string>;
  pickedEvent: RiskEvent | null;
  onSelect(id: string | null): void;
  onEvent(id: string): void;
  onFollowEnd(): void;
  onView(view: MapView): void;
}

interface Hovered {
  id: string;
  x: number;
  y: number;
}

export function MapRegion(props: MapRegionProps) {
  const { ref, store, session, view, initialView, soughtId, selectedId, followedId, wanted, track, replay } =
    props;
  const { fences, events, critical, pickedEvent } = props;
  const container = useRef<HTMLDivElement>(null);
  const region = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<FleetMap | null>(null);
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const [doubtful, setDoubtful] = useState<{ fixTime: string; x: number; y: number } | null>(null);
  const latest = useLatest(props);
  const dark = useMedia('(prefers-color-scheme: dark)');
  const still = useMedia('(prefers-reduced-motion: reduce)');
  const looks = useLatest({ dark, still });

  useImperativeHandle(ref, () => ({ flyTo: (id) => map?.flyTo(id) }), [map]);

  useEffect(() => {
    const abort = new AbortController();
    let created: FleetMap | null = null;
    let firstView: FirstView | undefined;
    let stopFeeding: (() => void) | undefined;
    const start = async () => {
      const { styleUrl } = await mapConfig().catch(() => ({ styleUrl: null }));
      if (abort.signal.aborted || !container.current) return;
      const subscription = createSubscription(session, initialView !== null);
      let shown: MapView | null = null;
      const fleetMap = createFleetMap({
        container: container.current,
        theme: looks.current.dark ? 'dark' : 'light',
        still: looks.current.still,
        styleUrl,
        view: initialView,
        onSelect: (id) => latest.current.onSelect(id),
        onHover: (id, point) => setHovered(id && point ? { id, x: point.x, y: point.y } : null),
        onViewport: (bounds, at) => {
          subscription.viewport(bounds);
          shown = at;
          // A link to a view that was not settled would hold a part of the fleet.
          if (firstView?.over ?? initialView !== null) latest.current.onView(at);
        },
        onFit() {
          firstView?.end();
          fleetMap.fit(store.view().fleet.vehicles.values(), { smoothly: true });
        },
        onTaken: () => firstView?.end(),
        onFollowEnd: () => latest.current.onFollowEnd(),
        onDoubtful: (fixTime, point) => setDoubtful(fixTime && point ? { fixTime, ...xy(point) } : null),
        onEvent: (id) => latest.current.onEvent(id),
        onPickDoubtful: (picked) => latest.current.replay?.set({ picked }),
        onStyleFailure: () => setNotice('The map style cannot be loaded; this is the built-in map.'),
      });
      created = fleetMap;
      if (initialView) subscription.narrow(fleetMap.viewport());
      else {
        firstView = createFirstView({
          store,
          frame: (first) => fleetMap.fit(store.view().fleet.vehicles.values(), { smoothly: !first }),
          onOver() {
            subscription.narrow(fleetMap.viewport());
            if (shown) latest.current.onView(shown);
          },
        });
      }
      stopFeeding = feed(fleetMap, store, firstView, abort.signal);
      setMap(fleetMap);
    };
    void start();
    return () => {
      abort.abort();
      stopFeeding?.();
      firstView?.stop();
      created?.destroy();
    };
  }, [store, session, initialView, latest, looks]);

  const isSoughtKnown = soughtId !== null && Boolean(view.fleet.vehicles.get(soughtId)?.position);
  useEffect(() => {
    if (soughtId !== null && isSoughtKnown) map?.flyTo(soughtId);
  }, [map, soughtId, isSoughtKnown]);
  useEffect(() => map?.select(selectedId), [map, selectedId]);
  useEffect(() => map?.follow(followedId), [map, followedId]);
  useEffect(() => map?.filter(wanted), [map, wanted]);
  useEffect(() => map?.showTrack(track), [map, track]);
  useEffect(() => map?.showGeofences(fences), [map, fences]);
  useEffect(() => map?.showEvents(events, critical), [map, events, critical]);
  const pickedKey = pickedEvent?.id ?? null;
  useEffect(() => {
    // Once for each event that is picked, and not again as it changes.
    map?.pickEvent(pickedKey === null ? null : latest.current.pickedEvent);
  }, [map, pickedKey, latest]);
  useEffect(() => {
    if (!map || !replay) return;
    const draw = () => map.replay(replay.get());
    draw();
    const stop = replay.subscribe(draw);
    return () => {
      stop();
      map.replay(null);
    };
  }, [map, replay]);
  useEffect(() => map?.setTheme(dark ? 'dark' : 'light'), [map, dark]);
  useEffect(() => map?.setStill(still), [map, still]);
  useEffect(() => {
    if (!map) return;
    const timer = setInterval(() => {
      if (region.current) region.current.dataset.vehiclesVisible = String(map.visibleCount());
    }, COUNT_EVERY_MS);
    return () => clearInterval(timer);
  }, [map]);

  return (
    <section
      ref={region}
      className="map-region"
      aria-label="Live map"
      data-testid="map"
      data-map-ready={map !== null}
      data-geofences={fences.length}
      data-vehicles-total={view.fleet.vehicles.size}
      data-connection={view.status.phase}
      data-last-update={view.lastUpdateMs === null ? undefined : new Date(view.lastUpdateMs).toISOString()}
    >
      <div ref={container} className="map" />
      {hovered && !replay && <HoverLabel hovered={hovered} view={view} />}
      {doubtful && replay && <DoubtfulLabel at={doubtful} fixes={replay.get().doubtful} />}
      {notice && (
        <output className="map-notice">
          {notice}
          <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => setNotice(null)}>
            <Icon name="close" />
          </button>
        </output>
      )}
    </section>
  );
}

const xy = ({ x, y }: { x: number; y: number }) => ({ x, y });

/** Brings what the store learns onto the map, and has the fleet framed once it is known. */
function feed(
  map: FleetMap,
  store: FleetStore,
  firstView: FirstView | undefined,
  signal: AbortSignal,
): () => void {
  const { fleet } = store.view();
  let snapshot = false;
  const known = () => {
    firstView?.look();
    if (snapshot) return;
    snapshot = true;
    void backfillTrails(fleet, (id, positions, nowMs) => map.addHistory(id, positions, nowMs), signal);
  };
  map.update(fleet.vehicles.values());
  if (store.view().complete) known();
  const stops = [
    store.onVehicles((changed) => {
      map.update(changed);
      if (snapshot) firstView?.look();
    }),
    store.onSnapshot(known),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

interface Subscription {
  viewport(bounds: Bounds): void;
  /** From here on the subscription follows the viewport; before, it is the whole fleet. */
  narrow(bounds: Bounds): void;
}

function createSubscription(session: LiveSession, narrowNow: boolean): Subscription {
  let narrowed = narrowNow;
  let subscribed: Bounds | null | undefined;
  let pending: Bounds | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const settle = () => {
    timer = undefined;
    if (!pending || !narrowed) return;
    if (subscribed !== undefined && !outgrown(subscribed, pending)) return;
    subscribed = subscriptionBounds(pending);
    session.subscribe(subscribed);
  };
  if (!narrowNow) session.subscribe(null);

  return {
    viewport(bounds) {
      pending = bounds;
      // Not restarted by each move, so that a vehicle that is followed cannot put it off for ever.
      timer ??= setTimeout(settle, RESUBSCRIBE_AFTER_MS);
    },
    narrow(bounds) {
      narrowed = true;
      pending = bounds;
      timer ??= setTimeout(settle, RESUBSCRIBE_AFTER_MS);
    },
  };
}

function HoverLabel({ hovered, view }: { hovered: Hovered; view: FleetView }) {
  const now = useServerNow(1000);
  const vehicle = view.fleet.vehicles.get(hovered.id);
  if (!vehicle) return null;
  const { label, plate, state, position } = vehicle;
  const note =
    state === 'moving'
      ? `${Math.round(position?.speedKmh ?? 0)} km/h`
      : state === 'offline' && position
        ? `silent for ${duration((now - position.fixTimeMs) / 1000)}`
        : STATE_NAMES[state];
  return (
    <div className="hover-label" style={{ left: hovered.x, top: hovered.y }} aria-hidden="true">
      <StateGlyph state={state} />
      <strong>{label}</strong> {plate} <span>{note}</span>
    </div>
  );
}
