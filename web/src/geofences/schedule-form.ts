import type { GeofenceSchedule } from '../api/geofence-types.ts';

/** RFC 5545's names of the days, from Monday on. */
export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export type Weekday = (typeof WEEKDAYS)[number];
export const WEEKDAY_NAMES: Record<Weekday, string> = {
  MO: 'Mon',
  TU: 'Tue',
  WE: 'Wed',
  TH: 'Thu',
  FR: 'Fri',
  SA: 'Sat',
  SU: 'Sun',
};

const DAY_S = 86_400;
const MAX_DURATION_H = 31 * 24;

/** When a geofence is active, as the form holds it. */
export interface ScheduleFields {
  mode: 'always' | 'weekly' | 'rule';
  /** Weekly: from–to of each of the days; an end at or before the beginning is on the next day. */
  days: readonly Weekday[];
  from: string;
  to: string;
  /** Rule: DTSTART, hours and RRULE as they are. */
  start: string;
  hours: string;
  rrule: string;
  exdates: readonly string[];
  timeZone: string;
}

export const scheduleDefaults = (timeZone: string): ScheduleFields => ({
  mode: 'always',
  days: WEEKDAYS,
  from: '22:00',
  to: '05:00',
  start: '',
  hours: '8',
  rrule: 'FREQ=DAILY',
  exdates: [],
  timeZone,
});

/** The form of a schedule that is stored; what a week of equal days cannot say is shown as its rule. */
export function scheduleFieldsOf(schedule: GeofenceSchedule | null, timeZone: string): ScheduleFields {
  const usual = scheduleDefaults(timeZone);
  if (!schedule) return usual;
  const { start, durationS, rrule, exdates } = schedule;
  const asRule: ScheduleFields = {
    ...usual,
    mode: 'rule',
    start: start.slice(0, 16),
    hours: String(Number((durationS / 3600).toFixed(4))),
    rrule: rrule ?? '',
    exdates,
    timeZone: schedule.timeZone,
  };
  const days = weekOf(rrule);
  if (!days || exdates.length > 0 || durationS > DAY_S || durationS % 60 !== 0) return asRule;
  const from = start.slice(11, 16);
  return { ...asRule, mode: 'weekly', days, from, to: clockAfter(from, durationS) };
}

function weekOf(rrule: string | null): Weekday[] | null {
  if (rrule === 'FREQ=DAILY') return [...WEEKDAYS];
  const named = /^FREQ=WEEKLY;BYDAY=([A-Z,]+)$/.exec(rrule ?? '')?.[1]?.split(',');
  if (!named || named.some((day) => !(WEEKDAYS as readonly string[]).includes(day))) return null;
  return WEEKDAYS.filter((day) => named.includes(day));
}

function clockAfter(clock: string, durationS: number): string {
  const minutes = (minutesOf(clock) + durationS / 60) % (24 * 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

const minutesOf = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
const isClock = (text: string) => /^([01]\d|2[0-3]):[0-5]\d$/.test(text);

/**
 * The schedule that the form holds, the first occurrence on the last fitting day before `today`
 * (`2026-11-20`), so that a night that began yesterday counts at once; or what is wrong with the form, in words.
 */
export function scheduleOf(
  fields: ScheduleFields,
  today: string,
): { schedule: GeofenceSchedule | null } | { problem: string } {
  const { mode, timeZone } = fields;
  if (mode === 'always') return { schedule: null };
  if (mode === 'weekly') {
    const { days, from, to } = fields;
    if (days.length === 0) return { problem: 'Choose at least one day.' };
    if (!isClock(from) || !isClock(to)) return { problem: 'Enter both times.' };
    const passedMin = (minutesOf(to) - minutesOf(from) + 24 * 60) % (24 * 60);
    return {
      schedule: {
        start: `${lastBefore(days, today)}T${from}:00`,
        durationS: passedMin === 0 ? DAY_S : passedMin * 60,
        rrule: days.length === 7 ? 'FREQ=DAILY' : `FREQ=WEEKLY;BYDAY=${days.join(',')}`,
        exdates: [],
        timeZone,
      },
    };
  }
  const hours = Number(fields.hours);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(fields.start)) return { problem: 'Enter when it begins.' };
  if (fields.hours.trim() === '' || !(hours > 0 && hours <= MAX_DURATION_H)) {
    return { problem: `Enter how many hours it lasts, up to ${MAX_DURATION_H}.` };
  }
  return {
    schedule: {
      start: `${fields.start.slice(0, 16)}:00`,
      durationS: Math.round(hours * 3600),
      rrule: fields.rrule.trim().replace(/^RRULE:/i, '') || null,
      exdates: [...fields.exdates],
      timeZone,
    },
  };
}

/** The last of the weekdays before a date. */
function lastBefore(days: readonly Weekday[], today: string): string {
  const date = new Date(`${today}T12:00:00Z`);
  for (let back = 0; back < 7; back++) {
    date.setUTCDate(date.getUTCDate() - 1);
    const day = WEEKDAYS[(date.getUTCDay() + 6) % 7];
    if (day && days.includes(day)) break;
  }
  return date.toISOString().slice(0, 10);
}

/** `Always`, `Mon–Fri 22:00–05:00`, `By FREQ=MONTHLY`. */
export function scheduleWords(schedule: GeofenceSchedule | null): string {
  if (!schedule) return 'Always';
  const { mode, days, from, to } = scheduleFieldsOf(schedule, schedule.timeZone);
  if (mode !== 'weekly') return schedule.rrule ? `By ${schedule.rrule}` : 'Once';
  return `${daysWords(days)} ${from}–${to}`;
}

function daysWords(days: readonly Weekday[]): string {
  if (days.length === 7) return 'Daily';
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return '';
  const isRun = WEEKDAYS.indexOf(last) - WEEKDAYS.indexOf(first) === days.length - 1;
  return isRun && days.length > 2
    ? `${WEEKDAY_NAMES[first]}–${WEEKDAY_NAMES[last]}`
    : days.map((day) => WEEKDAY_NAMES[day]).join(', ');
}
