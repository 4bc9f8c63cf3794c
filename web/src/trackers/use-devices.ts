import { useCallback } from 'react';
import { readPages } from '../api/request.ts';
import { withToken } from '../api/session.ts';
import { devicePage } from '../api/trackers.ts';
import type { Device } from '../api/types.ts';
import { type QueryResult, useQuery } from '../ui/use-query.ts';

/** 20,000 devices; a larger fleet is told so and finds the rest through the API. */
const MAX_PAGES = 20;

export interface Devices {
  items: readonly Device[];
  complete: boolean;
  isCut: boolean;
}

/** All devices of the operator, page by page, so that a search finds every one. */
export function useDevices(): QueryResult<Devices> {
  return useQuery(
    useCallback(async (_: string, signal: AbortSignal, soFar: (devices: Devices) => void) => {
      const { items, isCut } = await readPages(
        (cursor) => withToken((token) => devicePage(token, cursor, signal)),
        MAX_PAGES,
        (some) => soFar({ items: [...some], complete: false, isCut: false }),
      );
      return { items, complete: true, isCut };
    }, []),
  );
}
