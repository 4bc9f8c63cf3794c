import type { Connection } from '@wayleave/runtime/postgres.ts';

/*
 * Devices whose stored positions are to be run through the rules again; on connections under the roles
 * `wayleave_ingest` and `wayleave_jobs`.
 */

/** PostgreSQL channel on which the id of a device is told whose replay is done. */
export const REPLAYS_CHANNEL = 'rule_replays';

/** What is stored of a device changed between two instants, in fix time. */
export interface ReplayRequest {
  deviceId: number;
  operatorId: number;
  fromMs: number;
  untilMs: number;
}

const REQUEST = `
  SELECT request_rule_replay(device, operator, since, until)
  FROM (SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::timestamptz[])
        AS asked (device, operator, since, until) ORDER BY device) AS asked`;

/** Asks for replays in the transaction of what changed; the queue hears of it by the outbox. */
export async function requestReplays(
  connection: Connection,
  requests: readonly ReplayRequest[],
): Promise<void> {
  if (requests.length === 0) return;
  await connection.query(REQUEST, [
    requests.map(({ deviceId }) => deviceId),
    requests.map(({ operatorId }) => operatorId),
    requests.map(({ fromMs }) => instant(fromMs)),
    requests.map(({ untilMs }) => instant(untilMs)),
  ]);
}

const WAITING = 'SELECT device_id FROM rule_replays WHERE device_id = ANY($1::bigint[])';

/** Which of the devices wait for a replay: until it is done nobody else runs their rules. */
export async function devicesInReplay(
  connection: Connection,
  deviceIds: readonly number[],
): Promise<Set<number>> {
  const { rows } = await connection.query<{ device_id: string }>({
    name: 'devices-in-replay',
    text: WAITING,
    values: [deviceIds],
  });
  return new Set(rows.map(({ device_id }) => Number(device_id)));
}

const CLAIM = `
  UPDATE rule_replays SET claimed_from = least(claimed_from, from_time), claimed_until = greatest(claimed_until, until_time),
    from_time = NULL, until_time = NULL, worked_at = now(), attempts = attempts + 1
  WHERE device_id = $1
  RETURNING operator_id, claimed_from, nullif(claimed_until, 'infinity') AS claimed_until`;

export interface ClaimedReplay {
  operatorId: number;
  fromMs: number;
  untilMs: number;
}

/** Takes what is asked for of a device; null if nothing is. Only one may do so at a time (`lockReplay`). */
export async function claimReplay(connection: Connection, deviceId: number): Promise<ClaimedReplay | null> {
  const { rows } = await connection.query<{
    operator_id: string;
    claimed_from: Date | number;
    claimed_until: Date | null;
  }>(CLAIM, [deviceId]);
  const row = rows[0];
  if (!row) return null;
  return {
    operatorId: Number(row.operator_id),
    // The driver gives minus infinity as a number.
    fromMs: typeof row.claimed_from === 'number' ? row.claimed_from : row.claimed_from.getTime(),
    untilMs: row.claimed_until?.getTime() ?? Number.POSITIVE_INFINITY,
  };
}

const ADVANCE = 'UPDATE rule_replays SET claimed_from = $2, worked_at = now() WHERE device_id = $1';

/** A part is done: what is left begins at `fromMs`. */
export async function advanceReplay(connection: Connection, deviceId: number, fromMs: number): Promise<void> {
  await connection.query(ADVANCE, [deviceId, instant(fromMs)]);
}

const FINISH = `
  WITH done AS (
    DELETE FROM rule_replays WHERE device_id = $1 AND from_time IS NULL RETURNING device_id)
  SELECT pg_notify('${REPLAYS_CHANNEL}', device_id::text) FROM done`;
const RELEASE =
  'UPDATE rule_replays SET claimed_from = NULL, claimed_until = NULL, attempts = 0 WHERE device_id = $1';

/** What was claimed is done. @returns whether nothing was asked for meanwhile, so that the device's rules are free again */
export async function finishReplay(connection: Connection, deviceId: number): Promise<boolean> {
  const { rowCount } = await connection.query(FINISH, [deviceId]);
  if (rowCount === 1) return true;
  await connection.query(RELEASE, [deviceId]);
  return false;
}

const LOCK = `SELECT pg_try_advisory_lock(hashtextextended('rule-replay', $1)) AS is_mine`;
const UNLOCK = `SELECT pg_advisory_unlock(hashtextextended('rule-replay', $1))`;

/** Makes this connection the only one to replay the device, until `unlockReplay` or its end; whether it could. */
export async function lockReplay(connection: Connection, deviceId: number): Promise<boolean> {
  const { rows } = await connection.query<{ is_mine: boolean }>(LOCK, [deviceId]);
  return rows[0]!.is_mine;
}

export async function unlockReplay(connection: Connection, deviceId: number): Promise<void> {
  await connection.query(UNLOCK, [deviceId]);
}

const STALE = `
  UPDATE rule_replays SET worked_at = now() WHERE device_id IN (
    SELECT device_id FROM rule_replays WHERE worked_at < now() - make_interval(secs => $1)
    ORDER BY worked_at LIMIT $2 FOR UPDATE SKIP LOCKED)
  RETURNING device_id, operator_id`;

/** Devices that nobody has worked on for so long that whoever was told of them must have been lost; told of again now. */
export async function staleReplays(
  connection: Connection,
  olderThanS: number,
  limit: number,
): Promise<{ deviceId: string; operatorId: string }[]> {
  const { rows } = await connection.query<{ device_id: string; operator_id: string }>(STALE, [
    olderThanS,
    limit,
  ]);
  return rows.map((row) => ({ deviceId: row.device_id, operatorId: row.operator_id }));
}

function instant(epochMs: number): string {
  if (Number.isFinite(epochMs)) return new Date(epochMs).toISOString();
  return epochMs > 0 ? 'infinity' : '-infinity';
}
