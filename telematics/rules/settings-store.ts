import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { RuleSettings } from './settings.ts';

/*
 * What an operator has set, on connections under the role `wayleave_app`. A version never changes but
 * ends, and the next begins at the same instant, so that late fixes are judged by what held then.
 */

export interface RuleSettingsRow {
  version: number;
  /** As saved: fields that came later are absent. */
  settings: unknown;
  valid_from: Date;
  /** Null while it holds. */
  valid_to: Date | null;
  created_by: string | null;
  created_at: Date;
}

const COLUMNS = `version, settings, valid_from, nullif(valid_to, 'infinity') AS valid_to, created_by, created_at`;

/** The version that holds or is about to. */
export async function findSettings(connection: Connection): Promise<RuleSettingsRow | undefined> {
  const { rows } = await connection.query<RuleSettingsRow>(
    `SELECT ${COLUMNS} FROM rule_settings WHERE valid_to = 'infinity'`,
  );
  return rows[0];
}

/** Newest first, from before `beforeVersion`. */
export async function listSettings(
  connection: Connection,
  beforeVersion: string,
  limit: number,
): Promise<RuleSettingsRow[]> {
  const { rows } = await connection.query<RuleSettingsRow>(
    `SELECT ${COLUMNS} FROM rule_settings WHERE version < $1::bigint ORDER BY version DESC LIMIT $2`,
    [beforeVersion, limit],
  );
  return rows;
}

/** Ends the version that holds, if there is one, and begins the next at the same instant. */
export async function addSettings(
  connection: Connection,
  settings: RuleSettings,
  createdBy: string,
): Promise<void> {
  await connection.query(
    `WITH ended AS (
       UPDATE rule_settings SET valid_to = greatest(rules_valid_from(), valid_from)
       WHERE valid_to = 'infinity' RETURNING version, valid_to
     )
     INSERT INTO rule_settings (operator_id, version, valid_from, settings, created_by)
     SELECT current_operator(), coalesce((SELECT version FROM ended), 0) + 1,
            coalesce((SELECT valid_to FROM ended), rules_valid_from()), $1, $2`,
    [JSON.stringify(settings), createdBy],
  );
}
