import type { Pool } from '@wayleave/runtime/postgres.ts';

interface RouteRow {
  ident: string;
  id: string;
}

const ROUTES = `
  SELECT d.ident, d.id FROM devices g JOIN devices d ON d.operator_id = g.operator_id
  WHERE g.id = $1 AND g.kind = 'gateway' AND g.revoked_at IS NULL
    AND d.ident = ANY($2::text[]) AND d.kind = 'tracker' AND d.revoked_at IS NULL
    AND (g.speaks_for = 'all'
         OR EXISTS (SELECT FROM gateway_devices l WHERE l.gateway_id = g.id AND l.device_id = d.id))`;

/**
 * The ids of those devices of the idents for which the gateway may speak now; for a pool under the
 * role `wayleave_broker`, which sees all operators.
 */
export async function devicesOfGateway(
  pool: Pool,
  gatewayId: number,
  idents: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await pool.query<RouteRow>({
    name: 'devices-of-gateway',
    text: ROUTES,
    values: [gatewayId, idents],
  });
  return new Map(rows.map(({ ident, id }) => [ident, Number(id)]));
}

/** PostgreSQL channel on which a change of a gateway's devices is told, its id as the payload. */
export const GATEWAY_CHANNEL = 'gateway_devices';
