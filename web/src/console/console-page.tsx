import { useEffect, useState } from 'react';
import type { User } from '../api/types.ts';
import { CriticalToasts } from '../events/critical-toasts.tsx';
import { createEventStore, type EventStore } from '../events/event-store.ts';
import { EventsPage } from '../events/events-page.tsx';
import { GeofencesPage } from '../geofences/geofences-page.tsx';
import { createFleetStore, type FleetStore } from '../live/fleet-store.ts';
import { type LiveSession, startLiveSession } from '../live/live-session.ts';
import { QuarantinePage } from '../quarantine/quarantine-page.tsx';
import { SettingsPage } from '../settings/settings-page.tsx';
import { TrackersPage } from '../trackers/trackers-page.tsx';
import { Header } from './header.tsx';
import { MapPage } from './map-page.tsx';
import { Nav } from './nav.tsx';
import { permissionsOf } from './permissions.ts';
import type { Route } from './route.ts';
import { useRoute } from './use-route.ts';

const TITLES: Record<Route['page'], string> = {
  map: 'Live map',
  events: 'Events',
  geofences: 'Geofences',
  trackers: 'Trackers',
  quarantine: 'Quarantine',
  settings: 'Settings',
};

/** What is kept from page to page. */
interface Live {
  store: FleetStore;
  events: EventStore;
  session: LiveSession;
}

export function ConsolePage({ user }: { user: User }) {
  const [live, setLive] = useState<Live | null>(null);
  useEffect(() => {
    const store = createFleetStore();
    const events = createEventStore();
    const session = startLiveSession(store, events);
    // oxlint-disable-next-line react/set-state-in-effect -- a connection is opened once the page is there
    setLive({ store, events, session });
    return () => session.stop();
  }, []);
  return live && <Pages user={user} live={live} />;
}

/** The live connection is kept from page to page, so that the map is there at once again. */
function Pages({ user, live }: { user: User; live: Live }) {
  const { route, mapHash } = useRoute();
  const { page } = route;
  const { session } = live;
  useEffect(() => {
    if (page !== 'map') session.hearEvents();
  }, [page, session]);
  useEffect(() => {
    document.title = `${TITLES[page]} · ${user.operator.name} · Wayleave`;
  }, [page, user]);
  return (
    <div className="console" data-page={page}>
      <Nav page={page} mapHash={mapHash} />
      {page === 'map' ? (
        <MapPage user={user} {...live} />
      ) : (
        <>
          <Header user={user} />
          <main className="page" key={page}>
            <OtherPage route={route} user={user} live={live} />
          </main>
        </>
      )}
      <CriticalToasts store={live.events} />
    </div>
  );
}

function OtherPage({ route, user, live }: { route: Route; user: User; live: Live }) {
  const may = permissionsOf(user);
  if (!may.read) {
    return (
      <div className="page-inner">
        <h1>{TITLES[route.page]}</h1>
        <p className="lead">
          Your role, {user.role}, does not see this page. Ask an administrator of {user.operator.name}.
        </p>
      </div>
    );
  }
  switch (route.page) {
    case 'events':
      return <EventsPage route={route} fleet={live.store} events={live.events} may={may} />;
    case 'geofences':
      return <GeofencesPage route={route} fleet={live.store} may={may} />;
    case 'trackers':
      return <TrackersPage tab={route.tab} may={may} />;
    case 'quarantine':
      return <QuarantinePage entryId={route.entryId} may={may} />;
    case 'settings':
      return <SettingsPage tab={route.tab} fleet={live.store} may={may} />;
    case 'map':
      return null;
  }
}
