import type { Connection } from '@wayleave/runtime/postgres.ts';

/** Runs the statements of the stores as they are, but for their conditions, which are cut out. */
export function withoutConditions(connection: Connection, cut: string[]): Connection {
  return new Proxy(connection, {
    get: (target, property) => {
      if (property !== 'query') return Reflect.get(target, property);
      return (sql: string | { text: string }, values: unknown[] = []) => {
        if (typeof sql === 'string') return query(target, bareOf(sql, cut), values);
        // COPY gives a stream, not a promise of rows.
        sql.text = bareOf(sql.text, cut);
        return target.query(sql as never);
      };
    },
  });

  async function query(target: Connection, bare: string, values: unknown[]): Promise<unknown> {
    // A parameter that is no longer mentioned must still have a type.
    const mention = values.map((_, index) => `$${index + 1}::text IS NULL`).join(' OR ');
    const numbered = bare.replace(/LIMIT \$(\d+)/, 'LIMIT ($$$1::text)::bigint');
    if (values.length === 0) return await target.query(numbered);
    return await target.query(
      `WITH kept AS MATERIALIZED (SELECT ${mention} AS x) ${numbered}`,
      values.map(textOf),
    );
  }
}

/** From a WHERE to the end of its clause; ON conditions and sub-selects stay as they are. */
function bareOf(sql: string, cut: string[]): string {
  const at = sql.lastIndexOf('WHERE');
  if (at === -1) return sql;
  const bare =
    sql.slice(0, at) + (/(ORDER BY|LIMIT|RETURNING|FOR UPDATE)[^]*$/.exec(sql.slice(at))?.[0] ?? '');
  cut.push(bare);
  return bare;
}
const textOf = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value));
