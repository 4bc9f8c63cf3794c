import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { RiskEvent } from '../api/event-types.ts';
import { serverNowMs } from '../api/request.ts';
import type { User, Vehicle } from '../api/types.ts';
import { EventPanel } from '../events/event-panel.tsx';
import type { EventStore } from '../events/event-store.ts';
import { markedEvents } from '../events/feed.ts';
import { FeedPanel } from '../events/feed-panel.tsx';
import { useGeofences } from '../geofences/use-geofences.ts';
import type { VehicleState } from '../live/classify.ts';
import type { FleetStore, FleetView } from '../live/fleet-store.ts';
import type { LiveSession } from '../live/live-session.ts';
import { type Day, dayOf } from '../replay/day.ts';
import { createReplayStore } from '../replay/replay-store.ts';
import { ReplayView } from '../replay/replay-view.tsx';
import { useRemembered } from '../ui/use-remembered.ts';
import { StaleNotice } from './connection-badge.tsx';
import { EmptyFleet } from './empty-fleet.tsx';
import { parseHash } from './hash-state.ts';
import { Header } from './header.tsx';
import { useServerNow } from './hooks.ts';
import { Icon } from './icons.tsx';
import { type MapHandle, MapRegion } from './map-region.tsx';
import { permissionsOf } from './permissions.ts';
import { StateChips } from './state-chips.tsx';
import { type Shown, useHash } from './use-hash.ts';
import { type Track, useTrack } from './use-track.ts';
import { VehicleList } from './vehicle-list.tsx';
import { VehiclePanel } from './vehicle-panel.tsx';

const NOTHING_SHOWN: Shown = { vehicleId: null, day: null, eventId: null };
const NO_FENCES: readonly never[] = [];

interface MapPageProps {
  user: User;
  store: FleetStore;
  events: EventStore;
  session: LiveSession;
}

