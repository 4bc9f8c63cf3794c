import { RRuleTemporal } from 'rrule-temporal';
import { isTimeZone } from '../time-zone.ts';
import type { GeofenceSchedule } from './geofence.ts';
import { readRecurrenceRule } from './recurrence-rule.ts';
import { scheduleInvalid } from './shape-errors.ts';

/** When a geofence is active. */
export interface Schedule {
  isActiveAt(epochMs: number): boolean;
}

const DAY_MS = 86_400_000;
/** A window's spans are reckoned at once: some dozens for a daily one. */
const WINDOW_MS = 16 * DAY_MS;
/** Fixes come in time as a rule; a few late ones, or a replay, ask for other weeks in between. */
const MAX_WINDOWS = 8;
/** The difference between two local times of one instant, and more. */
const ZONE_MARGIN_MS = 2 * DAY_MS;
/** Steps of a rule's frequency that are looked through for its occurrences: some years of days. */
const MAX_PERIODS = 1_200;
/** A year is dear to look through, and there are not more until 2200. */
const MAX_YEARS = 300;
/** Days and times within them. */
const MAX_CANDIDATES = 40_000;
const EARLIEST_MS = Date.UTC(1900, 0, 1);
const LATEST_MS = Date.UTC(2200, 0, 1);

/** Throws `schedule_invalid`, saying why: time zone, start, exceptions, rule; too dense a rule, or one that never comes. */
export function checkSchedule(schedule: GeofenceSchedule): void {
  const recurrence = recurrenceOf(schedule);
  if (!recurrence.comes()) throw scheduleInvalid('The rule never comes.');
}

/**
 * The spans of a recurrence (RFC 5545). Both ends of a span are wall-clock time: one of seven hours from
 * 22:00 ends at 05:00 in the nights of the clock changes, too, and a day from midnight ends
 * at midnight. A start that the spring skips is moved on by what it skips, a time that the autumn
 * repeats is the first one (RFC 5545, 3.3.5). The start of a span belongs to it, its end does not.
 * Before 1900 and after 2199 nothing is active. Throws as `checkSchedule` does, but not for a rule that
 * never comes.
 */
export function createSchedule(schedule: GeofenceSchedule): Schedule {
  const recurrence = recurrenceOf(schedule);
  const windows: Window[] = [];
  let next = 0;
  let current: Window = { number: Number.NaN, edges: new Float64Array(0) };
  return {
    isActiveAt(epochMs) {
      if (!(epochMs >= EARLIEST_MS && epochMs < LATEST_MS)) return false;
      const number = Math.floor(epochMs / WINDOW_MS);
      if (current.number !== number) {
        let window = windows.find((held) => held.number === number);
        if (window === undefined) {
          window = { number, edges: edgesOf(schedule, recurrence, number) };
          windows[next] = window;
          next = (next + 1) % MAX_WINDOWS;
        }
        current = window;
      }
      return isWithinSpan(current.edges, epochMs);
    },
  };
}

interface Window {
  /** Windows follow each other from the epoch. */
  number: number;
  /** Starts and ends of spans in turn, ascending, epoch milliseconds. */
  edges: Float64Array;
}

/** An odd number of edges at or before an instant: a start without its end. */
function isWithinSpan(edges: Float64Array, epochMs: number): boolean {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edges[middle] as number) <= epochMs) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}

function edgesOf(schedule: GeofenceSchedule, recurrence: Recurrence, number: number): Float64Array {
  const durationMs = schedule.durationS * 1_000;
  const fromMs = number * WINDOW_MS;
  const starts = recurrence.localStarts(
    fromMs - durationMs - ZONE_MARGIN_MS,
    fromMs + WINDOW_MS + ZONE_MARGIN_MS,
  );
  // Not in order where the spring moves a start on, past the ones after it.
  const spans = starts
    .map((ms) => [instantOf(ms, schedule.timeZone), instantOf(ms + durationMs, schedule.timeZone)] as const)
    .sort(([a], [b]) => a - b);
  const edges: number[] = [];
  for (const [from, to] of spans) {
    if (to <= from) continue;
    const lastEnd = edges.at(-1);
    if (lastEnd !== undefined && from <= lastEnd) edges[edges.length - 1] = Math.max(lastEnd, to);
    else edges.push(from, to);
  }
  return Float64Array.from(edges);
}

