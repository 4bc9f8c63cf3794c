import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { asOperator, type Connection } from '@wayleave/runtime/postgres.ts';
import * as commands from '@wayleave/telematics/commands/service.ts';
import * as gateways from '@wayleave/telematics/devices/gateway-service.ts';
import * as devices from '@wayleave/telematics/devices/service.ts';
import * as events from '@wayleave/telematics/events/service.ts';
import * as geofences from '@wayleave/telematics/geofences/service.ts';
import { loadFleet } from '@wayleave/telematics/live/fleet-service.ts';
import { historyPage } from '@wayleave/telematics/positions/history.ts';
import { defaultThresholds } from '@wayleave/telematics/positions/quality/thresholds.ts';
import { effectiveThresholds } from '@wayleave/telematics/positions/quality/thresholds-service.ts';
import { listQuarantine } from '@wayleave/telematics/quarantine/service.ts';
import { getRuleSettings, listRuleSettings } from '@wayleave/telematics/rules/settings-service.ts';
import { listSpeedLimits } from '@wayleave/telematics/rules/speed-limits/service.ts';
import * as groups from '@wayleave/telematics/vehicle-groups/service.ts';
import * as installations from '@wayleave/telematics/vehicles/installation-service.ts';
import * as vehicles from '@wayleave/telematics/vehicles/service.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiUnderTest, OPERATORS, type OperatorName, startApi } from './test/api-under-test.ts';
import { askDevice } from './test/command-under-test.ts';
import { storeFindings } from './test/findings-under-test.ts';
import { makeGateway, makeVehicle, storeFixes, type TestVehicle } from './test/fleet-under-test.ts';
import { makeRules, type TestRules } from './test/rules-under-test.ts';
import { withoutConditions } from './test/without-conditions.ts';

const FIX_TIME_MS = Date.parse('2026-11-01T10:00:00Z');

let api: ApiUnderTest;
let own: Record<OperatorName, TestVehicle>;
let ownGateway: Record<OperatorName, string>;
let ownRules: Record<OperatorName, TestRules>;
const ownCommand: Record<OperatorName, string> = { north: '', south: '' };
beforeAll(async () => {
  const database = await createTestDatabase();
  api = await startApi({ database, redis: await createTestRedis() });
  own = { north: await makeVehicle(api, 'north'), south: await makeVehicle(api, 'south') };
  ownGateway = { north: '', south: '' };
  ownRules = {
    north: await makeRules(api, 'north', own.north.vehicleId),
    south: await makeRules(api, 'south', own.south.vehicleId),
  };
  for (const operator of OPERATORS) {
    ownGateway[operator] = (await makeGateway(api, operator, [own[operator].deviceId])).gatewayId;
    ownCommand[operator] = await askDevice(api, operator, own[operator].deviceId);
    await storeFixes(api, operator, [{ deviceId: own[operator].deviceId, fixTimeMs: FIX_TIME_MS }]);
    await api.ingestPool.query(
      `INSERT INTO quarantine (operator_id, device_id, received_at, topic, reason, detail, payload, log_entry, log_record, log_item)
       VALUES ($1, $2, now(), 't', 'malformed', 'd', 'x', $3, 0, 0)`,
      [api.operatorIds[operator], own[operator].deviceId, operator],
    );
    await api.request('PUT', '/api/v1/settings/position-retention', {
      token: await api.tokenOf(operator, 'admin'),
      body: { keepDays: 400, compressAfterDays: 7 },
    });
    await api.request('PUT', '/api/v1/settings/quality-thresholds/van', {
      token: await api.tokenOf(operator, 'admin'),
      body: defaultThresholds.truck,
    });
    const token = await api.tokenOf(operator, 'fleet');
    await api.request('POST', '/api/v1/vehicles', {
      token,
      body: { label: 'Keyed', kind: 'car' },
      headers: { 'idempotency-key': 'isolation' },
    });
    await storeFindings(api, database.url, operator, own[operator]);
  }
});
afterAll(async () => await api.close());

const asNorth = async <T>(work: (connection: Connection) => Promise<T>): Promise<T> =>
  await asOperator(api.appPool, api.operatorIds.north, work);

/** Every table and view that the API's role may read, with the column that names the operator. */
async function readable(): Promise<{ name: string; operatorColumn: string }[]> {
  const { rows } = await api.appPool.query<{ name: string; operator_column: string | null }>(`
    SELECT c.relname AS name,
           CASE WHEN c.relname = 'operators' THEN 'id' ELSE
             (SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attname = 'operator_id') END AS operator_column
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND has_table_privilege(c.oid, 'SELECT')`);
  return rows.map(({ name, operator_column }) => {
    if (operator_column === null) throw new Error(`${name} is readable and names no operator`);
    return { name, operatorColumn: operator_column };
  });
}

