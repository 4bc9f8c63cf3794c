import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fleetFile as fleetSchema, type SimulatedDevice } from '@wayleave/device-sim/fleet-file.ts';
import { formatNames } from '@wayleave/device-sim/formats/formats.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { asOperator, createPool } from '@wayleave/runtime/postgres.ts';
import {
  listDevicesOfGateway,
  listGateways,
  revokeGateway,
} from '@wayleave/telematics/devices/gateway-service.ts';
import { listDevices } from '@wayleave/telematics/devices/service.ts';
import { deleteGeofence, listGeofences } from '@wayleave/telematics/geofences/service.ts';
import {
  getRuleSettings,
  listRuleSettings,
  setRuleSettings,
} from '@wayleave/telematics/rules/settings-service.ts';
import { listSpeedLimits } from '@wayleave/telematics/rules/speed-limits/service.ts';
import { listGroups, listMembers } from '@wayleave/telematics/vehicle-groups/service.ts';
import { listVehicles } from '@wayleave/telematics/vehicles/service.ts';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fleetFile } from './demo/demo-file.ts';
import { demoRuleSettings } from './demo/demo-rules.ts';
import { plannedVehicle } from './demo/fleet-plan.ts';
import { provisionFleet } from './demo/provision-fleet.ts';
import { seedDemo } from './seed.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';
import { createTestDatabase, type TestDatabase } from './testing.ts';

const VEHICLES = 30;
const deviceSecretKey = randomBytes(32);
const log = createLog('test', 'error');

let database: TestDatabase;
let folder: ReturnType<typeof makeTemporaryFolder>;
let app: ReturnType<typeof createPool>;
let broker: ReturnType<typeof createPool>;

const pool = (role: 'wayleave_app' | 'wayleave_broker') =>
  createPool({ url: database.url, role, log, maxConnections: 1 });

beforeEach(async () => {
  database = await createTestDatabase();
  folder = makeTemporaryFolder('seed');
  app = pool('wayleave_app');
  broker = pool('wayleave_broker');
});

afterEach(async () => {
  await Promise.all([app.end(), broker.end()]);
  await database.drop();
  folder.remove();
});

const seed = async (vehicles = VEHICLES) =>
  await seedDemo({
    dataDir: folder.path,
    databaseUrl: database.url,
    deviceSecretKey,
    apiUrl: 'http://127.0.0.1:1',
    mqttUrl: 'mqtt://127.0.0.1:1',
    vehicles,
  });

async function asOwner<T>(use: (owner: pg.Client) => Promise<T>): Promise<T> {
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  try {
    return await use(owner);
  } finally {
    await owner.end();
  }
}

const operatorOf = async (): Promise<string> =>
  await asOwner(async (owner) => (await owner.query<{ id: string }>('SELECT id FROM operators')).rows[0]!.id);

const asDemo = async <T>(work: Parameters<typeof asOperator<T>>[2]): Promise<T> =>
  await asOperator(app, await operatorOf(), work);

/** The idents that each gateway may speak for. */
async function listsOfGateways(): Promise<Record<string, string[]>> {
  return await asDemo(async (connection) => {
    const lists: Record<string, string[]> = {};
    for (const { id, ident } of await listGateways(connection, '0', 10)) {
      lists[ident] = (await listDevicesOfGateway(connection, id, '0', 100)).map((device) => device.ident);
    }
    return lists;
  });
}

const behind = (fleet: readonly SimulatedDevice[], gateway: string) =>
  fleet.filter((device) => device.gateway?.ident === gateway).map(({ ident }) => ident);

test('the demonstration has trackers of every format, and gateways that may speak for theirs', async () => {
  const { fleet } = await seed();
  expect(fleet).toHaveLength(VEHICLES);
  expect(new Set(fleet.map(({ format }) => format))).toEqual(new Set(formatNames));
  expect(await listsOfGateways()).toEqual({
    'demo.traccar': behind(fleet, 'demo.traccar'),
    'demo.flespi': behind(fleet, 'demo.flespi'),
  });
  expect(fleetSchema.parse(JSON.parse(readFileSync(fleetFile(folder.path), 'utf8')))).toEqual(fleet);
  expect(statSync(fleetFile(folder.path)).mode & 0o077).toBe(0);
});

test('a second start finds all of it again, and one with more vehicles adds to it', async () => {
  const first = await seed();
  expect(await seed()).toEqual(first);
  const { fleet } = await seed(VEHICLES + 25);
  expect(fleet.slice(0, VEHICLES)).toEqual(first.fleet);
  expect(fleet).toHaveLength(VEHICLES + 25);
  const lists = await listsOfGateways();
  expect(lists['demo.flespi']).toEqual(behind(fleet, 'demo.flespi'));
  expect(behind(fleet, 'demo.flespi').length).toBeGreaterThan(behind(first.fleet, 'demo.flespi').length);
});

test('without the fleet file trackers and gateways get new secrets', async () => {
  const first = await seed();
  rmSync(fleetFile(folder.path));
  const { fleet } = await seed();
  expect(fleet.map(({ ident }) => ident)).toEqual(first.fleet.map(({ ident }) => ident));
  const secretsOf = (devices: readonly SimulatedDevice[]) =>
    devices.flatMap(({ secret, gateway }) => (gateway ? [secret, gateway.secret] : [secret]));
  const before = new Set(secretsOf(first.fleet));
  expect(secretsOf(fleet).filter((secret) => before.has(secret))).toEqual([]);
});

