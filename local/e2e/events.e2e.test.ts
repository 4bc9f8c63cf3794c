import { setTimeout as sleep } from 'node:timers/promises';
import { moved, type Place } from '@wayleave/device-sim/geo.ts';
import mqtt, { type MqttClient } from 'mqtt';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Demo } from '../demo/demo-file.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { type ApiClient, logIn } from './api-client.ts';
import { startBrowser } from './browser.ts';
import { type LiveEvents, openLiveEvents, type ShownEvent } from './live-events.ts';
import { nothingLeft, npmStart, recordedPids, type UserStart } from './user-start.ts';

/** What the issue promises, from the PUBACK of the fix that makes an event certain, and from an edit. */
const SOON_MS = 2_000;
/** Of what takes a job, or a browser. */
const PATIENCE_MS = 15_000;
/** Inside the territory, away from the other geofences of the demonstration. */
const FIELD: Place = { lat: 0.37, lon: 32.6 };
const RADIUS_M = 300;

interface Geofence {
  id: string;
  version: number;
  validFrom: string;
}

let folder: ReturnType<typeof makeTemporaryFolder>;
let stack: UserStart;
let demo: Demo;
let browser: Browser;
let api: ApiClient;
let live: LiveEvents;
let tracker: MqttClient;

beforeAll(async () => {
  folder = makeTemporaryFolder('e2e-events');
  stack = npmStart(folder.path, ['--vehicles', '0']);
  [demo, browser] = await Promise.all([stack.ready(), startBrowser()]);
  api = await logIn(demo, 'admin');
  live = await openLiveEvents(demo.apiUrl, api.accessToken);
  const { ident, secret } = demo.device;
  tracker = await mqtt.connectAsync(demo.mqttUrl, { username: ident, password: secret, clientId: ident });
});

afterAll(async () => {
  live?.close();
  await tracker?.endAsync();
  await browser?.close();
  stack.process.kill('SIGTERM');
  await nothingLeft(folder.path, recordedPids(folder.path).values());
  folder.remove();
});

/** A fix so many metres east of the field; resolves with its PUBACK. */
async function publish(timeMs: number, eastM: number, more: Record<string, unknown> = {}): Promise<void> {
  const { lat, lon } = moved(FIELD, eastM, 0);
  const fix = { time: timeMs, lat, lon, speedKmh: 30, accuracyM: 3, ignition: true, ...more };
  await tracker.publishAsync(`devices/${demo.device.ident}/positions`, JSON.stringify(fix), { qos: 1 });
}

/** When it is that time, as a tracker would report. */
async function publishAt(timeMs: number, eastM: number): Promise<void> {
  await sleep(Math.max(0, timeMs - Date.now()));
  await publish(timeMs, eastM);
}

/** A forbidden circle, so many metres east of the field. */
const circleAt = (name: string, eastM: number) => {
  const { lat, lon } = moved(FIELD, eastM, 0);
  return { name, kind: 'forbidden', shape: { type: 'Circle', center: [lon, lat], radiusM: RADIUS_M } };
};

const eventOf = async (id: string): Promise<ShownEvent> => await api.get<ShownEvent>(`/api/v1/events/${id}`);

let quarry: Geofence;
let entered: ShownEvent;

test('a tracker that enters a geofence drawn a moment before is told of within two seconds, and why', async () => {
  quarry = await api.post<Geofence>('/api/v1/geofences', circleAt('Quarry', 0));
  const fromMs = Date.parse(quarry.validFrom);
  const times = [fromMs + 100, fromMs + 4_000, fromMs + 5_500] as const;
  // 40 m outside of it, then inside.
  await publishAt(times[0], RADIUS_M + 40);
  await publishAt(times[1], RADIUS_M - 30);
  await publishAt(times[2], RADIUS_M - 45);
  const acknowledgedMs = performance.now();

  const isEnter = ({ kind, subject }: ShownEvent): boolean =>
    kind === 'geofenceEnter' && subject === quarry.id;
  const { event, atMs } = await live.told(isEnter, PATIENCE_MS);
  expect(atMs - acknowledgedMs).toBeLessThan(SOON_MS);
  const { items } = await api.get<{ items: ShownEvent[] }>(`/api/v1/events?geofenceId=${quarry.id}`);
  expect(items).toEqual([event]);
  expect(event).toMatchObject({
    severity: 'critical',
    vehicleId: demo.device.vehicleId,
    occurredAt: new Date(times[1]).toISOString(),
    confirmedAt: new Date(times[2]).toISOString(),
    endedAt: null,
    late: false,
    revision: 1,
    details: {
      geofenceId: quarry.id,
      version: 1,
      name: 'Quarry',
      geofenceKind: 'forbidden',
      fixes: [times[1], times[2]].map((ms) => new Date(ms).toISOString()),
    },
  });
  entered = event;
});