test('with no WHERE at all, every table and view that the API may read shows one operator’s rows', async () => {
  const tables = await readable();
  const names = tables.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'operators',
      'users',
      'devices',
      'device_commands',
      'gateway_devices',
      'vehicles',
      'installations',
      'latest_positions',
      'operator_positions',
      'quality_thresholds',
      'quarantine',
      'idempotency_keys',
      'vehicle_groups',
      'vehicle_group_members',
      'geofences',
      'geofence_versions',
      'speed_limits',
      'rule_settings',
      'events',
      'trips',
      'rule_replays',
      'daily_summaries',
      'summary_requests',
      'coverage_holes',
    ]),
  );
  for (const { name, operatorColumn } of tables) {
    const seen = await asNorth(
      async (connection) =>
        await connection.query<{ operator: string }>(
          `SELECT DISTINCT ${operatorColumn} AS operator FROM ${name}`,
        ),
    );
    const operators = seen.rows.map(({ operator }) => operator);
    // The outbox is empty so far; the others hold rows of both operators.
    expect({ name, operators }).toEqual({
      name,
      operators: name === 'outbox' ? [] : [api.operatorIds.north],
    });
  }
});

test('without an operator every table and view is empty', async () => {
  for (const { name } of await readable()) {
    const { rows } = await api.appPool.query(`SELECT FROM ${name}`);
    expect({ name, rows: rows.length }).toEqual({ name, rows: 0 });
  }
});

test('the API’s role has no way to the positions beside the view', async () => {
  await expect(api.appPool.query('SELECT FROM positions')).rejects.toThrow(/permission denied/);
  const { rows } = await api.appPool.query<{ name: string }>(`
    SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'positions'::regclass AND has_table_privilege(c.oid, 'SELECT')`);
  expect(rows).toEqual([]);
});

test('the stores’ own reads with their WHERE cut out still give nothing of the other operator', async () => {
  const cut: string[] = [];
  const found = await asNorth(async (connection) => {
    const bare = withoutConditions(connection, cut);
    return {
      vehicles: await vehicles.listVehicles(bare, '0', 100),
      devices: await devices.listDevices(bare, '0', 100),
      commands: await commands.listCommands(bare, own.south.deviceId, '0', 100),
      command: await commands.getCommand(bare, ownCommand.south),
      gateways: await gateways.listGateways(bare, '0', 100),
      listed: await gateways.listDevicesOfGateway(bare, ownGateway.south, '0', 100),
      installations: await installations.listInstallations(bare, own.south.vehicleId),
      during: await installations.devicesDuring(bare, own.south.vehicleId, new Date(0), new Date()),
      positions: await historyPage(bare, {
        vehicleId: own.south.vehicleId,
        fromMs: FIX_TIME_MS - 1,
        toMs: FIX_TIME_MS + 1,
        limit: 100,
        verdict: 'all',
      }),
      thresholds: await effectiveThresholds(bare),
      quarantine: await listQuarantine(bare, { state: 'open' }, '1', 100),
      fleet: await loadFleet(bare),
      events: await events.listEvents(bare, { retracted: 'include' }, 'occurred', null, 100),
      groups: await groups.listGroups(bare, '0', 100),
      members: await groups.listMembers(bare, ownRules.south.groupId, '0', 100),
      geofences: await geofences.listGeofences(bare, {}, '0', 40),
      geofence: await geofences.getGeofence(bare, ownRules.south.geofenceId),
      versions: await geofences.listGeofenceVersions(bare, ownRules.south.geofenceId, '1', 40),
      limits: await listSpeedLimits(bare),
      settings: await getRuleSettings(bare),
      savedSettings: await listRuleSettings(bare, '1', 100),
    };
  });
  expect(cut.length).toBeGreaterThanOrEqual(9);
  expect(found.vehicles.map(({ label }) => label)).toEqual(['Boda', 'Keyed']);
  // One table has trackers and gateways; which a row is, is among the conditions.
  const ownDevices = [own.north.deviceId, ownGateway.north];
  expect(found.devices.map(({ id }) => id)).toEqual(ownDevices);
  expect(found.gateways.map(({ id }) => id)).toEqual(ownDevices);
  expect(found.commands.map(({ id }) => id)).toEqual([ownCommand.north]);
  expect(found.command.id).toBe(ownCommand.north);
  expect(found.listed.map(({ id }) => id)).toEqual([own.north.deviceId]);
  expect(found.installations.map(({ vehicleId }) => vehicleId)).toEqual([own.north.vehicleId]);
  expect(found.during.map(({ deviceId }) => deviceId)).toEqual([own.north.deviceId]);
  expect(found.positions.items).toHaveLength(1);
  expect(found.thresholds.map(({ isDefault }) => isDefault)).toEqual([true, true, false, true]);
  expect(found.quarantine.map(({ deviceId }) => deviceId)).toEqual([own.north.deviceId]);
  expect(found.events.map(({ deviceId }) => deviceId)).toEqual([own.north.deviceId]);
  expect(found.fleet.flatMap(({ installed }) => installed?.deviceId ?? [])).toEqual([own.north.deviceId]);
  expect(found.groups.map(({ id }) => id)).toEqual([ownRules.north.groupId]);
  expect(found.members.map(({ id }) => id)).toEqual([own.north.vehicleId]);
  expect(found.geofences.items.map(({ id }) => id)).toEqual([ownRules.north.geofenceId]);
  expect(found.geofence.id).toBe(ownRules.north.geofenceId);
  expect(found.versions.items.map(({ id }) => id)).toEqual([ownRules.north.geofenceId]);
  expect(found.limits.map(({ id }) => id)).toEqual([ownRules.north.speedLimitId]);
  expect(found.settings.timeZone).toBe('Africa/Kampala');
  expect(found.savedSettings).toHaveLength(1);
});

