import { DAY_MS, type LocalTime, localTimeOf, type Night } from '../rules/local-time.ts';
import { defaultRuleSettings, type RuleSettings } from '../rules/settings.ts';

/** Settings of an operator's rules that hold from one instant up to another, epoch milliseconds. */
export interface SettingsVersion {
  fromMs: number;
  toMs: number;
  settings: RuleSettings;
}

/** A day as an operator counts it. */
export interface LocalDay {
  /** Counted from 1970-01-01. */
  number: number;
  /** `2026-11-20`. */
  name: string;
  timeZone: string;
  zone: LocalTime;
  night: Night;
  /** Its first instant, and the next day's; 23 to 25 hours apart. Epoch milliseconds. */
  fromMs: number;
  toMs: number;
}

/** After midnight this long is waited for what is still on its way. */
export const CLOSING_MS = 3_600_000;

/** A day by the settings that held at its noon in UTC: those that the day ends with would depend on themselves. */
export function localDay(number: number, versions: readonly SettingsVersion[]): LocalDay {
  const { timeZone, night } = settingsAt(number * DAY_MS + DAY_MS / 2, versions);
  const zone = localTimeOf(timeZone);
  return {
    number,
    name: dayName(number),
    timeZone,
    zone,
    night,
    fromMs: zone.dayStartMs(number),
    toMs: zone.dayStartMs(number + 1),
  };
}

/** The last day that is over for at least {@link CLOSING_MS}. */
export function lastClosedDay(nowMs: number, versions: readonly SettingsVersion[]): LocalDay {
  const today = dayAt(nowMs, versions);
  let day = localDay(today.number - 1, versions);
  while (day.toMs + CLOSING_MS > nowMs) day = localDay(day.number - 1, versions);
  return day;
}

/** The day that an instant is of. */
export function dayAt(epochMs: number, versions: readonly SettingsVersion[]): LocalDay {
  const { timeZone } = settingsAt(epochMs, versions);
  return localDay(localTimeOf(timeZone).dayNumber(epochMs), versions);
}

export function dayName(number: number): string {
  return new Date(number * DAY_MS).toISOString().slice(0, 10);
}

/** @param name `2026-11-20` */
export function dayNumberOf(name: string): number {
  return Math.floor(Date.parse(`${name}T00:00:00Z`) / DAY_MS);
}

function settingsAt(epochMs: number, versions: readonly SettingsVersion[]): RuleSettings {
  const held = versions.find(({ fromMs, toMs }) => epochMs >= fromMs && epochMs < toMs);
  return held?.settings ?? defaultRuleSettings;
}
