import { expect } from 'vitest';
import type { ApiUnderTest } from './api-under-test.ts';

/** Tables whose rows are versions that hold for a span of fix times. */
export type VersionedTable = 'geofence_versions' | 'vehicle_group_members' | 'speed_limits' | 'rule_settings';

export interface Span {
  fromMs: number;
  /** Infinity while it holds. */
  toMs: number;
  row: Record<string, unknown>;
}

/** The spans of the rows with these values, in their order, as those who run the rules read them. */
export async function spansOf(
  api: ApiUnderTest,
  table: VersionedTable,
  values: Record<string, string>,
): Promise<Span[]> {
  const wanted = Object.keys(values).map((column, index) => `${column}::text = $${index + 1}`);
  const order = table === 'rule_settings' ? 'version' : 'id';
  const { rows } = await api.ingestPool.query<{ from: number; to: number; row: Record<string, unknown> }>(
    `SELECT 1000 * extract(epoch FROM valid_from)::double precision AS from,
            1000 * extract(epoch FROM valid_to)::double precision AS to, to_jsonb(${table}) AS row
     FROM ${table} WHERE ${wanted.join(' AND ')} ORDER BY ${order}`,
    Object.values(values),
  );
  return rows.map(({ from, to, row }) => ({ fromMs: from, toMs: to, row }));
}

/** Each ends where the next begins, and none before it began. */
export function expectGapless(spans: readonly Span[]): void {
  spans.forEach(({ fromMs, toMs }, place) => {
    expect(toMs).toBeGreaterThanOrEqual(fromMs);
    const next = spans[place + 1];
    if (next) expect(next.fromMs).toBe(toMs);
  });
}

/** None begins before the one before it ended. */
export function expectDisjoint(spans: readonly Span[]): void {
  spans.forEach(({ fromMs, toMs }, place) => {
    expect(toMs).toBeGreaterThanOrEqual(fromMs);
    const next = spans[place + 1];
    if (next) expect(next.fromMs).toBeGreaterThanOrEqual(toMs);
  });
}

/** What the channel `rules` tells while `work` runs and a moment after: ids of operators. */
export async function rulesChangesDuring(api: ApiUnderTest, work: () => Promise<void>): Promise<string[]> {
  const listener = await api.ingestPool.connect();
  const heard: string[] = [];
  listener.on('notification', ({ payload }) => heard.push(payload ?? ''));
  try {
    await listener.query('LISTEN rules');
    await work();
    // What was told before this comes before this.
    await listener.query("NOTIFY rules, 'end'");
    await expect.poll(() => heard.at(-1)).toBe('end');
    return heard.slice(0, -1);
  } finally {
    listener.release(true);
  }
}
