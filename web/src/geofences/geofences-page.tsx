import type { Permissions } from '../console/permissions.ts';
import { formatRoute, type Route } from '../console/route.ts';
import type { FleetStore } from '../live/fleet-store.ts';
import { GeofenceWorkplace } from './geofence-workplace.tsx';
import { GroupsTab } from './groups-tab.tsx';

interface GeofencesPageProps {
  route: Extract<Route, { page: 'geofences' }>;
  fleet: FleetStore;
  may: Permissions;
}

const TABS = [
  { tab: 'list', name: 'Geofences' },
  { tab: 'groups', name: 'Vehicle groups' },
] as const;

/** Places that mean something, and the groups of vehicles that they hold for. */
export function GeofencesPage({ route, fleet, may }: GeofencesPageProps) {
  const { tab, geofenceId } = route;
  const tabs = (
    <nav className="tabs" aria-label="Geofences">
      {TABS.map((each) => (
        <a
          key={each.tab}
          href={formatRoute({ page: 'geofences', tab: each.tab, geofenceId: null })}
          aria-current={tab === each.tab ? 'page' : undefined}
          data-testid={`tab-${each.tab}`}
        >
          {each.name}
        </a>
      ))}
    </nav>
  );
  if (tab === 'groups') {
    return (
      <div className="page-inner" data-testid="groups-page">
        <header className="page-head">
          <h1>Vehicle groups</h1>
          {tabs}
        </header>
        <GroupsTab fleet={fleet} may={may} />
      </div>
    );
  }
  return <GeofenceWorkplace openId={geofenceId} tabs={tabs} fleet={fleet} may={may} />;
}
