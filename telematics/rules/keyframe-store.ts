import type { Connection } from '@wayleave/runtime/postgres.ts';
import { decodeState, ENGINE_VERSION, type EngineState, encodeState } from './engine.ts';
import type { Json } from './json.ts';

/*
 * States of devices' rules as of one of their positions; on connections under the roles
 * `wayleave_ingest` and `wayleave_jobs`.
 */

export interface Keyframe {
  deviceId: number;
  fixTimeMs: number;
  state: EngineState;
}

/** A keyframe as it is found: without a state where rules begin anew. */
export interface FoundKeyframe {
  fixTimeMs: number;
  state: EngineState | null;
}

interface KeyframeRow {
  device_id: string;
  fix_time: Date;
  engine: number;
  state: Json;
}

const foundOf = ({ fix_time, engine, state }: KeyframeRow): FoundKeyframe => ({
  fixTimeMs: fix_time.getTime(),
  // Another version of the engine meant something else by it: what came before is not told again.
  state: engine === ENGINE_VERSION && state !== null ? decodeState(state) : null,
});

const LATEST = `
  SELECT asked.device_id, latest.fix_time, latest.engine, latest.state
  FROM unnest($1::bigint[]) AS asked (device_id)
  CROSS JOIN LATERAL (
    SELECT fix_time, engine, state FROM rule_keyframes
    WHERE device_id = asked.device_id ORDER BY fix_time DESC LIMIT 1) AS latest`;

/** The last keyframe of each device that has one. */
export async function latestKeyframes(
  connection: Connection,
  deviceIds: readonly number[],
): Promise<Map<number, FoundKeyframe>> {
  const { rows } = await connection.query<KeyframeRow>({
    name: 'latest-keyframes',
    text: LATEST,
    values: [deviceIds],
  });
  return new Map(rows.map((row) => [Number(row.device_id), foundOf(row)]));
}

const BEFORE = `
  (SELECT device_id, fix_time, engine, state FROM rule_keyframes
   WHERE device_id = $1 AND fix_time < $2 ORDER BY fix_time DESC LIMIT 1)
  UNION ALL
  (SELECT device_id, fix_time, engine, state FROM rule_keyframes
   WHERE device_id = $1 AND fix_time >= $2 AND engine <> $3 ORDER BY fix_time DESC LIMIT 1)
  ORDER BY fix_time DESC LIMIT 1`;

/**
 * Where a replay of what changed from an instant on begins: the last keyframe before it, or a later one
 * from before these rules: what was found by others, or not at all, stays as it is. Null for the
 * device's first position.
 */
export async function keyframeBefore(
  connection: Connection,
  deviceId: number,
  beforeMs: number,
): Promise<FoundKeyframe | null> {
  const { rows } = await connection.query<KeyframeRow>(BEFORE, [deviceId, instant(beforeMs), ENGINE_VERSION]);
  return rows[0] ? foundOf(rows[0]) : null;
}

const FROM = `
  SELECT device_id, fix_time, engine, state FROM rule_keyframes
  WHERE device_id = $1 AND fix_time >= $2 AND engine = $3 ORDER BY fix_time LIMIT 1`;

/** The first keyframe of these rules at or after an instant; null if there is none. */
export async function keyframeFrom(
  connection: Connection,
  deviceId: number,
  fromMs: number,
): Promise<FoundKeyframe | null> {
  const { rows } = await connection.query<KeyframeRow>(FROM, [deviceId, instant(fromMs), ENGINE_VERSION]);
  return rows[0] ? foundOf(rows[0]) : null;
}

const WITHIN = `
  SELECT device_id, fix_time, engine, state FROM rule_keyframes
  WHERE device_id = $1 AND fix_time > $2 AND fix_time <= $3 ORDER BY fix_time LIMIT $4`;
/** Some kilobyte each. */
const MAX_KEYFRAMES_PER_ANSWER = 2_000;

/** The keyframes of a device after one instant, up to and with another, in order of time. */
export async function keyframesWithin(
  connection: Connection,
  deviceId: number,
  afterMs: number,
  untilMs: number,
): Promise<FoundKeyframe[]> {
  const { rows } = await connection.query<KeyframeRow>(WITHIN, [
    deviceId,
    instant(afterMs),
    instant(untilMs),
    MAX_KEYFRAMES_PER_ANSWER,
  ]);
  return rows.map(foundOf);
}

const PUT = `
  INSERT INTO rule_keyframes (device_id, fix_time, engine, state)
  SELECT device_id, fix_time, $4, state
  FROM unnest($1::bigint[], $2::timestamptz[], $3::json[]) AS kept (device_id, fix_time, state)
  ORDER BY device_id, fix_time
  ON CONFLICT (device_id, fix_time) DO UPDATE SET engine = excluded.engine, state = excluded.state`;

export async function putKeyframes(connection: Connection, keyframes: readonly Keyframe[]): Promise<void> {
  if (keyframes.length === 0) return;
  await connection.query({
    name: 'put-keyframes',
    text: PUT,
    values: [
      keyframes.map(({ deviceId }) => deviceId),
      keyframes.map(({ fixTimeMs }) => new Date(fixTimeMs)),
      keyframes.map(({ state }) => encodeState(state)),
      ENGINE_VERSION,
    ],
  });
}

const DELETE_WITHIN = 'DELETE FROM rule_keyframes WHERE device_id = $1 AND fix_time > $2 AND fix_time <= $3';

/** Deletes what a replay found to be no longer so. */
export async function deleteKeyframes(
  connection: Connection,
  deviceId: number,
  afterMs: number,
  untilMs: number,
): Promise<void> {
  await connection.query(DELETE_WITHIN, [deviceId, instant(afterMs), instant(untilMs)]);
}

// The last one of another engine says where rules began anew: without it everything before would be told.
/** Days of which what is to be thinned out is looked for: a job that was away for longer leaves it, to no harm. */
const THINNED_DAYS = 7;
const DELETE_OLD = `
  DELETE FROM rule_keyframes WHERE ctid = ANY (ARRAY(
    (SELECT old.ctid FROM rule_keyframes AS old
     WHERE old.fix_time < now() - make_interval(days => $1) AND old.fix_time >= now() - make_interval(days => $1 + ${THINNED_DAYS})
       AND EXISTS (
         SELECT FROM rule_keyframes AS later WHERE later.device_id = old.device_id AND later.engine = old.engine
           AND later.fix_time > old.fix_time AND later.fix_time < date_trunc('day', old.fix_time, 'UTC') + INTERVAL '1 day')
     LIMIT $3)
    UNION
    (SELECT old.ctid FROM rule_keyframes AS old
     WHERE old.fix_time < now() - make_interval(days => $2)
       AND EXISTS (
         SELECT FROM rule_keyframes AS later
         WHERE later.device_id = old.device_id AND later.engine = old.engine AND later.fix_time > old.fix_time)
     LIMIT $3)
    LIMIT $3))`;

/**
 * Of each device's keyframes that are older than `keepAllDays` deletes all but the last of a day (UTC), and of
 * those older than `keepDays` all but the very last of each version of the engine; some of them at a time. How many.
 */
export async function deleteOldKeyframes(
  connection: Connection,
  { keepAllDays, keepDays }: { keepAllDays: number; keepDays: number },
  limit: number,
): Promise<number> {
  return (await connection.query(DELETE_OLD, [keepAllDays, keepDays, limit])).rowCount ?? 0;
}

function instant(epochMs: number): string {
  if (Number.isFinite(epochMs)) return new Date(epochMs).toISOString();
  return epochMs > 0 ? 'infinity' : '-infinity';
}