test('a data folder of before there were other formats keeps its devices, vehicles and secrets', async () => {
  // The demonstration as it was then: an IMEI in every vehicle, and a fleet file that names no format.
  await seed(0);
  const numbers = Array.from({ length: VEHICLES }, (_, n) => n + 1);
  const former = await provisionFleet({
    app,
    broker,
    operatorId: await operatorOf(),
    deviceSecretKey,
    planned: numbers.map((number) => {
      const { ident, formerIdent = ident, label, kind, plate } = plannedVehicle(number);
      return { ident: formerIdent, label, kind, plate, format: 'native-json' as const };
    }),
    keptSecrets: new Map(),
  });
  const file = former.map(({ ident, secret, kind }) => ({ ident, secret, kind }));
  writeFileSync(fleetFile(folder.path), JSON.stringify(file));

  const { fleet } = await seed();
  expect(fleet.map(({ ident, secret, kind }) => ({ ident, secret, kind }))).toEqual(file);
  expect(fleet[16]?.format).toBe('native-json');
  expect(fleet[1]?.format).toBe('owntracks');
  const lists = await listsOfGateways();
  expect(lists['demo.traccar']).toEqual(behind(fleet, 'demo.traccar'));
  const [vehicles, devices] = await asDemo(async (connection) => [
    await listVehicles(connection, '0', 100),
    await listDevices(connection, '0', 100),
  ]);
  expect(vehicles).toHaveLength(VEHICLES + 1);
  expect(devices).toHaveLength(VEHICLES + 1);
  expect((await seed()).fleet).toEqual(fleet);
});

test('a gateway that somebody revoked stays away, and so do those behind it', async () => {
  await seed();
  await asDemo(async (connection) => {
    const flespi = (await listGateways(connection, '0', 10)).find(({ ident }) => ident === 'demo.flespi');
    await revokeGateway(connection, flespi?.id ?? '');
  });
  const { fleet } = await seed();
  expect(behind(fleet, 'demo.flespi')).toEqual([]);
  expect(behind(fleet, 'demo.traccar').length).toBeGreaterThan(1);
});

/** What the rules of the demonstration go by. */
async function rulesOfDemo() {
  return await asDemo(async (connection) => {
    const groups = await listGroups(connection, '0', 100);
    return {
      geofences: (await listGeofences(connection, {}, '0', 100)).items,
      groups: await Promise.all(
        groups.map(async ({ id, name }) => ({
          id,
          name,
          members: await listMembers(connection, id, '0', 1_000),
        })),
      ),
      limits: await listSpeedLimits(connection),
      settings: await getRuleSettings(connection),
    };
  });
}

test('the demonstration has a geofence of every use, groups, limits, and settings of its city', async () => {
  const { demo, fleet } = await seed();
  const { geofences, groups, limits, settings } = await rulesOfDemo();
  const kinds = new Set(geofences.map(({ kind }) => kind));
  expect(kinds).toEqual(new Set(['territory', 'depot', 'forbidden', 'low_speed', 'home', 'other']));
  expect(new Set(geofences.map(({ shape }) => shape.type))).toEqual(
    new Set(['Circle', 'Polygon', 'Corridor']),
  );
  expect(geofences.find(({ kind }) => kind === 'home')?.vehicleId).toBe(demo.device.vehicleId);
  expect(geofences.find(({ kind }) => kind === 'low_speed')?.speedLimitKmh).toBeGreaterThan(0);
  const motorcycles = groups.find(({ name }) => name === 'Motorcycles');
  // That of the user is one, too.
  expect(motorcycles?.members).toHaveLength(fleet.filter(({ kind }) => kind === 'motorcycle').length + 1);
  expect(geofences.some(({ groupId, schedule }) => groupId === motorcycles?.id && schedule !== null)).toBe(
    true,
  );
  expect(limits).toContainEqual(expect.objectContaining({ scope: 'kind', kind: 'motorcycle' }));
  expect(settings).toEqual(demoRuleSettings);
});

test('a later start leaves what somebody changed of the rules, and puts only new vehicles into groups', async () => {
  await seed();
  const before = await rulesOfDemo();
  const depot = before.geofences.find(({ kind }) => kind === 'depot');
  await asDemo(async (connection) => {
    await deleteGeofence(connection, depot?.id ?? '');
    await setRuleSettings(
      connection,
      { ...demoRuleSettings, idling: { enabled: false, minDurationS: 900 } },
      '1',
    );
  });
  const changed = await rulesOfDemo();
  await seed(VEHICLES + 25);
  const after = await rulesOfDemo();
  expect(after.geofences).toEqual(changed.geofences);
  expect(after.geofences).toHaveLength(before.geofences.length - 1);
  expect(after.settings.idling.enabled).toBe(false);
  expect(await asDemo(async (connection) => await listRuleSettings(connection, '1000', 10))).toHaveLength(2);
  const added = Array.from({ length: 25 }, (_, n) => plannedVehicle(VEHICLES + 1 + n));
  for (const { name, members } of after.groups) {
    const kind = name === 'Lorries' ? 'truck' : 'motorcycle';
    const earlier = changed.groups.find((group) => group.name === name)?.members ?? [];
    expect(members.slice(0, earlier.length)).toEqual(earlier);
    expect(members).toHaveLength(earlier.length + added.filter((vehicle) => vehicle.kind === kind).length);
  }
});
