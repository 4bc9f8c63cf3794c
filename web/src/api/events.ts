import { rangeFields } from './client.ts';
import type { DailySummary, DeadLetter, RiskEvent, Severity, Trip } from './event-types.ts';
import { queryOf, request } from './request.ts';
import type { Page } from './types.ts';

interface Range {
  fromMs: number;
  toMs: number;
}

/** Which events are meant; every field that is given must fit. Times are of when they occurred. */
export interface EventFilter {
  from?: string;
  to?: string;
  kind?: string;
  severity?: Severity;
  vehicleId?: string;
  geofenceId?: string;
  lasting?: boolean;
  late?: boolean;
  acknowledged?: boolean;
  /** Retracted ones too, only these, or none (the default). */
  retracted?: 'include' | 'only' | 'exclude';
  order?: 'occurred' | 'changed';
}

export const eventPage = (
  token: string,
  filter: EventFilter,
  { limit, cursor }: { limit: number; cursor: string | null },
  signal?: AbortSignal,
) => {
  const { lasting, late, acknowledged, ...others } = filter;
  const flags = { lasting: textOf(lasting), late: textOf(late), acknowledged: textOf(acknowledged) };
  return request<Page<RiskEvent>>(`/events?${queryOf({ ...others, ...flags, limit, cursor })}`, {
    token,
    signal,
  });
};

const textOf = (flag: boolean | undefined) => (flag === undefined ? undefined : String(flag));

export const event = (token: string, id: string, signal?: AbortSignal) =>
  request<RiskEvent>(`/events/${encodeURIComponent(id)}`, { token, signal });

/** The first acknowledgement counts; the answer tells whose it is. */
export const acknowledge = (token: string, id: string, note: string | null) =>
  request<RiskEvent>(`/events/${encodeURIComponent(id)}/acknowledge`, {
    method: 'POST',
    token,
    body: note === null ? {} : { note },
  });

export const deadLetterPage = (token: string, cursor: string | null, signal?: AbortSignal) =>
  request<Page<DeadLetter>>(`/events/dead-letters?${queryOf({ limit: 50, cursor })}`, { token, signal });

export const replayDeadLetter = (token: string, jobId: string) =>
  request<unknown>(`/events/dead-letters/${encodeURIComponent(jobId)}/replay`, {
    method: 'POST',
    token,
    body: {},
  });

export const replayAllDeadLetters = (token: string) =>
  request<unknown>('/events/dead-letters/replay-all', { method: 'POST', token, body: {} });

const vehiclePath = (id: string, what: string) => `/vehicles/${encodeURIComponent(id)}/${what}`;

export const tripPage = (
  token: string,
  id: string,
  { fromMs, toMs, cursor }: Range & { cursor: string | null },
  signal?: AbortSignal,
) =>
  request<Page<Trip>>(
    `${vehiclePath(id, 'trips')}?${queryOf({ ...rangeFields({ fromMs, toMs }), limit: 200, cursor })}`,
    { token, signal },
  );

/** Days from one to another, `2026-11-20`, of the operator's time zone; both included. */
export const dailySummaries = (
  token: string,
  id: string,
  { from, to }: { from: string; to: string },
  signal?: AbortSignal,
) =>
  request<{ items: DailySummary[] }>(`${vehiclePath(id, 'days')}?${queryOf({ from, to })}`, {
    token,
    signal,
  });
