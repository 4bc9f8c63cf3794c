import { afterEach, expect, test } from 'vitest';
import { layOutCity } from '../city/city.ts';
import { createCityItinerary } from '../city/itinerary.ts';
import { createRandom } from '../random.ts';
import { eventually, startTestBroker, type TestBroker, testDevices } from '../testing/test-broker.ts';
import type { NativePosition } from '../tracker/native-position.ts';
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
    for (const { time } of [JSON.parse(payload) as NativePosition].flat()) own.add(time);
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
      if (moment.position) lived.push(moment.position.time);
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
