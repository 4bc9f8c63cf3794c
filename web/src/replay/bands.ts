import type { RiskEvent, Trip } from '../api/event-types.ts';

export interface Band {
  id: string;
  kind: 'trip' | 'stop';
  startMs: number;
  /** In percent of the time line. */
  left: number;
  width: number;
}

interface Extent {
  fromMs: number;
  toMs: number;
}

const share = (atMs: number, { fromMs, toMs }: Extent) =>
  toMs > fromMs ? Math.min(100, Math.max(0, ((atMs - fromMs) / (toMs - fromMs)) * 100)) : 0;

/** Trips and stops as bands over the time line; what lasts goes on to its end. Those beside it are left out. */
export function bandsOf(
  trips: readonly Pick<Trip, 'id' | 'kind' | 'startedAt' | 'endedAt'>[],
  extent: Extent,
): Band[] {
  return trips.flatMap(({ id, kind, startedAt, endedAt }) => {
    const startMs = Date.parse(startedAt);
    const endMs = endedAt === null ? extent.toMs : Date.parse(endedAt);
    if (endMs <= extent.fromMs || startMs >= extent.toMs) return [];
    const left = share(startMs, extent);
    return [{ id, kind, startMs, left, width: share(endMs, extent) - left }];
  });
}

export interface EventMark {
  event: RiskEvent;
  atMs: number;
  left: number;
}

/** Where events are on the time line; those that began beside it are left out. */
export function marksOf(events: readonly RiskEvent[], extent: Extent): EventMark[] {
  return events.flatMap((event) => {
    const atMs = Date.parse(event.occurredAt);
    return atMs < extent.fromMs || atMs > extent.toMs ? [] : [{ event, atMs, left: share(atMs, extent) }];
  });
}