test('nothing can be written into another operator, or moved there', async () => {
  const { south } = api.operatorIds;
  const refused = /row-level security|permission denied/;
  const attempts = [
    `INSERT INTO vehicles (operator_id, label, kind) VALUES (${south}, 'x', 'car')`,
    `UPDATE vehicles SET operator_id = ${south}`,
    `INSERT INTO users (operator_id, email, name, role, password_hash) VALUES (${south}, 'x@y', 'x', 'admin', 'x')`,
    `INSERT INTO operators (name) VALUES ('mine')`,
    `UPDATE operators SET name = 'mine'`,
    `INSERT INTO gateway_devices (operator_id, gateway_id, device_id) VALUES (${south}, ${ownGateway.south}, ${own.south.deviceId})`,
    `UPDATE devices SET operator_id = ${south}`,
    `INSERT INTO device_commands (operator_id, device_id, requested_by, format, command)
       SELECT ${south}, ${own.south.deviceId}, requested_by, 'native', 'report' FROM device_commands`,
    'UPDATE device_commands SET operator_id = operator_id',
    'DELETE FROM device_commands',
    `UPDATE quality_thresholds SET operator_id = ${south}`,
    `INSERT INTO quality_thresholds (operator_id, kind, max_ahead_s, max_accuracy_m, min_satellites, max_speed_kmh,
       max_acceleration_mps2, jump_slack_m, frozen_odometer_m, duplicate_m) VALUES (${south}, 'car', 1, 1, 1, 1, 1, 1, 1, 1)`,
    `UPDATE devices SET kind = 'gateway', speaks_for = 'all'`,
    `INSERT INTO vehicle_groups (operator_id, name) VALUES (${south}, 'x')`,
    `UPDATE vehicle_groups SET operator_id = ${south}`,
    'DELETE FROM vehicle_groups',
    `UPDATE vehicle_group_members SET operator_id = ${south}`,
    `INSERT INTO geofences (operator_id) VALUES (${south})`,
    `UPDATE geofences SET operator_id = ${south}`,
    `UPDATE geofence_versions SET operator_id = ${south}`,
    'DELETE FROM geofence_versions',
    `INSERT INTO speed_limits (operator_id, scope, kind, limit_kmh) VALUES (${south}, 'kind', 'car', 1)`,
    `UPDATE speed_limits SET operator_id = ${south}`,
    `INSERT INTO rule_settings (operator_id, version, settings) VALUES (${south}, 9, '{}')`,
    `UPDATE rule_settings SET operator_id = ${south}`,
    `UPDATE events SET severity = 'info'`,
    'DELETE FROM events',
    'DELETE FROM trips',
    'DELETE FROM coverage_holes',
    `UPDATE daily_summaries SET figures = '{}'`,
    'DELETE FROM vehicles',
    'TRUNCATE vehicles',
  ];
  for (const sql of attempts) {
    await expect(asNorth(async (connection) => await connection.query(sql))).rejects.toThrow(refused);
  }
  const touched = await asNorth(
    async (connection) =>
      await connection.query('UPDATE devices SET revoked_at = now() WHERE id = $1', [own.south.deviceId]),
  );
  expect(touched.rowCount).toBe(0);
});

