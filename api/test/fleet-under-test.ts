import { randomBytes } from 'node:crypto';
import { type LiveUpdate, liveChannel } from '@wayleave/telematics/live/live-feed.ts';
import { latLngToCell } from 'h3-js';
import type { ApiUnderTest, OperatorName } from './api-under-test.ts';

export interface TestVehicle {
  vehicleId: string;
  deviceId: string;
  ident: string;
  secret: string;
  installationId: string;
}

/** A vehicle with a device in it since `from`, made over the API. */
export async function makeVehicle(
  api: ApiUnderTest,
  operator: OperatorName,
  { label = 'Boda', from = '2026-01-01T00:00:00Z' } = {},
): Promise<TestVehicle> {
  const token = await api.tokenOf(operator, 'fleet');
  const ident = `test-${randomBytes(6).toString('hex')}`;
  const vehicle = await api.request('POST', '/api/v1/vehicles', {
    token,
    body: { label, kind: 'motorcycle' },
  });
  const made = await api.request('POST', '/api/v1/devices', { token, body: { ident } });
  const vehicleId: string = vehicle.json.id;
  const deviceId: string = made.json.device.id;
  const installed = await api.request('POST', `/api/v1/vehicles/${vehicleId}/installations`, {
    token,
    body: { deviceId, from },
  });
  return { vehicleId, deviceId, ident, secret: made.json.secret, installationId: installed.json.id };
}

/** A gateway that may speak for the devices on its list, made over the API. */
export async function makeGateway(
  api: ApiUnderTest,
  operator: OperatorName,
  deviceIds: string[] = [],
): Promise<{ gatewayId: string; ident: string; secret: string }> {
  const token = await api.tokenOf(operator, 'fleet');
  const ident = `gateway-${randomBytes(6).toString('hex')}`;
  const made = await api.request('POST', '/api/v1/gateways', { token, body: { ident } });
  const gatewayId: string = made.json.gateway.id;
  if (deviceIds.length > 0) {
    await api.request('POST', `/api/v1/gateways/${gatewayId}/devices`, { token, body: { deviceIds } });
  }
  return { gatewayId, ident, secret: made.json.secret };
}

export interface TestFix {
  deviceId: string;
  fixTimeMs: number;
  lat?: number;
  lon?: number;
  alarm?: string | null;
  attributes?: Record<string, unknown> | null;
}

/** Stores positions as ingest does: the history, and the latest where it is newer. */
export async function storeFixes(api: ApiUnderTest, operator: OperatorName, fixes: TestFix[]): Promise<void> {
  const operatorId = api.operatorIds[operator];
  const rows = fixes.map(
    ({ deviceId, fixTimeMs, lat = 0.35, lon = 32.58, alarm = null, attributes = null }) => ({
      device_id: deviceId,
      fix_time: new Date(fixTimeMs).toISOString(),
      last_received_at: new Date(fixTimeMs + 250),
      received_at: new Date(fixTimeMs + 250).toISOString(),
      operator_id: operatorId,
      lat,
      lon,
      h3: BigInt(`0x${latLngToCell(lat, lon, 9)}`).toString(),
      speed_kmh: 36,
      ignition: true,
      alarm,
      attributes,
      doubts: 0,
      remarks: 0,
    }),
  );
  const json = JSON.stringify(rows);
  await api.ingestPool.query(
    'INSERT INTO positions SELECT * FROM jsonb_populate_recordset(null::positions, $1::jsonb)',
    [json],
  );
  await api.ingestPool.query(
    `INSERT INTO latest_positions
     SELECT DISTINCT ON (device_id) * FROM jsonb_populate_recordset(null::latest_positions, $1::jsonb)
     ORDER BY device_id, fix_time DESC
     ON CONFLICT (device_id) DO UPDATE SET fix_time = excluded.fix_time, received_at = excluded.received_at,
       lat = excluded.lat, lon = excluded.lon, h3 = excluded.h3, alarm = excluded.alarm,
       last_received_at = excluded.last_received_at
     WHERE excluded.fix_time > latest_positions.fix_time`,
    [json],
  );
}

/** Publishes on the live feed as ingest does. */
export async function publishFixes(
  api: ApiUnderTest,
  operator: OperatorName,
  fixes: TestFix[],
): Promise<void> {
  const updates = fixes.map(
    ({ deviceId, fixTimeMs, lat = 0.35, lon = 32.58, alarm = null }): LiveUpdate => [
      deviceId,
      fixTimeMs,
      fixTimeMs + 250,
      lat,
      lon,
      36,
      90,
      1,
      alarm,
    ],
  );
  await api.redis.publish(liveChannel(api.operatorIds[operator]), JSON.stringify(updates));
}
