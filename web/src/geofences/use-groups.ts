import { useCallback } from 'react';
import type { VehicleGroup } from '../api/geofence-types.ts';
import { groupPage } from '../api/geofences.ts';
import { readPages } from '../api/request.ts';
import { type QueryResult, useQuery } from '../ui/use-query.ts';

/** An operator has a thousand groups at the most. */
const MAX_PAGES = 4;

export function useGroups(): QueryResult<readonly VehicleGroup[]> {
  return useQuery(
    useCallback(
      async (token: string, signal: AbortSignal) =>
        (await readPages((cursor) => groupPage(token, cursor, signal), MAX_PAGES)).items,
      [],
    ),
  );
}