/*
 * Recurrences are reckoned in local time, as if it were UTC: by RFC 5545 the parts of a rule speak of
 * the local clock, and "local" milliseconds below are what a UTC clock would show the same.
 */
interface Recurrence {
  /** Of occurrences from an instant to another, both local, ascending, without the exceptions. */
  localStarts(fromMs: number, toMs: number): number[];
  comes(): boolean;
}

function recurrenceOf(schedule: GeofenceSchedule): Recurrence {
  if (!isTimeZone(schedule.timeZone)) throw scheduleInvalid('The time zone is none of the IANA database.');
  const startMs = localMs(schedule.start, 'start');
  if (startMs < EARLIEST_MS || startMs >= LATEST_MS) {
    throw scheduleInvalid('The start lies before 1900 or after 2199.');
  }
  const except = new Set(schedule.exdates.map((text) => localMs(text, 'exception')));
  const starts = schedule.rrule === null ? () => [startMs] : ruleStarts(schedule, startMs);
  return {
    localStarts: (fromMs, toMs) =>
      starts(fromMs, toMs).filter((ms) => ms >= fromMs && ms <= toMs && !except.has(ms)),
    comes: () => schedule.rrule === null || starts(startMs, 'first').length > 0,
  };
}

/** Local starts between two instants, and perhaps some around; or the first one from an instant on. */
type Starts = (fromMs: number, toMs: number | 'first') => number[];

function ruleStarts({ rrule, timeZone }: GeofenceSchedule, startMs: number): Starts {
  const rule = readRecurrenceRule(rrule ?? '');
  const untilMs = rule.until === null ? Infinity : untilLocalMs(rule.until, timeZone);
  const start = new Date(startMs).toISOString().replace(/[-:]|\.\d+/g, '');
  const rruleString = `DTSTART:${start}\nRRULE:${rule.text}`;
  const expander = new RRuleTemporal({ rruleString, cache: false });
  // Without an end in time it is only these bounds that end a search.
  const searcher = new RRuleTemporal({
    rruleString,
    maxIterations: rule.text.includes('FREQ=YEARLY') ? MAX_YEARS : MAX_PERIODS,
    maxCandidateEvaluations: MAX_CANDIDATES,
    cache: false,
  });
  if (rule.count !== null) {
    const all = bounded(() => searcher.all().map((occurrence) => occurrence.epochMilliseconds));
    return () => all;
  }
  return (fromMs, toMs) => {
    if (toMs === 'first') {
      const first = bounded(() => searcher.next(new Date(fromMs), true));
      return first === null || first.epochMilliseconds > untilMs ? [] : [first.epochMilliseconds];
    }
    const lastMs = Math.min(toMs, untilMs);
    if (lastMs < Math.max(fromMs, startMs)) return [];
    return expander
      .between(new Date(fromMs), new Date(lastMs), true)
      .map((occurrence) => occurrence.epochMilliseconds);
  };
}

/** The library gives up, and says so, on rules that come never or once in centuries. */
function bounded<Result>(expand: () => Result): Result {
  try {
    return expand();
  } catch (error) {
    throw scheduleInvalid(`The rule comes too rarely or never: ${(error as Error).message}.`);
  }
}

const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?$/;

function localMs(text: string, what: string): number {
  const ms = LOCAL.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  // Date.parse takes the 30th of February for a day of March.
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(text)) {
    throw scheduleInvalid(`The ${what} ${JSON.stringify(text.slice(0, 40))} is no local date and time.`);
  }
  return ms;
}

/** UNTIL is an instant, or local; as a date it has the whole day in it. */
function untilLocalMs(until: string, timeZone: string): number {
  const [, year, month, day, time] = /^(\d{4})(\d{2})(\d{2})(?:T(\d{6}))?/.exec(until) as RegExpExecArray;
  const clock = time === undefined ? '23:59:59' : time.replace(/(\d{2})(\d{2})(\d{2})/, '$1:$2:$3');
  const ms = localMs(`${year}-${month}-${day}T${clock}`, 'UNTIL');
  if (!until.endsWith('Z')) return ms;
  const local = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone);
  return local.toPlainDateTime().toZonedDateTime('UTC').epochMilliseconds;
}

function instantOf(localStartMs: number, timeZone: string): number {
  const clock = Temporal.Instant.fromEpochMilliseconds(localStartMs).toZonedDateTimeISO('UTC');
  return clock.toPlainDateTime().toZonedDateTime(timeZone).epochMilliseconds;
}
