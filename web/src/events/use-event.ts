import { useCallback, useSyncExternalStore } from 'react';
import type { RiskEvent } from '../api/event-types.ts';
import { event as readEvent } from '../api/events.ts';
import { type QueryResult, useQuery } from '../ui/use-query.ts';
import type { EventStore } from './event-store.ts';

interface UseEvent extends QueryResult<RiskEvent> {
  /** As the live feed has it if it is later than what was read. */
  event: RiskEvent | null;
  changed(event: RiskEvent): void;
}

/** An event by its id, kept up to date by the live feed. */
export function useEvent(id: string, store: EventStore): UseEvent {
  const result = useQuery(
    useCallback((token: string, signal: AbortSignal) => readEvent(token, id, signal), [id]),
  );
  const feed = useSyncExternalStore(store.subscribe, store.view);
  const held = feed.events.find((candidate) => candidate.id === id);
  const read = result.query.value;
  const isHeldLater = held && (!read || held.revision > read.revision);
  const { put } = result;
  const changed = useCallback(
    (event: RiskEvent) => {
      put(() => event);
      store.put(event);
    },
    [put, store],
  );
  return { ...result, event: isHeldLater ? held : read, changed };
}
