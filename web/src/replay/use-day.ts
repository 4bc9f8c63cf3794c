import { useCallback, useEffect } from 'react';
import { POSITIONS_PER_PAGE, positions } from '../api/client.ts';
import { mileage, series, trackStream } from '../api/history.ts';
import { readPages } from '../api/request.ts';
import { withToken } from '../api/session.ts';
import type { Mileage, Position, Series } from '../api/types.ts';
import { type QueryResult, useQuery } from '../ui/use-query.ts';
import { type Day, rangeOfDay } from './day.ts';
import { EMPTY_JOURNEY, extentOf, type Journey, withFeatures } from './journey.ts';
import { isPlaced, type ReplayStore } from './replay-store.ts';
import { trackFeatures } from './track-features.ts';

/** Finer than a receiver is; a straight street costs two vertices. */
const TOLERANCE_M = 4;
/** A day that drives through more bends than this is shown up to there. */
const MAX_VERTICES = 100_000;
const SERIES_POINTS = 360;
export const CHARTED = ['speed', 'fuel', 'battery'] as const;
/** Every second of a day is 18 pages; what is beyond is not looked through, and that is said. */
const MAX_PAGES = 20;

export interface DayJourney {
  journey: Journey;
  /** All of it has come. */
  complete: boolean;
  /** There was more than is shown. */
  isCut: boolean;
}

/** A vehicle's way on a day, drawn into `store` while it comes. */
export function useJourney(id: string, day: Day, store: ReplayStore): QueryResult<DayJourney> {
  const read = useCallback(
    async (token: string, signal: AbortSignal, soFar: (value: DayJourney) => void): Promise<DayJourney> => {
      store.set({ journey: EMPTY_JOURNEY, atMs: null, picked: null });
      const range = rangeOfDay(day);
      const stream = await trackStream(token, id, { ...range, toleranceM: TOLERANCE_M }, signal);
      let journey = EMPTY_JOURNEY;
      for await (const features of trackFeatures(stream)) {
        if (signal.aborted) break;
        const isFirst = journey.vertices === 0;
        journey = withFeatures(journey, features);
        const { framed } = store.get();
        store.set({ journey, ...(isFirst ? { framed: framed + 1 } : {}) });
        soFar({ journey, complete: false, isCut: false });
        if (journey.vertices > MAX_VERTICES) return { journey, complete: true, isCut: true };
      }
      return { journey, complete: true, isCut: false };
    },
    [id, day, store],
  );
  const result = useQuery(read);
  const { value } = result.query;
  useEffect(() => {
    if (!value?.complete) return;
    const extent = extentOf(value.journey);
    store.set({ framed: store.get().framed + 1, atMs: extent ? extent.toMs : null });
  }, [value, store]);
  return result;
}

export interface DayFigures {
  mileage: Mileage;
  series: Series;
}

/** How far, and how speed, fuel and battery ran; the series spans `extent`, where there is something to see. */
export function useFigures(
  id: string,
  day: Day,
  extent: { fromMs: number; toMs: number } | null,
): QueryResult<DayFigures | null> {
  const fromMs = extent?.fromMs ?? null;
  const toMs = extent?.toMs ?? null;
  return useQuery(
    useCallback(
      async (token: string, signal: AbortSignal) => {
        if (fromMs === null || toMs === null) return null;
        // The end of a range is not within it.
        const span = { fromMs, toMs: toMs + 1 };
        const [ran, told] = await Promise.all([
          mileage(token, id, rangeOfDay(day), signal),
          series(token, id, { ...span, metrics: CHARTED, points: SERIES_POINTS }, signal),
        ]);
        return { mileage: ran, series: told };
      },
      [id, day, fromMs, toMs],
    ),
  );
}

export interface Doubtful {
  fixes: readonly Position[];
  complete: boolean;
  isCut: boolean;
}

/** The doubtful positions of a day, of which those with a place go into `store`; null while not asked for. */
export function useDoubtful(
  id: string,
  day: Day,
  wanted: boolean,
  store: ReplayStore,
): QueryResult<Doubtful | null> {
  const result = useQuery(
    useCallback(
      async (_: string, signal: AbortSignal, soFar: (value: Doubtful) => void): Promise<Doubtful | null> => {
        if (!wanted) return null;
        const range = rangeOfDay(day);
        const only = (items: readonly Position[]) => items.filter(({ verdict }) => verdict === 'doubtful');
        const { items, isCut } = await readPages(
          async (cursor) => {
            const query = { ...range, limit: POSITIONS_PER_PAGE, verdict: 'all', cursor } as const;
            const page = await withToken((token) => positions(token, id, query, signal));
            // The good ones are on the map as a line, and need not be held a second time.
            return { ...page, items: only(page.items) };
          },
          MAX_PAGES,
          (fixes) => soFar({ fixes: [...fixes], complete: false, isCut: false }),
        );
        return { fixes: items, complete: true, isCut };
      },
      [id, day, wanted],
    ),
  );
  const fixes = result.query.value?.fixes;
  useEffect(() => {
    store.set({ doubtful: (fixes ?? []).filter(isPlaced) });
  }, [fixes, store]);
  return result;
}
