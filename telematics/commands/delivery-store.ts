import type { Pool } from '@wayleave/runtime/postgres.ts';
import type { CommandFormat } from './enquiries.ts';
import { ANSWER_WAIT_S, MAX_ATTEMPTS, sqlStatesFor, transitions } from './transitions.ts';

/* What brokers do, on pools under the role `wayleave_broker`, which sees all operators. */

/** PostgreSQL channel on which it is told, with the device's id, that a command may go to it. */
export const COMMAND_CHANNEL = 'device_commands';

/** A command that this broker, and no other, writes to the tracker's connection now. */
export interface ClaimedCommand {
  id: string;
  deviceId: number;
  format: CommandFormat;
  command: string;
  /** Tells this claim from earlier and later ones of the same command. */
  claims: number;
}

/** What became of the question for a device's next command. */
export interface Claims {
  claimed: ClaimedCommand[];
  /** Devices for which more waits, behind a command that is under way. */
  busy: number[];
}

type ClaimRow = { asked_id: string } & (
  | { id: string; format: CommandFormat; command: string; claims: number }
  | { id: null }
);

/*
 * The oldest open command of each device in a format that it hears. A row that another broker claims
 * at this moment fails the comparison of claims once that one commits: a device that is connected
 * twice gets a command once. What was sent and never given back, as its broker died, counts as
 * waiting again after a time, or is closed, if it was sent as often as is allowed. Answers of
 * Teltonika trackers do not say to what, so what was sent before and not answered is closed: none of
 * it may take the answer of the one that goes now.
 */
const CLAIM = `
  WITH head AS (
    SELECT DISTINCT ON (c.device_id) c.id, c.device_id, c.format, c.claims,
           EXISTS (SELECT FROM device_commands u
                   WHERE u.device_id = c.device_id AND u.state IN ('sent', 'delivered')
                     AND u.sent_at > now() - make_interval(secs => ${ANSWER_WAIT_S})) AS is_busy
    FROM unnest($1::bigint[], $2::text[]) AS asked (device_id, format) JOIN device_commands c USING (device_id, format)
    WHERE c.state IN (${sqlStatesFor('claim')}) AND c.expires_at > now() AND c.attempts < ${MAX_ATTEMPTS}
    ORDER BY c.device_id, c.id
  ), claimed AS (
    UPDATE device_commands c SET state = '${transitions.claim.to}', sent_at = now(), delivered_at = NULL,
           attempts = c.attempts + 1, claims = c.claims + 1
    FROM head
    WHERE c.id = head.id AND c.claims = head.claims AND c.state IN (${sqlStatesFor('claim')}) AND NOT head.is_busy
    RETURNING c.id, c.device_id, c.format, c.command, c.claims
  ), overtaken AS (
    UPDATE device_commands c SET state = '${transitions.overtake.to}'
    FROM claimed
    WHERE c.device_id = claimed.device_id AND c.format = claimed.format AND c.format <> 'native'
      AND c.id < claimed.id AND c.attempts > 0 AND c.state IN (${sqlStatesFor('overtake')})
  ), given_up AS (
    UPDATE device_commands c SET state = '${transitions.give_up.to}'
    FROM unnest($1::bigint[], $2::text[]) AS asked (device_id, format)
    WHERE c.device_id = asked.device_id AND c.format = asked.format AND c.attempts >= ${MAX_ATTEMPTS}
      AND c.state IN (${sqlStatesFor('give_up')}) AND c.sent_at <= now() - make_interval(secs => ${ANSWER_WAIT_S})
  )
  SELECT head.device_id AS asked_id, claimed.id, claimed.format, claimed.command, claimed.claims
  FROM head LEFT JOIN claimed USING (id)`;

/** Takes the next command of each device, in the formats that it hears, unless one is under way. */
export async function claimCommands(
  pool: Pool,
  asked: readonly { deviceId: number; format: CommandFormat }[],
): Promise<Claims> {
  const { rows } = await pool.query<ClaimRow>({
    name: 'claim-commands',
    text: CLAIM,
    values: [asked.map(({ deviceId }) => deviceId), asked.map(({ format }) => format)],
  });
  const claims: Claims = { claimed: [], busy: [] };
  for (const row of rows) {
    const deviceId = Number(row.asked_id);
    if (row.id === null) claims.busy.push(deviceId);
    else {
      const { id, format, command, claims: ofIt } = row;
      claims.claimed.push({ id, deviceId, format, command, claims: ofIt });
    }
  }
  return claims;
}

/** Whoever changes several rows locks them in the order of their ids, so that none waits in a circle. */
const LOCK_CLAIMED = `
  SELECT c.id FROM device_commands c
  JOIN unnest($1::bigint[], $2::integer[]) AS mark (id, claims) USING (id, claims)
  ORDER BY c.id FOR NO KEY UPDATE OF c`;

const MARK_DELIVERED = `
  WITH locked AS (${LOCK_CLAIMED})
  UPDATE device_commands c
  SET delivered_at = now(),
      -- Its answer may have been stored already.
      state = CASE WHEN c.state IN (${sqlStatesFor('deliver')}) THEN '${transitions.deliver.to}' ELSE c.state END
  FROM locked WHERE c.id = locked.id`;

/** Notes that the trackers acknowledged these. */
export async function markDelivered(pool: Pool, commands: readonly ClaimedCommand[]): Promise<void> {
  await pool.query({ name: 'mark-delivered', text: MARK_DELIVERED, values: claimsOf(commands) });
}

const GIVE_BACK = `
  WITH locked AS (${LOCK_CLAIMED})
  UPDATE device_commands c
  SET state = CASE WHEN c.attempts < ${MAX_ATTEMPTS} THEN '${transitions.give_back.to}' ELSE '${transitions.give_up.to}' END
  FROM locked WHERE c.id = locked.id AND c.state IN (${sqlStatesFor('give_back')})`;

/**
 * Lets these be claimed again: their trackers did not acknowledge them, and may get them twice. What
 * was written so often as is allowed is closed instead.
 */
export async function giveBack(pool: Pool, commands: readonly ClaimedCommand[]): Promise<void> {
  await pool.query({ name: 'give-commands-back', text: GIVE_BACK, values: claimsOf(commands) });
}

/* Nor must it look as if it had been sent, or an answer to an earlier command could be taken for its own. */
const UNCLAIM = `
  WITH locked AS (${LOCK_CLAIMED})
  UPDATE device_commands c
  SET state = '${transitions.give_back.to}', attempts = c.attempts - 1,
      sent_at = CASE WHEN c.attempts > 1 THEN c.sent_at END
  FROM locked WHERE c.id = locked.id AND c.state IN (${sqlStatesFor('give_back')})`;

/** Lets these be claimed again, of which nothing was written to a tracker: it counts for nothing. */
export async function unclaim(pool: Pool, commands: readonly ClaimedCommand[]): Promise<void> {
  await pool.query({ name: 'unclaim-commands', text: UNCLAIM, values: claimsOf(commands) });
}

const claimsOf = (commands: readonly ClaimedCommand[]): [string[], number[]] => [
  commands.map(({ id }) => id),
  commands.map(({ claims }) => claims),
];