export function MapPage({ user, store, events, session }: MapPageProps) {
  const view = useSyncExternalStore(store.subscribe, store.view);
  const initial = useMemo(() => parseHash(location.hash), []);
  const [shown, setShown] = useState<Shown>(initial);
  const [followedId, setFollowedId] = useState<string | null>(null);
  const [wanted, setWanted] = useState<ReadonlySet<VehicleState>>(new Set());
  const [trackOfSelected, setTrackOfSelected] = useState<Track | null>(null);
  const map = useRef<MapHandle>(null);
  const rememberView = useHash(shown, setShown, initial.at);
  const { vehicleId, day, eventId } = shown;
  const replaying = day !== null;
  const feed = useSyncExternalStore(events.subscribe, events.view);
  const nowMs = useServerNow(60_000);
  const marked = useMemo(() => {
    const all = markedEvents(feed, nowMs);
    // A day that is replayed is one vehicle's.
    return replaying ? all.filter((event) => event.vehicleId === vehicleId) : all;
  }, [feed, nowMs, replaying, vehicleId]);
  const [read, setRead] = useState<RiskEvent | null>(null);
  const pickedEvent = eventId !== null && read?.id === eventId ? read : null;
  const [withFences, setWithFences] = useRemembered('geofences', true);
  const fences = useGeofences(withFences).query.value?.items ?? NO_FENCES;
  const selected = vehicleId ? view.fleet.vehicles.get(vehicleId) : undefined;
  // A store of its own for each vehicle: what is drawn of one is not taken for another's.
  const replay = useMemo(() => (vehicleId && replaying ? createReplayStore() : null), [vehicleId, replaying]);

  const select = useCallback((id: string | null) => {
    setShown(id ? { vehicleId: id, day: null, eventId: null } : NOTHING_SHOWN);
    setFollowedId((followed) => (followed === id ? followed : null));
    if (!id) setTrackOfSelected(null);
  }, []);
  const show = useCallback((id: string) => {
    // Who picks another vehicle while replaying wants to see that one's day.
    setShown((before) => ({ vehicleId: id, day: before.day, eventId: null }));
    setFollowedId(null);
    map.current?.flyTo(id);
  }, []);
  const showDay = useCallback((of: Day | null) => setShown((before) => ({ ...before, day: of })), []);
  const pickEvent = useCallback((id: string) => {
    setShown({ vehicleId: null, day: null, eventId: id });
    setFollowedId(null);
    setTrackOfSelected(null);
  }, []);
  const endFollow = useCallback(() => setFollowedId(null), []);
  const listVehicle = useCallback((vehicle: Vehicle) => store.list([vehicle]), [store]);
  const toggle = useCallback((state: VehicleState) => {
    setWanted((before) => {
      const next = new Set(before);
      if (!next.delete(state)) next.add(state);
      return next;
    });
  }, []);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      setShown((before) => (before.day ? { ...before, day: null } : NOTHING_SHOWN));
      setFollowedId(null);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  return (
    <div
      className="map-page"
      data-panel={selected !== undefined || eventId !== null}
      data-replay={replay !== null && selected !== undefined}
    >
      <Header user={user} status={view.status}>
        <StateChips counts={view.counts} wanted={wanted} onToggle={toggle} />
      </Header>
      <VehicleList
        view={view}
        wanted={wanted}
        critical={feed.criticalVehicles}
        selectedId={vehicleId}
        onSelect={show}
        onClearFilter={() => setWanted(new Set())}
      />
      <main className="stage">
        <MapRegion
          ref={map}
          store={store}
          session={session}
          view={view}
          initialView={initial.at}
          soughtId={initial.at === null && initial.day === null ? initial.vehicleId : null}
          selectedId={vehicleId}
          followedId={followedId}
          wanted={wanted}
          track={!replay && trackOfSelected?.phase === 'read' ? trackOfSelected.points : null}
          replay={selected ? replay : null}
          fences={fences}
          events={marked}
          critical={feed.criticalVehicles}
          pickedEvent={pickedEvent}
          onSelect={select}
          onEvent={pickEvent}
          onFollowEnd={endFollow}
          onView={rememberView}
        />
        <StaleNotice status={view.status} onRetry={() => session.retryNow()} />
        <EmptyFleet view={view} />
        <div className="map-tools">
          <button
            type="button"
            className="map-tool"
            aria-pressed={withFences}
            title={withFences ? 'Hide the geofences' : 'Show the geofences'}
            onClick={() => setWithFences(!withFences)}
            data-testid="toggle-geofences"
          >
            <Icon name="geofences" /> <span>Geofences</span>
          </button>
        </div>
        {!selected && eventId === null && <FeedPanel feed={feed} onPick={pickEvent} />}
        {eventId !== null && (
          <EventPanel
            key={eventId}
            id={eventId}
            store={events}
            may={permissionsOf(user)}
            onRead={setRead}
            onClose={() => setShown(NOTHING_SHOWN)}
          />
        )}
        {selected && replay && day && (
          <ReplayView
            key={selected.id}
            vehicle={selected}
            day={day}
            store={replay}
            onDay={showDay}
            onClose={() => showDay(null)}
          />
        )}
        {selected && !replay && (
          <SelectedVehicle
            key={selected.id}
            id={selected.id}
            store={store}
            view={view}
            following={followedId === selected.id}
            onTrack={setTrackOfSelected}
            onFollow={(on) => setFollowedId(on ? selected.id : null)}
            onCentre={() => map.current?.flyTo(selected.id)}
            onReplay={() => {
              setFollowedId(null);
              // Who asks for the day of a vehicle that is silent means the day on which it last drove.
              showDay(dayOf(selected.position?.fixTimeMs ?? serverNowMs()));
            }}
            onClose={() => select(null)}
            onRead={listVehicle}
            onEvent={pickEvent}
            events={feed.events}
          />
        )}
      </main>
    </div>
  );
}

interface SelectedVehicleProps {
  id: string;
  store: FleetStore;
  events: readonly RiskEvent[];
  onEvent(id: string): void;
  view: FleetView;
  following: boolean;
  onTrack(track: Track): void;
  onFollow(on: boolean): void;
  onCentre(): void;
  onReplay(): void;
  onClose(): void;
  onRead(vehicle: Vehicle): void;
}

function SelectedVehicle({ id, store, view, onTrack, ...panel }: SelectedVehicleProps) {
  const track = useTrack(id, store);
  useEffect(() => onTrack(track), [track, onTrack]);
  const vehicle = view.fleet.vehicles.get(id);
  return vehicle && <VehiclePanel vehicle={vehicle} track={track} {...panel} />;
}
