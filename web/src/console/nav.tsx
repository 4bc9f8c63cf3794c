import { Icon } from './icons.tsx';
import { formatRoute, type Route } from './route.ts';

const PAGES = [
  { route: { page: 'map' }, name: 'Map', icon: 'map' },
  { route: { page: 'events', tab: 'list', eventId: null }, name: 'Events', icon: 'events' },
  { route: { page: 'geofences', tab: 'list', geofenceId: null }, name: 'Geofences', icon: 'geofences' },
  { route: { page: 'trackers', tab: 'devices' }, name: 'Trackers', icon: 'trackers' },
  { route: { page: 'quarantine', entryId: null }, name: 'Quarantine', icon: 'quarantine' },
  { route: { page: 'settings', tab: 'positions' }, name: 'Settings', icon: 'settings' },
] as const satisfies readonly { route: Route; name: string; icon: string }[];

interface NavProps {
  page: Route['page'];
  /** Where on the map the operator was last. */
  mapHash: string;
}

export function Nav({ page, mapHash }: NavProps) {
  return (
    <nav className="nav" aria-label="Pages">
      {PAGES.map(({ route, name, icon }) => (
        <a
          key={name}
          href={route.page === 'map' ? mapHash : formatRoute(route)}
          aria-current={page === route.page ? 'page' : undefined}
          data-testid={`nav-${route.page}`}
        >
          <Icon name={icon} />
          <span>{name}</span>
        </a>
      ))}
    </nav>
  );
}
