import type { Severity } from '../api/event-types.ts';
import type { EventFilter } from '../api/events.ts';
import { type Day, isDay, rangeOfDay } from '../replay/day.ts';

/** What the fields above the table hold; an empty text or `any` narrows nothing. */
export interface FilterFields {
  span: 'day' | 'week' | 'month' | 'any' | 'days';
  /** For `days`: the first and the last, both included. */
  fromDay: Day;
  toDay: Day;
  kind: string;
  severity: Severity | '';
  vehicleId: string;
  state: 'any' | 'open' | 'acknowledged' | 'lasting';
  lateOnly: boolean;
  retracted: 'include' | 'only' | 'exclude';
}

export const WHOLE: FilterFields = {
  span: 'week',
  fromDay: '',
  toDay: '',
  kind: '',
  severity: '',
  vehicleId: '',
  state: 'any',
  lateOnly: false,
  retracted: 'exclude',
};

const DAY_MS = 24 * 3600_000;
const SPANS_MS = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS } as const;

/** What the API is asked for. */
export function filterOf(fields: FilterFields, nowMs: number): EventFilter {
  const { kind, severity, vehicleId, state, lateOnly, retracted } = fields;
  return {
    ...spanOf(fields, nowMs),
    ...(kind && { kind }),
    ...(severity && { severity }),
    ...(vehicleId && { vehicleId }),
    ...(state === 'open' || state === 'acknowledged' ? { acknowledged: state === 'acknowledged' } : {}),
    ...(state === 'lasting' && { lasting: true }),
    ...(lateOnly && { late: true }),
    ...(retracted !== 'exclude' && { retracted }),
  };
}

function spanOf({ span, fromDay, toDay }: FilterFields, nowMs: number): { from?: string; to?: string } {
  if (span === 'any') return {};
  if (span !== 'days') return { from: new Date(nowMs - SPANS_MS[span]).toISOString() };
  return {
    ...(isDay(fromDay) && { from: new Date(rangeOfDay(fromDay).fromMs).toISOString() }),
    ...(isDay(toDay) && { to: new Date(rangeOfDay(toDay).toMs).toISOString() }),
  };
}

/** Whether anything but the time is narrowed. */
export const isNarrowed = (fields: FilterFields): boolean =>
  fields.kind !== '' ||
  fields.severity !== '' ||
  fields.vehicleId !== '' ||
  fields.state !== 'any' ||
  fields.lateOnly ||
  fields.retracted !== 'exclude';