test('a geofence that is edited holds two seconds later as it is now, without a restart', async () => {
  const pids = recordedPids(folder.path);
  const { version } = await api.put<Geofence>(
    `/api/v1/geofences/${quarry.id}`,
    circleAt('Quarry', 4 * RADIUS_M),
  );
  expect(version).toBe(2);
  await sleep(SOON_MS);
  // Where the vehicle stands is no longer within it.
  const leftMs = Date.now();
  await publish(leftMs, RADIUS_M - 45);
  await publishAt(leftMs + 1_000, RADIUS_M - 45);
  const acknowledgedMs = performance.now();
  const { event, atMs } = await live.told(
    ({ id, endedAt }) => id === entered.id && endedAt !== null,
    PATIENCE_MS,
  );
  expect(atMs - acknowledgedMs).toBeLessThan(SOON_MS);
  expect(event).toMatchObject({ revision: 2, endedAt: new Date(leftMs).toISOString() });
  expect(await eventOf(entered.id)).toEqual(event);
  expect(recordedPids(folder.path)).toEqual(pids);
});

test('a preview says what a geofence would have found in the history, and tells nobody', async () => {
  const all = async () => (await api.get<{ items: unknown[] }>('/api/v1/events?retracted=include')).items;
  const before = await all();
  const preview = await api.post<{ positions: number; events: ShownEvent[] }>('/api/v1/rules/preview', {
    vehicleId: demo.device.vehicleId,
    from: new Date(Date.now() - 600_000).toISOString(),
    to: new Date(Date.now() + 60_000).toISOString(),
    // Where the vehicle went, and where no geofence is any more.
    geofences: [circleAt('Tried', 0)],
  });
  expect(preview.positions).toBeGreaterThanOrEqual(5);
  expect(preview.events).toEqual([
    expect.objectContaining({ kind: 'geofenceEnter', details: expect.objectContaining({ name: 'Tried' }) }),
  ]);
  expect(await all()).toEqual(before);
});

test('what a tracker sends late is found as late, and takes back what it proves false', async () => {
  const pit = await api.post<Geofence>('/api/v1/geofences', circleAt('Pit', -2 * RADIUS_M));
  const startMs = Math.max(Date.now(), Date.parse(pit.validFrom)) + 1_000;
  const at = (seconds: number): number => startMs + seconds * 1_000;
  const about = ({ kind, subject }: ShownEvent, wanted: string): boolean =>
    kind === wanted && subject === pit.id;

  // Past the pit on both sides of a gap: it seems to have driven straight through.
  await publish(at(0), 0);
  await publish(at(100), -4 * RADIUS_M);
  await publish(at(110), -4 * RADIUS_M - 50);
  const { event: crossed } = await live.told((event) => about(event, 'geofenceCrossed'), PATIENCE_MS);
  expect(crossed).toMatchObject({ late: false, retractedAt: null });

  // What was buffered says that it stopped inside.
  for (const [seconds, eastM] of [
    [30, -2 * RADIUS_M + 50],
    [40, -2 * RADIUS_M],
    [60, -2 * RADIUS_M],
  ] as const) {
    await publish(at(seconds), eastM);
  }
  const { event: visited } = await live.told((event) => about(event, 'geofenceEnter'), PATIENCE_MS);
  expect(visited).toMatchObject({
    late: true,
    occurredAt: new Date(at(30)).toISOString(),
    confirmedAt: new Date(at(40)).toISOString(),
  });
  await vi.waitFor(
    async () => {
      expect(await eventOf(crossed.id)).toMatchObject({ retractionReason: 'late_data' });
      expect(await eventOf(visited.id)).toMatchObject({ endedAt: new Date(at(100)).toISOString() });
    },
    { timeout: PATIENCE_MS, interval: 200 },
  );
  const { event: retracted } = await live.told(
    ({ id, retractedAt }) => id === crossed.id && retractedAt !== null,
    PATIENCE_MS,
  );
  expect(retracted.revision).toBeGreaterThan(crossed.revision);
  const { items } = await api.get<{ items: ShownEvent[] }>(`/api/v1/events?geofenceId=${pit.id}`);
  expect(items.map(({ id }) => id)).toEqual([visited.id]);
});

test('an event shows beside the map as it happens, and on it when it is picked', async () => {
  const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(demo.apiUrl);
  await page.getByTestId('login-email').fill(demo.users[0]?.email ?? '');
  await page.getByTestId('login-password').fill(demo.users[0]?.password ?? '');
  await page.getByTestId('login-submit').click();
  await expect
    .poll(() => page.getByTestId('map').getAttribute('data-connection'), { timeout: PATIENCE_MS })
    .toBe('live');
  const map = page.getByTestId('map');
  await expect.poll(() => map.getAttribute('data-map-ready'), { timeout: PATIENCE_MS }).toBe('true');
  await expect
    .poll(async () => Number(await map.getAttribute('data-geofences')), { timeout: PATIENCE_MS })
    .toBeGreaterThanOrEqual(8);

  await publish(Date.now() + 200_000, -4 * RADIUS_M - 100, { alarm: 'sos' });
  const { event } = await live.told(({ kind }) => kind === 'sos', PATIENCE_MS);
  const row = page.locator(`[data-testid="feed"] [data-event="${event.id}"]`);
  await row.waitFor({ timeout: PATIENCE_MS });
  expect(await row.textContent()).toContain('Yours to drive');
  await row.click();
  await page.getByTestId('event-panel').waitFor({ timeout: PATIENCE_MS });
  expect(await page.getByTestId('event-detail').getAttribute('data-event')).toBe(event.id);
  expect((await page.getByTestId('event-explanation').textContent())?.length).toBeGreaterThan(20);
  await expect.poll(() => page.url(), { timeout: PATIENCE_MS }).toContain(event.id);
  expect(problems).toEqual([]);
});
