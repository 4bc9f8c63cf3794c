const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** UTC days of which a zone's offset is remembered; a replay walks through one after the other. */
const MAX_REMEMBERED_DAYS = 800;
/** Zones that are remembered: each operator has one, and there are some 600. */
const MAX_ZONES = 700;

/** A span in which a zone's offset stays the same. */
interface Offset {
  fromMs: number;
  untilMs: number;
  offsetMs: number;
}

/** The local time of a zone, without asking `Intl` for every instant: that takes microseconds. */
export interface LocalTime {
  /** What is added to an instant to read local time off it as if it were UTC, milliseconds. */
  offsetMs(epochMs: number): number;
  /** The local hour, 0 to 23. */
  hour(epochMs: number): number;
  /** The local day, counted from 1970-01-01. */
  dayNumber(epochMs: number): number;
  /** The first instant of a local day. */
  dayStartMs(dayNumber: number): number;
}

const zones = new Map<string, LocalTime>();

/** @param timeZone a name that `Intl` knows: settings are checked when they are saved */
export function localTimeOf(timeZone: string): LocalTime {
  let zone = zones.get(timeZone);
  if (!zone) {
    if (zones.size >= MAX_ZONES) zones.clear();
    zone = createLocalTime(timeZone);
    zones.set(timeZone, zone);
  }
  return zone;
}

function createLocalTime(timeZone: string): LocalTime {
  const exact = exactOffset(timeZone);
  const days = new Map<number, readonly Offset[]>();
  let recent: Offset = { fromMs: 0, untilMs: 0, offsetMs: 0 };

  const find = (epochMs: number): Offset => {
    const day = Math.floor(epochMs / DAY_MS);
    let offsets = days.get(day);
    if (!offsets) {
      if (days.size >= MAX_REMEMBERED_DAYS) days.clear();
      offsets = offsetsOfDay(day * DAY_MS, exact);
      days.set(day, offsets);
    }
    return offsets.find(({ untilMs }) => epochMs < untilMs)!;
  };
  const offsetMs = (epochMs: number): number => {
    if (epochMs < recent.fromMs || epochMs >= recent.untilMs) recent = find(epochMs);
    return recent.offsetMs;
  };
  return {
    offsetMs,
    hour: (epochMs) => Math.floor(modulo(epochMs + offsetMs(epochMs), DAY_MS) / HOUR_MS),
    dayNumber: (epochMs) => Math.floor((epochMs + offsetMs(epochMs)) / DAY_MS),
    dayStartMs: (dayNumber) => {
      const local = dayNumber * DAY_MS;
      // A day that begins within a change of the clock begins with the first instant that is of it.
      const candidates = [local - offsetMs(local - DAY_MS), local - offsetMs(local + DAY_MS)];
      const first = candidates
        .sort((a, b) => a - b)
        .find((instant) => Math.floor((instant + offsetMs(instant)) / DAY_MS) === dayNumber);
      return first ?? candidates[1]!;
    },
  };
}

/** The spans of one offset within a UTC day; a change of the clock is found to the second. */
function offsetsOfDay(startMs: number, exact: (epochMs: number) => number): Offset[] {
  const endMs = startMs + DAY_MS;
  const offsets: Offset[] = [];
  for (let fromMs = startMs; fromMs < endMs; ) {
    const offsetMs = exact(fromMs);
    let untilMs = fromMs;
    while (untilMs < endMs && exact(untilMs) === offsetMs) untilMs = Math.min(endMs, untilMs + HOUR_MS);
    if (exact(untilMs) !== offsetMs) untilMs = firstInstant(untilMs - HOUR_MS, untilMs, offsetMs, exact);
    offsets.push({ fromMs, untilMs, offsetMs });
    fromMs = untilMs;
  }
  return offsets;
}

/** The first second within (fromMs, untilMs] at which the offset is not `before` any more. */
function firstInstant(
  fromMs: number,
  untilMs: number,
  before: number,
  exact: (epochMs: number) => number,
): number {
  let [low, high] = [fromMs, untilMs];
  while (high - low > SECOND_MS) {
    const middle = low + Math.floor((high - low) / 2 / SECOND_MS) * SECOND_MS;
    if (exact(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

function exactOffset(timeZone: string): (epochMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (epochMs) => {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(epochMs)) part[type] = Number(value);
    const local = Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second);
    return local - Math.floor(epochMs / SECOND_MS) * SECOND_MS;
  };
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

/** An operator's night, local hours (settings.ts). */
export interface Night {
  fromHour: number;
  /** The first that is day again. */
  toHour: number;
}

/** How much of [fromMs, toMs) is night, milliseconds. */
export function nightMsWithin(fromMs: number, toMs: number, night: Night, zone: LocalTime): number {
  let nightMs = 0;
  for (let at = fromMs; at < toMs; ) {
    const local = at + zone.offsetMs(at);
    const nextHour = at + HOUR_MS - modulo(local, HOUR_MS);
    const until = Math.min(toMs, nextHour);
    if (isNightHour(Math.floor(modulo(local, DAY_MS) / HOUR_MS), night)) nightMs += until - at;
    at = until;
  }
  return nightMs;
}

export function isNightHour(hour: number, { fromHour, toHour }: Night): boolean {
  return fromHour <= toHour ? hour >= fromHour && hour < toHour : hour >= fromHour || hour < toHour;
}
