import type { RuleSettings } from '../api/rule-types.ts';
import { DEFAULT_SETTINGS } from './defaults.ts';

/** The parts of the settings that are made of fields; severities and routes have a table of their own. */
export type SectionName = Exclude<keyof RuleSettings, 'timeZone' | 'events'>;

export interface RuleField {
  name: string;
  label: string;
  unit: string;
  note: string;
  /** Bounds of the API, in the unit that it stores. */
  min: number;
  max: number;
  whole: boolean;
  /** How much of what is stored is one of the shown unit: 60 where seconds are shown as minutes. */
  per: number;
}

export interface RuleSection {
  name: SectionName;
  title: string;
  lead: string;
  /** It can be switched off as a whole. */
  hasSwitch: boolean;
  /** Further switches, by the names of their settings. */
  switches: readonly { name: string; label: string; note: string }[];
  fields: readonly RuleField[];
}

type Made = Omit<RuleField, 'name' | 'label' | 'note'>;
const field = (name: string, label: string, made: Made, note: string): RuleField => ({
  name,
  label,
  note,
  ...made,
});
const seconds = (min: number, max: number): Made => ({ unit: 's', min, max, whole: true, per: 1 });
const minutes = (min: number, max: number): Made => ({ unit: 'min', min, max, whole: true, per: 60 });
const hours = (min: number, max: number): Made => ({ unit: 'h', min, max, whole: true, per: 3_600 });
const metres = (min: number, max: number): Made => ({ unit: 'm', min, max, whole: false, per: 1 });
const kilometres = (min: number, max: number): Made => ({ unit: 'km', min, max, whole: false, per: 1_000 });
const number = (unit: string, min: number, max: number): Made => ({ unit, min, max, whole: false, per: 1 });
const count = (unit: string, min: number, max: number): Made => ({ unit, min, max, whole: true, per: 1 });
const hourOfDay: Made = { unit: 'h', min: 0, max: 23, whole: true, per: 1 };
const DAYS_31_S = 31 * 86_400;

const section = (
  name: SectionName,
  title: string,
  lead: string,
  fields: readonly RuleField[],
  switches: RuleSection['switches'] = [],
): RuleSection => ({
  name,
  title,
  lead,
  fields,
  switches,
  hasSwitch: 'enabled' in DEFAULT_SETTINGS[name],
});

export const RULE_SECTIONS: readonly RuleSection[] = [
  section(
    'geofence',
    'Geofences',
    'Entering, leaving, staying and passing through. One stray fix changes nothing.',
    [
      field('confirmFixes', 'Certain after', count('fixes', 1, 20), 'So many fixes that agree, or …'),
      field('confirmS', '… or agreeing for', seconds(0, 3_600), 'For so long, whichever comes first.'),
      field(
        'maxAccuracyM',
        'Doubt near the boundary',
        metres(0, 1_000),
        'A fix that is nearer to the boundary than its own accuracy, up to this, changes nothing.',
      ),
      field(
        'crossingMaxGapS',
        'Passing through within',
        seconds(1, 3_600),
        'Between two fixes, for the way between them to count.',
      ),
    ],
    [
      {
        name: 'crossing',
        label: 'Passing through counts',
        note: 'Where the way between two fixes cuts a geofence that holds neither.',
      },
    ],
  ),
  section(
    'overspeed',
    'Speeding',
    'Against the lowest limit that holds: of the vehicle, its kind, its lease or a geofence.',
    [
      field('toleranceKmh', 'Tolerance', number('km/h', 0, 50), 'Above the limit before it is speeding.'),
      field('minDurationS', 'At least for', seconds(0, 600), 'Shorter is no event.'),
      field(
        'recoveryMarginKmh',
        'Over when below by',
        number('km/h', 0, 50),
        'Below the limit, for it to end.',
      ),
      field(
        'maxGapS',
        'Gap that ends it',
        seconds(1, 3_600),
        'Nothing is known of the time between two fixes.',
      ),
    ],
  ),
  section('trips', 'Trips and stops', 'What days, distances and mileage are made of.', [
    field('minTripM', 'Trip from', metres(20, 5_000), 'Away from where it stood.'),
    field('minStopS', 'Stop from', minutes(30, 3_600), 'Within the radius below.'),
    field('stopRadiusM', 'Radius of a stop', metres(10, 1_000), ''),
    field('minSpeedKmh', 'Standing below', number('km/h', 0, 30), 'Slower is the noise of the receiver.'),
    field('maxGapS', 'Gap that ends a trip', minutes(60, 86_400), ''),
  ]),
  section(
    'harshDriving',
    'Harsh driving',
    'Derived from speeds and headings where the tracker does not report it.',
    [
      field('accelerationMps2', 'Acceleration from', number('m/s²', 0.5, 15), ''),
      field('brakingMps2', 'Braking from', number('m/s²', 0.5, 15), ''),
      field('corneringMps2', 'Cornering from', number('m/s²', 0.5, 15), ''),
      field('maxIntervalS', 'Fixes at most apart', seconds(1, 10), 'Further apart they say nothing of it.'),
    ],
  ),
  section('idling', 'Idling', 'Standing with the ignition on.', [
    field('minDurationS', 'From', minutes(30, 7_200), ''),
  ]),
  section('tow', 'Tow', 'Moving although the ignition is off.', [
    field('minDistanceM', 'From', metres(50, 5_000), 'Away from where the ignition went off.'),
    field('confirmFixes', 'Certain after', count('fixes', 1, 20), 'So many fixes that agree.'),
  ]),
  section('nightRelocation', 'Relocation at night', 'Away from where the vehicle usually spends the night.', [
    field('radiusM', 'Away by', metres(100, 20_000), 'From the home that was learned.'),
    field('minNights', 'Home learned from', count('nights', 2, 14), 'Nights of the last 14.'),
  ]),
  section(
    'odometerMismatch',
    'Odometer against distance',
    'An odometer that runs otherwise than the fixes was tampered with, or its cable was cut.',
    [
      field('minDistanceM', 'Compared over', kilometres(1_000, 1_000_000), ''),
      field('tolerancePercent', 'Tolerance', number('%', 5, 200), ''),
    ],
  ),
  section('alarms', 'Alarms of trackers', 'What a tracker reports by itself: power cut, jamming, SOS.', [
    field('repeatWithinS', 'Same alarm again within', minutes(0, 86_400), 'It is then the same event.'),
  ]),
  section('silence', 'Silence', 'A tracker that is not heard any more.', [
    field('afterS', 'Under way, after', hours(300, DAYS_31_S), ''),
    field(
      'sleepHeartbeatS',
      'Parked, after',
      hours(300, DAYS_31_S),
      'Parked trackers sleep and report now and then.',
    ),
  ]),
  section('night', 'Night', 'For driving and relocation at night.', [
    field('fromHour', 'From', hourOfDay, 'Local hour.'),
    field('toHour', 'To', hourOfDay, 'The first hour that is day again.'),
  ]),
];

