import type { Connection } from '@wayleave/runtime/postgres.ts';

/** On connections under the role `wayleave_jobs`. */

/** A cell (coverage.ts) of an operator. */
export interface OperatorCell {
  operatorId: string;
  cell: string;
}

/** Fewer silences may be chance. */
const MIN_SILENCES = 3;
/** Networks are built: what was a hole so long ago may be none. */
const KEEP_DAYS = 180;

const HOLES = `
  SELECT h.operator_id, h.h3 FROM coverage_holes h
  JOIN unnest($1::bigint[], $2::bigint[]) AS asked (operator_id, h3) USING (operator_id, h3)
  WHERE h.silences >= ${MIN_SILENCES} AND h.last_at > $3::timestamptz - INTERVAL '${KEEP_DAYS} days'`;

/** Those of the cells in which trackers fell silent and proved to be well often enough. */
export async function holesAmong(
  connection: Connection,
  cells: readonly OperatorCell[],
  nowMs: number,
): Promise<OperatorCell[]> {
  if (cells.length === 0) return [];
  const { rows } = await connection.query<{ operator_id: string; h3: string }>({
    name: 'coverage-holes',
    text: HOLES,
    values: [cells.map(({ operatorId }) => operatorId), cells.map(({ cell }) => cell), new Date(nowMs)],
  });
  return rows.map((row) => ({ operatorId: row.operator_id, cell: row.h3 }));
}

// In the order of the key, so that two transactions never wait for each other in a circle.
const LEARN = `
  INSERT INTO coverage_holes AS known (operator_id, h3, silences, last_at)
  SELECT operator_id, h3, count(*), $3 FROM unnest($1::bigint[], $2::bigint[]) AS silent (operator_id, h3)
  GROUP BY operator_id, h3 ORDER BY operator_id, h3
  ON CONFLICT (operator_id, h3) DO UPDATE
    SET silences = known.silences + excluded.silences, last_at = greatest(known.last_at, excluded.last_at)`;

/** Takes down that a tracker was silent in each of the cells for want of a network, once for each time given. */
export async function learnHoles(
  connection: Connection,
  cells: readonly OperatorCell[],
  atMs: number,
): Promise<void> {
  if (cells.length === 0) return;
  await connection.query({
    name: 'coverage-learn',
    text: LEARN,
    values: [cells.map(({ operatorId }) => operatorId), cells.map(({ cell }) => cell), new Date(atMs)],
  });
}
