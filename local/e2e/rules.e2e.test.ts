import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Demo } from '../demo/demo-file.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { type ApiClient, logIn } from './api-client.ts';
import { startBrowser } from './browser.ts';
import { nothingLeft, npmStart, recordedPids, type UserStart } from './user-start.ts';

const DAY_MS = 86_400_000;
const FIX_EVERY_MS = 3_000;
/** Of latitude: some 55 m, which is 66 km/h between two fixes. */
const STEP_DEG = 0.0005;
const IDENT = '001017000009993';
const NAME = 'Quarry of the test';

let folder: ReturnType<typeof makeTemporaryFolder>;
let stack: UserStart;
let demo: Demo;
let api: ApiClient;
let browser: Browser;
let page: Page;
let secret: string;
const problems: string[] = [];

beforeAll(async () => {
  folder = makeTemporaryFolder('e2e-rules');
  stack = npmStart(folder.path, ['--vehicles', '1']);
  [demo, browser] = await Promise.all([stack.ready(), startBrowser()]);
  api = await logIn(demo);
  secret = await installTracker();
  page = await browser.newPage({ viewport: { width: 1_280, height: 800 }, reducedMotion: 'reduce' });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${message.text()} (${message.location().url})`);
  });
});

afterAll(async () => {
  await browser?.close();
  stack.process.kill('SIGTERM');
  await nothingLeft(folder.path, recordedPids(folder.path).values());
  folder.remove();
});

/** @returns the secret of a tracker that has been in a vehicle since yesterday */
async function installTracker(): Promise<string> {
  const vehicle = await api.post<{ id: string }>('/api/v1/vehicles', {
    label: 'Boda 993',
    kind: 'motorcycle',
  });
  const made = await api.post<{ device: { id: string }; secret: string }>('/api/v1/devices', {
    ident: IDENT,
  });
  const from = new Date(Date.now() - DAY_MS).toISOString();
  await api.post(`/api/v1/vehicles/${vehicle.id}/installations`, { deviceId: made.device.id, from });
  return made.secret;
}

const shown = (testId: string) => page.getByTestId(testId);
const textOf = (testId: string) =>
  expect.poll(() => shown(testId).first().textContent(), { timeout: 20_000 });

/** A point of the map on which geofences are drawn, as shares of its width and height. */
async function clickMap(x: number, y: number): Promise<void> {
  const box = await shown('geofence-map').boundingBox();
  if (!box) throw new Error('there is no map');
  await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
}

type Ring = [lon: number, lat: number][];
interface Fence {
  id: string;
  name: string;
  validFrom: string;
  shape: { type: string; coordinates: Ring[] };
}
const fenceNamed = async (name: string) =>
  (await api.get<{ items: Fence[] }>('/api/v1/geofences')).items.find((fence) => fence.name === name);

/** Drives north over the middle of the area's southern edge, a fix every few seconds as of now. */
async function driveInto(ring: Ring): Promise<void> {
  const south = Math.min(...ring.map(([, lat]) => lat));
  const lons = ring.map(([lon]) => lon);
  const lon = (Math.min(...lons) + Math.max(...lons)) / 2;
  const client = await mqtt.connectAsync(demo.mqttUrl, {
    username: IDENT,
    password: secret,
    clientId: IDENT,
  });
  for (const step of [-2, -1, 1, 2, 3]) {
    const fix = {
      time: Date.now(),
      lat: south + step * STEP_DEG,
      lon,
      speedKmh: 60,
      accuracyM: 5,
      ignition: true,
    };
    await client.publishAsync(`devices/${IDENT}/positions`, JSON.stringify(fix), { qos: 1 });
    await sleep(FIX_EVERY_MS);
  }
  await client.endAsync();
}

test('an area that crosses itself is refused at its field, and drawn anew it is saved', async () => {
  await page.goto(`${demo.apiUrl}/#/geofences`);
  const fleet = demo.users.find(({ role }) => role === 'fleet');
  await shown('login-email').fill(fleet?.email ?? '');
  await shown('login-password').fill(fleet?.password ?? '');
  problems.length = 0; // Nobody was logged in, which the browser reports itself.
  await shown('login-submit').click();
  await shown('draw-polygon').click();
  await expect
    .poll(() => shown('geofence-map').getAttribute('data-map-ready'), { timeout: 30_000 })
    .toBe('true');

  for (const [x, y] of [
    [0.3, 0.3],
    [0.6, 0.6],
    [0.6, 0.3],
    [0.3, 0.65],
  ] as const) {
    await clickMap(x, y);
    await sleep(600); // Two clicks in a row would be one double click.
  }
  await page.keyboard.press('Enter');
  await shown('geofence-name').fill(NAME);
  await shown('geofence-kind').selectOption('forbidden');
  await shown('geofence-save').click();
  await textOf('problem-shape').toContain('crosses itself');
  problems.length = 0; // The browser reports the 422 itself.

  await page.getByRole('button', { name: 'Draw anew' }).click();
  for (const [x, y] of [
    [0.3, 0.3],
    [0.6, 0.3],
    [0.6, 0.6],
    [0.3, 0.6],
  ] as const) {
    await clickMap(x, y);
    await sleep(600);
  }
  await shown('shape-finish').click();
  await expect.poll(() => shown('geofence-map').getAttribute('data-shape')).toBe('Polygon');
  await shown('geofence-save').click();
  await shown('geofence-detail').waitFor();
  await textOf('geofence-version').toContain('Version 1');
  expect((await fenceNamed(NAME))?.shape.coordinates[0]).toHaveLength(5);
});

