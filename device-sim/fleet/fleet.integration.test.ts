import { createAdapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import type { Position } from '@wayleave/telematics/positions/position.ts';
import { afterEach, expect, test } from 'vitest';
import { layOutCity } from '../city/city.ts';
import { createCityItinerary } from '../city/itinerary.ts';
import type { SimulatedDevice } from '../fleet-file.ts';
import { formatNames, formats } from '../formats/formats.ts';
import { findSites } from '../incidents/sites.ts';
import { createRandom } from '../random.ts';
import { eventually, startTestBroker, type TestBroker, testDevices } from '../testing/test-broker.ts';
import { createTracker, nextTracker } from '../tracker/tracker.ts';
import { type Fleet, type FleetOptions, startFleet } from './run-fleet.ts';

const itinerary = createCityItinerary(layOutCity('test'));
const HOUR_MS = 3_600_000;

let broker: TestBroker | undefined;
let fleet: Fleet | undefined;
afterEach(async () => {
  await fleet?.stop();
  await broker?.close();
  fleet = broker = undefined;
});

async function start(vehicles: number, options: Partial<FleetOptions>) {
  const { devices, secrets } = testDevices(vehicles);
  const complaints: string[] = [];
  broker = await startTestBroker(secrets);
  fleet = startFleet({
    mqttUrl: broker.url,
    devices,
    itinerary,
    reporting: { movingMs: 1_000, parkedMs: 30_000 },
    seed: 'test',
    faults: 0,
    incidents: 0,
    stage: null,
    startMs: Date.now(),
    timeScale: 1,
    log: (_level, message, fields) => complaints.push(`${message} ${JSON.stringify(fields)}`),
    ...options,
  });
  return { broker, fleet, devices, complaints };
}

/** Fix times in the order of arrival, without those that came again, by ident. */
function timesByIdent({ received }: TestBroker): Map<string, number[]> {
  const times = new Map<string, Set<number>>();
  for (const { ident, payload } of received) {
    const own = times.get(ident) ?? new Set();
    for (const { time } of [JSON.parse(payload.toString()) as { time: number }].flat()) own.add(time);
    times.set(ident, own);
  }
  return new Map([...times].map(([ident, own]) => [ident, [...own]]));
}

test('each tracker publishes on its own topic at QoS 1, about now, and all is acknowledged', async () => {
  const { broker, fleet } = await start(4, { reporting: { movingMs: 200, parkedMs: 400 } });
  await eventually(() => timesByIdent(broker).size === 4 && fleet.status().acked >= 20);
  expect(
    broker.received.every(({ ident, topic, qos }) => topic === `devices/${ident}/positions` && qos === 1),
  ).toBe(true);
  const ages = [...timesByIdent(broker).values()].flat().map((time) => Date.now() - time);
  expect(Math.max(...ages)).toBeLessThan(10_000);
  expect(Math.min(...ages)).toBeGreaterThanOrEqual(0);
  expect(fleet.status()).toMatchObject({ vehicles: 4, connected: 4, dropped: 0 });
});

test('over gaps in coverage and broken connections every fix arrives, oldest first, none left out', async () => {
  const startMs = Date.now() - 2 * HOUR_MS;
  const { broker, fleet, devices } = await start(6, { startMs, timeScale: 900 });
  let outOfCoverage = 0;
  let buffered = 0;
  let breaks = 0;
  const watching = setInterval(() => {
    outOfCoverage = Math.max(outOfCoverage, fleet.status().outOfCoverage);
    buffered = Math.max(buffered, fleet.status().buffered);
    if (++breaks % 20 === 0) broker.breakOff();
  }, 50);
  const longest = () => Math.max(...[...timesByIdent(broker).values()].map((times) => times.length));
  await eventually(() => longest() > 2_500, 20_000).finally(() => clearInterval(watching));
  await fleet.stop();
  expect(outOfCoverage).toBeGreaterThan(0);
  expect(buffered).toBeGreaterThan(50);

  for (const { ident, kind } of devices) {
    const times = timesByIdent(broker).get(ident) ?? [];
    const random = createRandom(`test ${ident}`);
    const reporting = { movingMs: 1_000, parkedMs: 30_000 };
    let state = createTracker(kind, itinerary, reporting, 0, random);
    // The tracker joined at some instant after the start; from its first fix on all is known.
    const lived: number[] = [];
    while (lived.length < times.length) {
      const moment = nextTracker(state, itinerary, reporting, random);
      state = moment.state;
      if (moment.observation) lived.push(moment.observation.timeMs);
    }
    const sinceFirst = (all: readonly number[]) => all.map((time) => time - (all[0] ?? 0));
    expect(times.length).toBeGreaterThan(0);
    expect(sinceFirst(times)).toEqual(sinceFirst(lived));
  }
});

test('a refused tracker is complained about with its ident and without its secret, and the others go on', async () => {
  const { devices } = testDevices(3);
  const wrong = devices.map((device, n) => (n === 1 ? { ...device, secret: 'guess' } : device));
  const { broker, fleet, complaints } = await start(3, {
    devices: wrong,
    reporting: { movingMs: 200, parkedMs: 400 },
  });
  await eventually(
    () => complaints.length > 0 && fleet.status().connected === 2 && timesByIdent(broker).size === 2,
  );
  expect(complaints[0]).toContain(devices[1]?.ident);
  expect(complaints.join()).not.toContain('guess');
  expect(fleet.status().buffered).toBeGreaterThan(0);
});

test('a stopped fleet is gone from the broker', async () => {
  const { broker, fleet } = await start(3, { reporting: { movingMs: 200, parkedMs: 400 } });
  await eventually(() => fleet.status().connected === 3);
  await fleet.stop();
  const { length } = broker.received;
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(broker.received).toHaveLength(length);
  expect(fleet.status().connected).toBe(0);
});

const adapters = createAdapters({
  traccarTopic: 'traccar/positions',
  flespiTopic: 'flespi/message/gw/devices/+',
});

/** Two devices of each format, behind a gateway where it needs one, and what the broker has to know. */
function everyFormat() {
  const devices = formatNames.flatMap((format, at) =>
    [1, 2].map((n): SimulatedDevice => {
      const ident = format === 'hsl-hfp' ? `0999-0000${n}` : `35000000000${at}00${n}`;
      const gateway = formats[format].needsGateway && {
        gateway: { ident: `gw.${format}`, secret: 'of all' },
      };
      return { ident, secret: `of ${ident}`, kind: 'car', format, ...gateway };
    }),
  );
  const accounts = devices.map((device) => device.gateway ?? device);
  return { devices, secrets: new Map(accounts.map(({ ident, secret }) => [ident, secret])) };
}

/** What came, as the adapters read it: by ident, with the account that brought it and the format. */
function readByIdent({ received }: Pick<TestBroker, 'received'>) {
  const read = new Map<
    string,
    { account: string; format: string; positions: Position[]; refused: string[] }
  >();
  for (const { ident: account, topic, payload } of received) {
    const adapter = adapters.forTopic(topic);
    const parts = adapter?.split?.(payload) ?? [{ ident: adapter?.identOf(topic) ?? '', payload }];
    if (!adapter || !Array.isArray(parts)) throw new Error(`nobody reads ${topic}`);
    for (const part of parts) {
      const decoded = adapter.decode(part.payload, { topic, receivedAtMs: Date.now() });
      const own = read.get(part.ident) ?? { account, format: adapter.name, positions: [], refused: [] };
      own.positions.push(...decoded.positions);
      own.refused.push(...decoded.refusals.map(({ detail }) => detail));
      read.set(part.ident, own);
    }
  }
  return read;
}

test.each([
  { faults: 0, incidents: 0, positions: 6_000 },
  { faults: 20, incidents: 0, positions: 6_000 },
  // Some fall silent.
  { faults: 20, incidents: 1, positions: 3_000 },
])(
  'a fleet of every format is understood to the last message, with faults × $faults and incidents × $incidents',
  async ({ faults, incidents, positions }) => {
    const { devices, secrets } = everyFormat();
    broker = await startTestBroker(secrets);
    fleet = startFleet({
      mqttUrl: broker.url,
      devices,
      itinerary,
      reporting: { movingMs: 1_000, parkedMs: 30_000 },
      seed: 'every format',
      faults,
      incidents,
      stage: { roads: itinerary, sites: findSites(itinerary.city) },
      startMs: Date.now() - HOUR_MS / 6,
      timeScale: 60,
      log: () => {},
    });
    const running = fleet;
    await eventually(() => running.status().positionsAcked > positions, 25_000);
    await fleet.stop();

    const read = readByIdent(broker);
    expect(read.size).toBe(devices.length);
    for (const { ident, format, gateway } of devices) {
      const own = read.get(ident);
      expect(own).toMatchObject({ account: gateway?.ident ?? ident, format, refused: [] });
      const fixes = own?.positions.filter(({ lat }) => lat !== null) ?? [];
      expect(new Set(fixes.map(({ lat, lon }) => `${lat} ${lon}`)).size).toBeGreaterThan(10);
    }
    const withoutFix = [...read.values()].flatMap(({ positions }) =>
      positions.filter(({ lat }) => lat === null),
    );
    expect(withoutFix.length > 0).toBe(faults > 0);
  },
);

test('a gateway out of whose hearing a tracker is brings the others, and later what it kept', async () => {
  const { devices, secrets } = everyFormat();
  const behind = devices.filter(({ format }) => format === 'traccar-forward');
  broker = await startTestBroker(secrets);
  fleet = startFleet({
    mqttUrl: broker.url,
    devices: behind,
    itinerary,
    reporting: { movingMs: 1_000, parkedMs: 30_000 },
    seed: 'gateway',
    faults: 0,
    incidents: 0,
    stage: null,
    startMs: Date.now() - 12 * HOUR_MS,
    timeScale: 1_000,
    log: () => {},
  });
  const running = fleet;
  let heldBack = 0;
  const watching = setInterval(() => {
    const { outOfCoverage, connected, buffered } = running.status();
    if (outOfCoverage === 1 && connected === 1) heldBack = Math.max(heldBack, buffered);
  }, 5);
  await eventually(() => heldBack > 12, 25_000).finally(() => clearInterval(watching));
  await eventually(() => running.status().outOfCoverage === 0 && running.status().connected === 2, 25_000);
  await running.stop();
  for (const { ident } of behind) {
    const times =
      readByIdent(broker)
        .get(ident)
        ?.positions.map(({ fixTimeMs }) => fixTimeMs) ?? [];
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    // While the ignition is on one second follows another, also over the hole.
    const gaps = times.map((time, i) => time - (times[i - 1] ?? time));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(30_000);
  }
});
