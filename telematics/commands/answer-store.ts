import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { CommandAnswer } from './answer.ts';
import { sqlStatesFor, transitions } from './transitions.ts';

/* What ingest does, on connections under the role `wayleave_ingest`, which sees all operators. */

/** By how much a broker's clock may be behind the database's, seconds. */
const MAX_CLOCK_SKEW_S = 60;

const SAID = `
  SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::timestamptz[])
    WITH ORDINALITY AS said (operator_id, device_id, format, id, answer, answered_at, place)`;

/*
 * Answers that name their command, and those that do not: the first of these is for the first
 * command that was sent and not answered. The log can be read again, so an answer that is stored
 * already, known by when the broker had it, is not taken for another one's.
 */
const ANSWER = `
  WITH said AS (${SAID}), unnamed AS (
    SELECT s.*, row_number() OVER (PARTITION BY s.device_id, s.format ORDER BY s.place) AS turn
    FROM said s
    WHERE s.id IS NULL AND NOT EXISTS (
      SELECT FROM device_commands c WHERE c.device_id = s.device_id AND c.answered_at = s.answered_at)
  ), waiting AS (
    SELECT c.id, c.operator_id, c.device_id, c.format, c.sent_at,
           row_number() OVER (PARTITION BY c.device_id, c.format ORDER BY c.sent_at, c.id) AS turn
    FROM device_commands c
    WHERE c.device_id = ANY($2::bigint[]) AND c.attempts > 0 AND c.state IN (${sqlStatesFor('answer')})
  ), matched AS (
    SELECT w.id, u.answer, u.answered_at
    FROM unnamed u JOIN waiting w USING (operator_id, device_id, format, turn)
    WHERE w.sent_at <= u.answered_at + make_interval(secs => ${MAX_CLOCK_SKEW_S})
    UNION ALL
    (SELECT DISTINCT ON (c.id) c.id, s.answer, s.answered_at
     FROM said s JOIN device_commands c USING (id, operator_id, device_id, format)
     WHERE c.attempts > 0
     ORDER BY c.id, s.place)
  ), locked AS (
    SELECT c.id, m.answer, m.answered_at
    FROM device_commands c JOIN matched m USING (id)
    WHERE c.state IN (${sqlStatesFor('answer')}, ${sqlStatesFor('answer_late')})
    ORDER BY c.id FOR NO KEY UPDATE OF c
  )
  UPDATE device_commands c SET state = '${transitions.answer.to}', answer = locked.answer, answered_at = locked.answered_at
  FROM locked WHERE c.id = locked.id`;

/**
 * Stores what trackers said to their commands, in the caller's transaction; how many it was to. What
 * answers no command changes nothing.
 */
export async function answerCommands(
  connection: Connection,
  answers: readonly CommandAnswer[],
): Promise<number> {
  if (answers.length === 0) return 0;
  const { rowCount } = await connection.query({
    name: 'answer-commands',
    text: ANSWER,
    values: [
      answers.map(({ operatorId }) => operatorId),
      answers.map(({ deviceId }) => deviceId),
      answers.map(({ format }) => format),
      answers.map(({ commandId }) => commandId),
      answers.map(({ text }) => text),
      answers.map(({ receivedAtMs }) => new Date(receivedAtMs).toISOString()),
    ],
  });
  return rowCount ?? 0;
}
