import { useCallback } from 'react';
import type { DailySummary, RiskEvent, Trip } from '../api/event-types.ts';
import { dailySummaries, eventPage, tripPage } from '../api/events.ts';
import { readPages } from '../api/request.ts';
import { type QueryResult, useQuery } from '../ui/use-query.ts';
import { type Day, rangeOfDay } from './day.ts';

/** A day of more trips and stops than this was not driven by one vehicle. */
const MAX_PAGES = 5;
const MAX_EVENTS = 200;

export interface DayTold {
  trips: readonly Trip[];
  events: readonly RiskEvent[];
  /** In the operator's time zone, whose day may not be that of who looks; null if nothing is known of it. */
  summary: DailySummary | null;
}

/** What the rules made of a vehicle's day: its trips and stops, its events and its figures. */
export function useDayTold(id: string, day: Day): QueryResult<DayTold> {
  return useQuery(
    useCallback(
      async (token: string, signal: AbortSignal): Promise<DayTold> => {
        const range = rangeOfDay(day);
        const filter = {
          vehicleId: id,
          from: new Date(range.fromMs).toISOString(),
          to: new Date(range.toMs).toISOString(),
        };
        const [trips, events, summaries] = await Promise.all([
          readPages((cursor) => tripPage(token, id, { ...range, cursor }, signal), MAX_PAGES),
          eventPage(token, filter, { limit: MAX_EVENTS, cursor: null }, signal),
          dailySummaries(token, id, { from: day, to: day }, signal),
        ]);
        return {
          trips: trips.items.toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt)),
          events: events.items,
          summary: summaries.items.find((each) => each.day === day) ?? null,
        };
      },
      [id, day],
    ),
  );
}
