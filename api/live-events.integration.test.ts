import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { eventView } from '@wayleave/telematics/events/event.ts';
import { publishEvents } from '@wayleave/telematics/events/event-feed.ts';
import { ended, idOf } from '@wayleave/telematics/events/testing/event-drafts.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type ApiUnderTest, type OperatorName, startApi } from './test/api-under-test.ts';
import { draftsOf, retractEvent, storeEvents } from './test/events-under-test.ts';
import { makeVehicle, type TestVehicle } from './test/fleet-under-test.ts';
import { type LiveClient, openLiveAs } from './test/live-client.ts';

let api: ApiUnderTest;
let vehicle: TestVehicle;
const clients: LiveClient[] = [];

beforeAll(async () => {
  api = await startApi({
    database: await createTestDatabase(),
    redis: await createTestRedis(),
    // So slowly that no slow machine makes up for what was left out.
    live: { eventsPerS: 4 },
  });
  vehicle = await makeVehicle(api, 'north', { label: 'Boda 9' });
});
afterAll(async () => await api.close());
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

const watch = async (operator: OperatorName, bounds?: number[]): Promise<LiveClient> => {
  const client = await openLiveAs(api.url, await api.tokenOf(operator, 'agent'));
  clients.push(client);
  client.send({ type: 'subscribe', ...(bounds && { bounds }) });
  await client.next('snapshot', ({ complete }) => complete);
  return client;
};

let devices = 1_000;
const newDraft = (operator: OperatorName, more = {}) =>
  draftsOf(api, operator)({ deviceId: (devices += 1), ...more });

test('an event is told when it is raised, ended and retracted, whatever the viewport', async () => {
  const client = await watch('north', [100, 50, 101, 51]);
  const draft = newDraft('north', { vehicleId: vehicle.vehicleId });
  const token = await api.tokenOf('north', 'agent');
  const stored = async () => (await api.request('GET', `/api/v1/events/${idOf(draft)}`, { token })).json;

  await publishEvents(api.redis, await storeEvents(api, [draft]));
  const raised = (await client.next('events')).events;
  expect(raised).toEqual([await stored()]);
  expect(eventView.parse(raised[0])).toMatchObject({ vehicleLabel: 'Boda 9', revision: 1, endedAt: null });

  await publishEvents(api.redis, await storeEvents(api, [ended(draft)]));
  expect((await client.next('events')).events).toEqual([await stored()]);

  await publishEvents(api.redis, await retractEvent(api, idOf(draft)));
  const [retracted] = (await client.next('events')).events;
  expect(retracted).toEqual(await stored());
  expect(retracted).toMatchObject({ revision: 3, retractionReason: 'late_data' });
});

test('an operator hears of its own events alone, and of those that are routed live', async () => {
  const north = await watch('north');
  const south = await watch('south');
  const own = { north: newDraft('north'), south: newDraft('south') };
  const unrouted = newDraft('north', { routes: ['queue'] });
  await publishEvents(api.redis, await storeEvents(api, [own.north, own.south, unrouted]));
  // Comes after what must not have come.
  const last = { north: newDraft('north'), south: newDraft('south') };
  await publishEvents(api.redis, await storeEvents(api, [last.north, last.south]));
  for (const [name, client] of Object.entries({ north, south })) {
    const operator = name as OperatorName;
    await client.next('events', ({ events }) => events.at(-1).id === idOf(last[operator]));
    const heard = client.messages.filter(({ type }) => type === 'events').flatMap(({ events }) => events);
    expect(heard.map(({ id }) => id)).toEqual([idOf(own[operator]), idOf(last[operator])]);
    for (const event of heard) expect(eventView.strict().parse(event)).toEqual(event);
  }
});

test('many at once come in messages of a bounded size, and beyond the bound not at all', async () => {
  const client = await watch('north');
  const drafts = Array.from({ length: 700 }, () => newDraft('north'));
  await publishEvents(api.redis, await storeEvents(api, drafts));
  const last = newDraft('north');
  await expect
    .poll(() => client.messages.flatMap(({ events = [] }) => events).length, { timeout: 5_000 })
    .toBeGreaterThanOrEqual(500);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await publishEvents(api.redis, await storeEvents(api, [last]));
  await client.next('events', ({ events }) => events.at(-1).id === idOf(last));
  const messages = client.messages.filter(({ type }) => type === 'events');
  const sizes = messages.map(({ events }) => events.length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(50);
  const told = sizes.reduce((sum, size) => sum + size, 0);
  expect(told).toBeGreaterThanOrEqual(501);
  expect(told).toBeLessThan(650);
});
