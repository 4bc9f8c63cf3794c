import { useCallback, useEffect, useRef } from 'react';
import type { MapView } from '../map/fleet-map-ports.ts';
import { formatHash, type HashState, parseHash } from './hash-state.ts';
import { parseRoute } from './route.ts';

const HASH_AFTER_MS = 400;

/** Which vehicle, and which of its days if one is replayed; or which event. */
export type Shown = Pick<HashState, 'vehicleId' | 'day' | 'eventId'>;

/** Keeps the map's address in step with what is shown, and follows it when a link or the back button changes it. */
export function useHash(
  { vehicleId, day, eventId }: Shown,
  onShown: (shown: Shown) => void,
  at: MapView | null,
): (view: MapView) => void {
  const current = useRef<HashState>({ vehicleId, day, eventId, at });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const write = useCallback(() => {
    // Browsers refuse pages that rewrite their address too often, as a followed vehicle would.
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      history.replaceState(null, '', location.pathname + location.search + formatHash(current.current));
    }, HASH_AFTER_MS);
  }, []);

  useEffect(() => {
    const held = current.current;
    if (held.vehicleId === vehicleId && held.day === day && held.eventId === eventId) return;
    current.current = { ...held, vehicleId, day, eventId };
    write();
  }, [vehicleId, day, eventId, write]);

  useEffect(() => {
    const follow = () => {
      // Another page's address says nothing of the map.
      if (parseRoute(location.hash).page !== 'map') return;
      const named = parseHash(location.hash);
      onShown({ vehicleId: named.vehicleId, day: named.day, eventId: named.eventId });
    };
    addEventListener('hashchange', follow);
    return () => {
      removeEventListener('hashchange', follow);
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [onShown]);

  return useCallback(
    (view) => {
      current.current = { ...current.current, at: view };
      write();
    },
    [write],
  );
}
