/** A page of the console, and where on it; the map keeps the rest of its state in the same place. */
export type Route =
  | { page: 'map' }
  | { page: 'trackers'; tab: 'devices' | 'gateways' }
  | { page: 'quarantine'; entryId: string | null }
  | { page: 'settings' };

/** Reads `#/trackers`, `#/trackers/gateways`, `#/quarantine/12`, `#/settings`; anything else is the map. */
export function parseRoute(hash: string): Route {
  const [page, part] = /^#\/(\w+)(?:\/(\w+))?$/.exec(hash)?.slice(1) ?? [];
  switch (page) {
    case 'trackers':
      return { page, tab: part === 'gateways' ? 'gateways' : 'devices' };
    case 'quarantine':
      return { page, entryId: part ?? null };
    case 'settings':
      return { page };
    default:
      return { page: 'map' };
  }
}

export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'map':
      return '#';
    case 'trackers':
      return route.tab === 'gateways' ? '#/trackers/gateways' : '#/trackers';
    case 'quarantine':
      return route.entryId === null ? '#/quarantine' : `#/quarantine/${route.entryId}`;
    case 'settings':
      return '#/settings';
  }
}
