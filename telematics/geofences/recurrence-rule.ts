import { scheduleInvalid } from './shape-errors.ts';

/** Denser ones are no windows of a geofence; every quarter of an hour. */
export const MAX_OCCURRENCES_PER_DAY = 96;
/** Two years of every day and some; a longer end is an UNTIL. */
export const MAX_COUNT = 1_000;
/** Of steps of the frequency: a year of days. */
const MAX_INTERVAL = 366;

/** A rule of RFC 5545, 3.3.10, with its end in local time. */
export interface RecurrenceRule {
  /** Without UNTIL. */
  text: string;
  count: number | null;
  /** As it stands: a date, a local date and time, or one in UTC. */
  until: string | null;
}

const numbers = (min: number, max: number) => (value: string) =>
  value.split(',').every((text) => /^[+-]?\d{1,3}$/.test(text) && isWithin(Number(text), min, max));
/** Counted from the end when negative; none is the zeroth. */
const ordinals = (max: number) => (value: string) =>
  numbers(-max, max)(value) && value.split(',').every((text) => Number(text) !== 0);
const isWithin = (number: number, min: number, max: number) => number >= min && number <= max;
const upTo = (max: number) => (value: string) => /^\d{1,6}$/.test(value) && isWithin(Number(value), 1, max);

const WEEKDAY = '(?:MO|TU|WE|TH|FR|SA|SU)';
const WEEKDAYS = new RegExp(`^[+-]?\\d{0,2}${WEEKDAY}(?:,[+-]?\\d{0,2}${WEEKDAY})*$`);

/** What each part may hold. RSCALE and SKIP (RFC 7529) are for calendars that no operator has asked for. */
const PARTS: Record<string, (value: string) => boolean> = {
  FREQ: (value) => ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY'].includes(value),
  INTERVAL: upTo(MAX_INTERVAL),
  COUNT: upTo(MAX_COUNT),
  UNTIL: (value) => /^\d{8}(?:T\d{6}Z?)?$/.test(value),
  BYSECOND: numbers(0, 59),
  BYMINUTE: numbers(0, 59),
  BYHOUR: numbers(0, 23),
  BYDAY: (value) => WEEKDAYS.test(value),
  BYMONTHDAY: ordinals(31),
  BYYEARDAY: ordinals(366),
  BYWEEKNO: ordinals(53),
  BYMONTH: numbers(1, 12),
  BYSETPOS: ordinals(31),
  WKST: (value) => new RegExp(`^${WEEKDAY}$`).test(value),
};

/** Reads the text after `RRULE:`. Throws `schedule_invalid` for what is no rule, and for one too dense. */
export function readRecurrenceRule(text: string): RecurrenceRule {
  const parts = new Map<string, string>();
  for (const part of text.trim().toUpperCase().split(';')) {
    const [name = '', value = '', ...rest] = part.split('=');
    const isValid = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (isValid === undefined || rest.length > 0)
      throw scheduleInvalid(`The rule has an unknown part: ${quoted(part)}.`);
    if (parts.has(name)) throw scheduleInvalid(`The rule has ${name} twice.`);
    if (!isValid(value)) throw scheduleInvalid(`The rule has a wrong or too big value: ${quoted(part)}.`);
    parts.set(name, value);
  }
  const frequency = parts.get('FREQ');
  if (frequency === undefined) throw scheduleInvalid('The rule has no FREQ.');
  if (parts.has('COUNT') && parts.has('UNTIL')) throw scheduleInvalid('The rule has both COUNT and UNTIL.');
  refuseCombinations(parts, frequency);
  const perDay =
    choices(parts.get('BYHOUR'), frequency === 'HOURLY' ? 24 : 1) *
    choices(parts.get('BYMINUTE'), 1) *
    choices(parts.get('BYSECOND'), 1);
  if (perDay > MAX_OCCURRENCES_PER_DAY) {
    throw scheduleInvalid(`The rule comes ${perDay} times a day, at most ${MAX_OCCURRENCES_PER_DAY}.`);
  }
  const count = parts.get('COUNT');
  const until = parts.get('UNTIL') ?? null;
  parts.delete('UNTIL');
  return {
    text: [...parts].map(([name, value]) => `${name}=${value}`).join(';'),
    count: count === undefined ? null : Number(count),
    until,
  };
}

/** What RFC 5545 says must not stand together, and what with each other only costs time to find that it never comes. */
function refuseCombinations(parts: ReadonlyMap<string, string>, frequency: string): void {
  const days = ['BYMONTHDAY', 'BYYEARDAY', 'BYWEEKNO'].filter((name) => parts.has(name));
  if (days.length > 1) throw scheduleInvalid(`The rule has both ${days.slice(0, 2).join(' and ')}.`);
  const [day] = days;
  const fits = day === undefined || frequency === 'YEARLY' || (FITS[day]?.includes(frequency) ?? false);
  if (!fits) throw scheduleInvalid(`The rule has ${day} with FREQ=${frequency}.`);
  const isOrdinal = /\d/.test(parts.get('BYDAY') ?? '');
  if (isOrdinal && ((frequency !== 'YEARLY' && frequency !== 'MONTHLY') || parts.has('BYWEEKNO'))) {
    throw scheduleInvalid('The rule numbers weekdays within no month or year.');
  }
  if (parts.has('BYSETPOS') && ![...parts.keys()].some((name) => /^BY(?!SETPOS)/.test(name))) {
    throw scheduleInvalid('The rule has BYSETPOS and nothing to choose from.');
  }
}

const FITS: Record<string, string[]> = { BYMONTHDAY: ['MONTHLY', 'DAILY', 'HOURLY'], BYYEARDAY: ['HOURLY'] };

const choices = (list: string | undefined, otherwise: number) =>
  list === undefined ? otherwise : new Set(list.split(',').map(Number)).size;
const quoted = (text: string) => JSON.stringify(text.slice(0, 60));
