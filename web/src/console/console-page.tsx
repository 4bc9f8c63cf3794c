import { useEffect, useState } from 'react';
import type { User } from '../api/types.ts';
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
  trackers: 'Trackers',
  quarantine: 'Quarantine',
  settings: 'Settings',
};

export function ConsolePage({ user }: { user: User }) {
  const [live, setLive] = useState<{ store: FleetStore; session: LiveSession } | null>(null);
  useEffect(() => {
    const store = createFleetStore();
    const session = startLiveSession(store);
    // oxlint-disable-next-line react/set-state-in-effect -- a connection is opened once the page is there
    setLive({ store, session });
    return () => session.stop();
  }, []);
  return live && <Pages user={user} store={live.store} session={live.session} />;
}

/** The live connection is kept from page to page, so that the map is there at once again. */
function Pages({ user, store, session }: { user: User; store: FleetStore; session: LiveSession }) {
  const { route, mapHash } = useRoute();
  const { page } = route;
  useEffect(() => {
    document.title = `${TITLES[page]} · ${user.operator.name} · Wayleave`;
  }, [page, user]);
  return (
    <div className="console" data-page={page}>
      <Nav page={page} mapHash={mapHash} />
      {page === 'map' ? (
        <MapPage user={user} store={store} session={session} />
      ) : (
        <>
          <Header user={user} />
          <main className="page" key={page}>
            <OtherPage route={route} user={user} />
          </main>
        </>
      )}
    </div>
  );
}

function OtherPage({ route, user }: { route: Route; user: User }) {
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
    case 'trackers':
      return <TrackersPage tab={route.tab} may={may} />;
    case 'quarantine':
      return <QuarantinePage entryId={route.entryId} may={may} />;
    case 'settings':
      return <SettingsPage may={may} />;
    case 'map':
      return null;
  }
}