test('a vehicle that drives into it is told of on the map a moment later, and the event explains itself', async () => {
  await shown('nav-map').click();
  await expect.poll(() => shown('map').getAttribute('data-connection'), { timeout: 15_000 }).toBe('live');
  await expect.poll(() => shown('map').getAttribute('data-geofences')).toMatch(/^[1-9]/);
  const fence = await fenceNamed(NAME);
  await sleep(Math.max(0, Date.parse(fence?.validFrom ?? '') - Date.now()) + 1_000);
  await driveInto(fence?.shape.coordinates[0] ?? []);

  const row = page.locator('[data-testid="event"][data-kind="geofenceEnter"]', { hasText: 'Boda 993' });
  await expect
    .poll(() => row.first().textContent(), { timeout: 20_000 })
    .toContain(`Entered forbidden zone ${NAME}`);
  expect(await row.first().textContent()).toContain('Lasting');
  await shown('toast').filter({ hasText: 'Boda 993' }).first().waitFor();
  await row.first().click();
  await textOf('event-explanation').toContain(`The vehicle came into “${NAME}”, which is a forbidden zone.`);
  await textOf('event-times').toContain('Still going on');
});

test('who acknowledges it says so for everyone, and the list of events has it with its fixes', async () => {
  await shown('acknowledge-note').fill('Called the driver');
  await shown('acknowledge').click();
  await textOf('acknowledged').toContain('Called the driver');
  await shown('nav-events').click();
  await shown('events-state').selectOption('acknowledged');
  const row = page.locator('[data-testid="event-row"]', { hasText: 'Boda 993' });
  await row.first().getByRole('link').click();
  await expect
    .poll(async () => Number(await shown('event-map').getAttribute('data-fixes')), { timeout: 20_000 })
    .toBeGreaterThanOrEqual(4);
  await textOf('acknowledged').toContain('by you');
  const { items } = await api.get<{ items: { acknowledgementNote: string | null }[] }>(
    '/api/v1/events?acknowledged=true',
  );
  expect(items.map(({ acknowledgementNote }) => acknowledgementNote)).toEqual(['Called the driver']);
});

test('the pages broke no rule of the content security policy and raised no error', () => {
  expect(problems).toEqual([]);
});
