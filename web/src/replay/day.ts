/** A day as a date field writes it, `2026-11-20`, in the time zone of whoever looks. */
export type Day = string;

const two = (value: number) => String(value).padStart(2, '0');

export function dayOf(ms: number): Day {
  const date = new Date(ms);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Whether a text from a link or a field names a day that there is. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && dayOf(startOf(text)) === text;
}

/** The day `by` days later; a date and not 24 hours, which the change of summer time would miss. */
export function shifted(day: Day, by: number): Day {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return dayOf(new Date(year, month - 1, date + by).getTime());
}

/** Midnight to midnight, epoch milliseconds: 23 or 25 hours where the clocks change. */
export function rangeOfDay(day: Day): { fromMs: number; toMs: number } {
  return { fromMs: startOf(day), toMs: startOf(shifted(day, 1)) };
}

function startOf(day: Day): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date).getTime();
}

/** `Today`, `Yesterday`, or the date in words. */
export function dayName(day: Day, todayIs: Day): string {
  if (day === todayIs) return 'Today';
  if (day === shifted(todayIs, -1)) return 'Yesterday';
  return named.format(startOf(day));
}

const named = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const minutes = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const instant = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** `14:03:22`. */
export const clockTime = (ms: number) => clock.format(ms);
/** `14:03`. */
export const clockMinute = (ms: number) => minutes.format(ms);
/** `20 Nov 2026, 14:03:22`. */
export const fullTime = (ms: number) => instant.format(ms);
