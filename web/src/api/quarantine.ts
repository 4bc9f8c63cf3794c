import { queryOf, request, requestStream } from './request.ts';
import type { Page, QuarantineEntry, QuarantineState } from './types.ts';

/** An entry carries the beginning of its payload, so pages are short. */
const PER_PAGE = 50;

/** Which messages are meant; every field that is given must fit. */
export interface QuarantineFilter {
  reason?: string;
  deviceId?: string;
  topic?: string;
}

export const quarantinePage = (
  token: string,
  filter: QuarantineFilter & { state: QuarantineState },
  cursor: string | null,
  signal?: AbortSignal,
) =>
  request<Page<QuarantineEntry>>(`/quarantine?${queryOf({ ...filter, limit: PER_PAGE, cursor })}`, {
    token,
    signal,
  });

export const quarantineEntry = (token: string, id: string, signal?: AbortSignal) =>
  request<QuarantineEntry>(`/quarantine/${encodeURIComponent(id)}`, { token, signal });

/** All the bytes of a payload, of which an entry may have the beginning only. */
export const quarantinePayload = (token: string, id: string, signal: AbortSignal) =>
  requestStream(`/quarantine/${encodeURIComponent(id)}/payload`, { token, signal });

/** Has open messages decoded anew; resolves with how many wait since this request. */
export const requestReplay = (token: string, replay: { ids: string[] } | { filter: QuarantineFilter }) =>
  request<{ requested: number }>('/quarantine/replays', { method: 'POST', token, body: replay });