/** What the fields hold, by `section.name`. */
export interface RuleTexts {
  timeZone: string;
  texts: Readonly<Record<string, string>>;
  switches: Readonly<Record<string, boolean>>;
}

type Values = Record<string, number | boolean>;
const valuesOf = (settings: RuleSettings, name: SectionName) => settings[name] as unknown as Values;

const shown = (value: number, per: number) => String(Number((value / per).toFixed(3)));

export function textsOf(settings: RuleSettings): RuleTexts {
  const texts: Record<string, string> = {};
  const switches: Record<string, boolean> = {};
  for (const { name, fields } of RULE_SECTIONS) {
    const values = valuesOf(settings, name);
    for (const { name: of, per } of fields) texts[`${name}.${of}`] = shown(Number(values[of]), per);
    for (const [of, value] of Object.entries(values)) {
      if (typeof value === 'boolean') switches[`${name}.${of}`] = value;
    }
  }
  return { timeZone: settings.timeZone, texts, switches };
}

/** What is wrong with a text in a field, in words; null when the API takes it. */
export function problemOf({ min, max, whole, per, unit }: RuleField, text: string): string | null {
  const value = Number(text) * per;
  if (text.trim() === '' || !Number.isFinite(value)) return 'Enter a number.';
  if (whole && per === 1 && !Number.isInteger(value)) return 'Enter a whole number.';
  if (value < min || value > max) return `Between ${shown(min, per)} and ${shown(max, per)} ${unit}`.trim();
  return null;
}

/** The settings that the fields hold, upon those that were saved; null while a field is wrong. */
export function settingsOf(
  { timeZone, texts, switches }: RuleTexts,
  saved: RuleSettings,
): RuleSettings | null {
  const settings = structuredClone(saved);
  settings.timeZone = timeZone.trim();
  for (const { name, fields } of RULE_SECTIONS) {
    const values = valuesOf(settings, name);
    for (const each of fields) {
      const text = texts[`${name}.${each.name}`] ?? '';
      if (problemOf(each, text) !== null) return null;
      const value = Number(text) * each.per;
      values[each.name] = each.whole ? Math.round(value) : value;
    }
    for (const key of Object.keys(values)) {
      const on = switches[`${name}.${key}`];
      if (on !== undefined) values[key] = on;
    }
  }
  return settings;
}

/** What a field has by default, as it would be shown. */
export function defaultOf(section: SectionName, { name, per, unit }: RuleField): string {
  return `${shown(Number(valuesOf(DEFAULT_SETTINGS, section)[name]), per)} ${unit}`.trim();
}
