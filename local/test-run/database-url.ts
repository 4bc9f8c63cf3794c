/**
 * The same server's URL with another database. Written for the text, because `URL` refuses one
 * without a host, which is how a Unix socket is given.
 */
export function withDatabase(url: string, database: string): string {
  const parts = /^(postgres(?:ql)?:\/\/[^/?]*)(?:\/[^?]*)?(\?.*)?$/.exec(url);
  if (!parts) throw new Error(`not a PostgreSQL URL: ${url}`);
  const [, server, parameters = ''] = parts;
  return `${server}/${database}${parameters}`;
}