test('an installation cannot join the devices and vehicles of two operators', async () => {
  const insert = async (vehicleId: string, deviceId: string) =>
    await asNorth(
      async (connection) =>
        await connection.query(
          `INSERT INTO installations (operator_id, vehicle_id, device_id, during)
           VALUES (current_operator(), $1, $2, tstzrange('2020-01-01', '2020-01-02'))`,
          [vehicleId, deviceId],
        ),
    );
  await expect(insert(own.north.vehicleId, own.south.deviceId)).rejects.toThrow(/foreign key/);
  await expect(insert(own.south.vehicleId, own.north.deviceId)).rejects.toThrow(/foreign key/);
});

test('a gateway cannot be given the devices of another operator, nor a device be one', async () => {
  const insert = async (gatewayId: string, deviceId: string) =>
    await asNorth(
      async (connection) =>
        await connection.query(
          'INSERT INTO gateway_devices (operator_id, gateway_id, device_id) VALUES (current_operator(), $1, $2)',
          [gatewayId, deviceId],
        ),
    );
  await expect(insert(ownGateway.north, own.south.deviceId)).rejects.toThrow(/foreign key/);
  await expect(insert(ownGateway.south, own.north.deviceId)).rejects.toThrow(/foreign key/);
  await expect(insert(ownGateway.north, ownGateway.north)).rejects.toThrow(/foreign key/);
  await expect(insert(own.north.deviceId, own.north.deviceId)).rejects.toThrow(/foreign key/);
});

test('a command cannot be for the device of another operator, nor for a gateway', async () => {
  const insert = async (deviceId: string) =>
    await asNorth(
      async (connection) =>
        await connection.query(
          `INSERT INTO device_commands (operator_id, device_id, requested_by, format, command)
           SELECT operator_id, $1, requested_by, 'native', 'report' FROM device_commands`,
          [deviceId],
        ),
    );
  await expect(insert(own.south.deviceId)).rejects.toThrow(/foreign key/);
  await expect(insert(ownGateway.north)).rejects.toThrow(/foreign key/);
});

test('groups, geofences and speed limits cannot join what is of two operators', async () => {
  const { groupId, geofenceId } = ownRules.north;
  const attempts = [
    `INSERT INTO vehicle_group_members (operator_id, group_id, vehicle_id)
     VALUES (current_operator(), ${groupId}, ${own.south.vehicleId})`,
    `INSERT INTO vehicle_group_members (operator_id, group_id, vehicle_id)
     VALUES (current_operator(), ${ownRules.south.groupId}, ${own.north.vehicleId})`,
    `UPDATE geofence_versions SET group_id = ${ownRules.south.groupId} WHERE geofence_id = ${geofenceId}`,
    `UPDATE geofence_versions SET group_id = NULL, vehicle_id = ${own.south.vehicleId} WHERE geofence_id = ${geofenceId}`,
    `UPDATE geofence_versions SET valid_from = '2020-01-01', valid_to = '2020-01-02', version = 99,
       geofence_id = ${ownRules.south.geofenceId} WHERE geofence_id = ${geofenceId}`,
    `UPDATE speed_limits SET vehicle_id = ${own.south.vehicleId}`,
  ];
  for (const sql of attempts) {
    await expect(asNorth(async (connection) => await connection.query(sql))).rejects.toThrow(/foreign key/);
  }
});

test('a gateway cannot be in a vehicle', async () => {
  const installing = asNorth(
    async (connection) =>
      await connection.query(
        `INSERT INTO installations (operator_id, vehicle_id, device_id, during)
         VALUES (current_operator(), $1, $2, tstzrange('2020-01-01', '2020-01-02'))`,
        [own.north.vehicleId, ownGateway.north],
      ),
  );
  await expect(installing).rejects.toThrow(/foreign key/);
});

test('the operator of one request is not left behind for the next on the same connection', async () => {
  await asNorth(async (connection) => await connection.query('SELECT 1'));
  for (let round = 0; round < 10; round += 1) {
    const { rows } = await api.appPool.query('SELECT FROM vehicles');
    expect(rows).toHaveLength(0);
  }
});

test('the log-in role sees who an address belongs to and nothing else', async () => {
  const { rows } = await api.appPool.query<{ name: string }>(`
    SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v')
      AND has_table_privilege('wayleave_auth', c.oid, 'SELECT, INSERT, UPDATE, DELETE') ORDER BY 1`);
  expect(rows.map(({ name }) => name)).toEqual(['operators', 'users']);
});
