import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { serverNowMs } from '../api/request.ts';

/** This machine's time, renewed every `everyMs`. */
export const useNow = (everyMs: number) => useClock(Date.now, everyMs);

/** The server's time: for the ages of fixes. */
export const useServerNow = (everyMs: number) => useClock(serverNowMs, everyMs);

function useClock(read: () => number, everyMs: number): number {
  const [now, setNow] = useState(read);
  useEffect(() => {
    const timer = setInterval(() => setNow(read()), everyMs);
    return () => clearInterval(timer);
  }, [read, everyMs]);
  return now;
}

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => matchMedia(query).matches,
  );
}

/** A ref that always holds the last value, for callbacks that outlive a render. */
export function useLatest<Value>(value: Value) {
  const ref = useRef(value);
  useEffect(() => {
    ref.current = value;
  });
  return ref;
}
