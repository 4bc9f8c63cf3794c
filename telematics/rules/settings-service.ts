import { isDeepStrictEqual } from 'node:util';
import type { Connection } from '@wayleave/runtime/postgres.ts';
import { z } from 'zod';
import { lockForOperator } from '../operator-lock.ts';
import { isTimeZone } from '../time-zone.ts';
import { isEventName } from './event-names.ts';
import { defaultRuleSettings, type RuleSettings, ruleSettings } from './settings.ts';
import { eventNameUnknown, timeZoneUnknown } from './settings-errors.ts';
import * as store from './settings-store.ts';

/** A version of an operator's settings as the HTTP API shows it. */
export const ruleSettingsVersionView = z
  .object({
    version: z.number().int(),
    validFrom: z.iso.datetime().describe('Fix time from which on it holds'),
    validTo: z.iso.datetime().nullable().describe('Fix time before which it ends; null while it holds'),
    savedAt: z.iso.datetime(),
    savedBy: z.string().nullable().describe('Id of the user'),
    settings: ruleSettings,
  })
  .meta({ id: 'RuleSettingsVersion' });
export type RuleSettingsVersionView = z.infer<typeof ruleSettingsVersionView>;

/** What holds for the transaction's operator, or is about to: its own settings, or the defaults. */
export async function getRuleSettings(connection: Connection): Promise<RuleSettings> {
  const row = await store.findSettings(connection);
  return row ? ruleSettings.parse(row.settings) : defaultRuleSettings;
}

/** Versions that the operator saved, newest first, from before `beforeVersion`; before the first the defaults held. */
export async function listRuleSettings(
  connection: Connection,
  beforeVersion: string,
  limit: number,
): Promise<RuleSettingsVersionView[]> {
  const rows = await store.listSettings(connection, beforeVersion, limit);
  return rows.map((row) => ({
    version: row.version,
    validFrom: row.valid_from.toISOString(),
    validTo: row.valid_to?.toISOString() ?? null,
    savedAt: row.created_at.toISOString(),
    savedBy: row.created_by,
    settings: ruleSettings.parse(row.settings),
  }));
}

/**
 * Saves a further version. Saving what holds already changes nothing.
 * @throws `time_zone_unknown`, `event_name_unknown`
 */
export async function setRuleSettings(
  connection: Connection,
  settings: RuleSettings,
  userId: string,
): Promise<RuleSettings> {
  checkRuleSettings(settings);
  await lockForOperator(connection, 'rule settings');
  if (isDeepStrictEqual(await getRuleSettings(connection), settings)) return settings;
  await store.addSettings(connection, settings, userId);
  return settings;
}

/** What no schema can say of settings. @throws `time_zone_unknown`, `event_name_unknown` */
export function checkRuleSettings({ timeZone, events }: RuleSettings): void {
  if (!isTimeZone(timeZone)) throw timeZoneUnknown(timeZone);
  const unknown = Object.keys(events).find((name) => !isEventName(name));
  if (unknown !== undefined) throw eventNameUnknown(unknown);
}
