import type { Connection, Pool } from '@wayleave/runtime/postgres.ts';
import * as book from '../rules/book/book-store.ts';
import { spanOf } from '../rules/book/spans.ts';
import { ruleSettings } from '../rules/settings.ts';
import type { SettingsVersion } from './local-day.ts';

/** The settings of an operator's rules that held at some time after `sinceMs`. */
export async function settingsVersions(
  db: Connection | Pool,
  operatorId: string,
  sinceMs: number,
): Promise<SettingsVersion[]> {
  const rows = await book.settings(db, Number(operatorId), sinceMs);
  return rows.map((row) => ({
    ...spanOf(row.valid_from, row.valid_to),
    settings: ruleSettings.parse(row.settings),
  }));
}
