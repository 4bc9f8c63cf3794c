import { useCallback, useEffect, useRef } from 'react';
import type { MapView } from '../map/fleet-map.ts';
import { formatHash, type HashState, parseHash } from './hash-state.ts';
import { parseRoute } from './route.ts';

const HASH_AFTER_MS = 400;

/** Which vehicle, and which of its days if one is replayed. */
export type Shown = Pick<HashState, 'vehicleId' | 'day'>;

/** Keeps the map's address in step with what is shown, and follows it when a link or the back button changes it. */
export function useHash(
  { vehicleId, day }: Shown,
  onShown: (shown: Shown) => void,
  at: MapView | null,
): (view: MapView) => void {
  const current = useRef<HashState>({ vehicleId, day, at });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const write = useCallback(() => {
    // Browsers refuse pages that rewrite their address too often, as a followed vehicle would.
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      history.replaceState(null, '', location.pathname + location.search + formatHash(current.current));
    }, HASH_AFTER_MS);
  }, []);

  useEffect(() => {
    if (current.current.vehicleId === vehicleId && current.current.day === day) return;
    current.current = { ...current.current, vehicleId, day };
    write();
  }, [vehicleId, day, write]);

  useEffect(() => {
    const follow = () => {
      // Another page's address says nothing of the map.
      if (parseRoute(location.hash).page !== 'map') return;
      const named = parseHash(location.hash);
      onShown({ vehicleId: named.vehicleId, day: named.day });
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
