import { useCallback } from 'react';
import type { Geofence } from '../api/geofence-types.ts';
import { geofencePage } from '../api/geofences.ts';
import { readPages } from '../api/request.ts';
import { withToken } from '../api/session.ts';
import { type QueryResult, useQuery } from '../ui/use-query.ts';

/** Ten thousand geofences are as many as a map can show to a person; that there are more is said. */
const MAX_PAGES = 20;

export interface GeofenceList {
  items: readonly Geofence[];
  isCut: boolean;
}

/** All geofences that hold now; none while not wanted. */
export function useGeofences(wanted = true): QueryResult<GeofenceList> {
  return useQuery(
    useCallback(
      async (_: string, signal: AbortSignal, soFar: (value: GeofenceList) => void): Promise<GeofenceList> => {
        if (!wanted) return { items: [], isCut: false };
        return await readPages(
          (cursor) => withToken((token) => geofencePage(token, cursor, signal)),
          MAX_PAGES,
          (items) => soFar({ items: [...items], isCut: false }),
        );
      },
      [wanted],
    ),
  );
}
