import type { RiskEvent } from '../api/event-types.ts';
import type { Position } from '../api/types.ts';
import { fixTimesOf } from './details.ts';

/** What is shown before and after an event. */
const MARGIN_MS = 3 * 60_000;
/** Of an event that lasts for long, what is shown from its beginning. */
const MAX_SPAN_MS = 6 * 3600_000;

/** The span of positions that an event is shown with, epoch milliseconds. */
export function spanOfEvent(event: Pick<RiskEvent, 'occurredAt' | 'confirmedAt' | 'endedAt' | 'details'>): {
  fromMs: number;
  toMs: number;
} {
  const fixes = fixTimesOf(event.details);
  const startMs = Math.min(Date.parse(event.occurredAt), ...fixes);
  const endMs = Math.max(Date.parse(event.endedAt ?? event.confirmedAt), ...fixes);
  return { fromMs: startMs - MARGIN_MS, toMs: Math.min(endMs, startMs + MAX_SPAN_MS) + MARGIN_MS };
}

export interface ShownFix {
  fixTime: string;
  atMs: number;
  lat: number;
  lon: number;
  speedKmh: number | null;
  accuracyM: number | null;
  /** It is one of those that made the event. */
  made: boolean;
}

/** The good fixes around an event in the order of their times, with those that made it marked. */
export function fixesOfEvent(event: Pick<RiskEvent, 'details'>, positions: readonly Position[]): ShownFix[] {
  const made = new Set(fixTimesOf(event.details));
  return positions
    .flatMap(({ fixTime, lat, lon, speedKmh, accuracyM, verdict }) => {
      const atMs = Date.parse(fixTime);
      if (lat === null || lon === null || (verdict !== 'good' && !made.has(atMs))) return [];
      return [{ fixTime, atMs, lat, lon, speedKmh, accuracyM, made: made.has(atMs) }];
    })
    .sort((a, b) => a.atMs - b.atMs);
}
