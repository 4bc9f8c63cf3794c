import { useEffect, useState } from 'react';
import { parseRoute, type Route } from './route.ts';

interface Place {
  route: Route;
  /** The address of the map as it was left, for the way back. */
  mapHash: string;
}

/** The page that the address names, followed as links and the back button change it. */
export function useRoute(): Place {
  const [place, setPlace] = useState<Place>(() => ({ route: parseRoute(location.hash), mapHash: '#' }));
  useEffect(() => {
    const follow = (event: HashChangeEvent) => {
      const left = new URL(event.oldURL).hash;
      setPlace(({ mapHash }) => ({
        route: parseRoute(location.hash),
        mapHash: parseRoute(left).page === 'map' ? left || '#' : mapHash,
      }));
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return place;
}
