/** A page of the console, and where on it; the map keeps the rest of its state in the same place. */
export type Route =
  | { page: 'map' }
  | { page: 'events'; tab: 'list' | 'dead-letters'; eventId: string | null }
  | { page: 'geofences'; tab: 'list' | 'groups'; geofenceId: string | null }
  | { page: 'trackers'; tab: 'devices' | 'gateways' }
  | { page: 'quarantine'; entryId: string | null }
  | { page: 'settings'; tab: SettingsTab };

export type SettingsTab = 'rules' | 'limits' | 'events' | 'positions';
const SETTINGS_TABS: readonly SettingsTab[] = ['rules', 'limits', 'events', 'positions'];

/** Reads `#/trackers`, `#/trackers/gateways`, `#/events/{id}`, `#/settings/rules`; anything else is the map. */
export function parseRoute(hash: string): Route {
  const [page, part] = /^#\/(\w+)(?:\/([\w-]+))?$/.exec(hash)?.slice(1) ?? [];
  switch (page) {
    case 'events':
      return part === 'dead-letters'
        ? { page, tab: part, eventId: null }
        : { page, tab: 'list', eventId: part ?? null };
    case 'geofences':
      return part === 'groups'
        ? { page, tab: part, geofenceId: null }
        : { page, tab: 'list', geofenceId: part ?? null };
    case 'trackers':
      return { page, tab: part === 'gateways' ? 'gateways' : 'devices' };
    case 'quarantine':
      return { page, entryId: part ?? null };
    case 'settings':
      return { page, tab: SETTINGS_TABS.find((tab) => tab === part) ?? 'positions' };
    default:
      return { page: 'map' };
  }
}

export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'map':
      return '#';
    case 'events':
      return addressOf('events', route.tab === 'list' ? route.eventId : route.tab);
    case 'geofences':
      return addressOf('geofences', route.tab === 'list' ? route.geofenceId : route.tab);
    case 'trackers':
      return addressOf('trackers', route.tab === 'gateways' ? route.tab : null);
    case 'quarantine':
      return addressOf('quarantine', route.entryId);
    case 'settings':
      return addressOf('settings', route.tab === 'positions' ? null : route.tab);
  }
}

const addressOf = (page: string, part: string | null) => (part === null ? `#/${page}` : `#/${page}/${part}`);
