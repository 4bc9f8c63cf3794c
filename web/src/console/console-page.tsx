import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { User, Vehicle } from '../api/types.ts';
import type { VehicleState } from '../live/classify.ts';
import { createFleetStore, type FleetStore, type FleetView } from '../live/fleet-store.ts';
import { type LiveSession, startLiveSession } from '../live/live-session.ts';
import type { MapView } from '../map/fleet-map.ts';
import { StaleNotice } from './connection-badge.tsx';
import { EmptyFleet } from './empty-fleet.tsx';
import { formatHash, parseHash } from './hash-state.ts';
import { Header } from './header.tsx';
import { type MapHandle, MapRegion } from './map-region.tsx';
import { type Track, useTrack } from './use-track.ts';
import { VehicleList } from './vehicle-list.tsx';
import { VehiclePanel } from './vehicle-panel.tsx';

const HASH_AFTER_MS = 400;

export function ConsolePage({ user }: { user: User }) {
  const [live, setLive] = useState<{ store: FleetStore; session: LiveSession } | null>(null);
  useEffect(() => {
    document.title = `Live map · ${user.operator.name} · Wayleave`;
  }, [user]);
  useEffect(() => {
    const store = createFleetStore();
    const session = startLiveSession(store);
    // oxlint-disable-next-line react/set-state-in-effect -- a connection is opened once the page is there
    setLive({ store, session });
    return () => session.stop();
  }, []);
  return live && <Watch user={user} store={live.store} session={live.session} />;
}

function Watch({ user, store, session }: { user: User; store: FleetStore; session: LiveSession }) {
  const view = useSyncExternalStore(store.subscribe, store.view);
  const initial = useMemo(() => parseHash(location.hash), []);
  const [selectedId, setSelectedId] = useState(initial.vehicleId);
  const [followedId, setFollowedId] = useState<string | null>(null);
  const [wanted, setWanted] = useState<ReadonlySet<VehicleState>>(new Set());
  const [trackOfSelected, setTrackOfSelected] = useState<Track | null>(null);
  const map = useRef<MapHandle>(null);
  const rememberView = useHash(selectedId, setSelectedId, initial.at);
  const selected = selectedId ? view.fleet.vehicles.get(selectedId) : undefined;

  const select = useCallback((id: string | null) => {
    setSelectedId(id);
    setFollowedId((followed) => (followed === id ? followed : null));
    if (!id) setTrackOfSelected(null);
  }, []);
  const show = useCallback(
    (id: string) => {
      select(id);
      map.current?.flyTo(id);
    },
    [select],
  );
  const endFollow = useCallback(() => setFollowedId(null), []);
  const read = useCallback((vehicle: Vehicle) => store.list([vehicle]), [store]);
  const toggle = useCallback((state: VehicleState) => {
    setWanted((before) => {
      const next = new Set(before);
      if (!next.delete(state)) next.add(state);
      return next;
    });
  }, []);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') select(null);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [select]);

  return (
    <div className="console" data-panel={selected !== undefined}>
      <Header user={user} view={view} wanted={wanted} onToggle={toggle} />
      <VehicleList
        view={view}
        wanted={wanted}
        selectedId={selectedId}
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
          selectedId={selectedId}
          followedId={followedId}
          wanted={wanted}
          track={trackOfSelected?.phase === 'read' ? trackOfSelected.points : null}
          onSelect={select}
          onFollowEnd={endFollow}
          onView={rememberView}
        />
        <StaleNotice status={view.status} onRetry={() => session.retryNow()} />
        <EmptyFleet view={view} />
        {selected && (
          <SelectedVehicle
            key={selected.id}
            id={selected.id}
            store={store}
            view={view}
            following={followedId === selected.id}
            onTrack={setTrackOfSelected}
            onFollow={(on) => setFollowedId(on ? selected.id : null)}
            onCentre={() => map.current?.flyTo(selected.id)}
            onClose={() => select(null)}
            onRead={read}
          />
        )}
      </main>
    </div>
  );
}

interface SelectedVehicleProps {
  id: string;
  store: FleetStore;
  view: FleetView;
  following: boolean;
  onTrack(track: Track): void;
  onFollow(on: boolean): void;
  onCentre(): void;
  onClose(): void;
  onRead(vehicle: Vehicle): void;
}

function SelectedVehicle({ id, store, view, onTrack, ...panel }: SelectedVehicleProps) {
  const track = useTrack(id, store);
  useEffect(() => onTrack(track), [track, onTrack]);
  const vehicle = view.fleet.vehicles.get(id);
  return vehicle && <VehiclePanel vehicle={vehicle} track={track} {...panel} />;
}

/** Keeps the address in step with what is shown, and follows it when a link or the back button changes it. */
function useHash(
  selectedId: string | null,
  onVehicle: (id: string | null) => void,
  at: MapView | null,
): (view: MapView) => void {
  const shown = useRef<{ vehicleId: string | null; at: MapView | null }>({ vehicleId: selectedId, at });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const write = useCallback(() => {
    // Browsers refuse pages that rewrite their address too often, as a followed vehicle would.
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      history.replaceState(null, '', location.pathname + location.search + formatHash(shown.current));
    }, HASH_AFTER_MS);
  }, []);

  useEffect(() => {
    if (shown.current.vehicleId === selectedId) return;
    shown.current.vehicleId = selectedId;
    write();
  }, [selectedId, write]);

  useEffect(() => {
    const follow = () => onVehicle(parseHash(location.hash).vehicleId);
    addEventListener('hashchange', follow);
    return () => {
      removeEventListener('hashchange', follow);
      clearTimeout(timer.current);
    };
  }, [onVehicle]);

  return useCallback(
    (view) => {
      shown.current.at = view;
      write();
    },
    [write],
  );
}
