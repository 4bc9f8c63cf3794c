import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Demo } from '../demo/demo-file.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { startBrowser } from './browser.ts';
import { differingPixels } from './picture-difference.ts';
import { nothingLeft, npmStart, recordedPids, type UserStart } from './user-start.ts';

const VEHICLES = 12;
/** Far outside the city in which the simulated vehicles drive. */
const ENTEBBE = { lat: 0.0512, lon: 32.4637 };

let folder: ReturnType<typeof makeTemporaryFolder>;
let stack: UserStart;
let demo: Demo;
let browser: Browser;
let page: Page;
const problems: string[] = [];
const foreign: string[] = [];

beforeAll(async () => {
  folder = makeTemporaryFolder('e2e-map');
  stack = npmStart(folder.path, ['--vehicles', String(VEHICLES)]);
  [demo, browser] = await Promise.all([stack.ready(), startBrowser()]);
  page = await browser.newPage({ viewport: { width: 1_280, height: 800 }, colorScheme: 'light' });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${message.text()} (${message.location().url})`);
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== demo.apiUrl) foreign.push(request.url());
  });
});

afterAll(async () => {
  await browser?.close();
  stack.process.kill('SIGTERM');
  await nothingLeft(folder.path, recordedPids(folder.path).values());
  folder.remove();
});

/** A number that the map publishes about itself. */
async function mapFigure(name: string): Promise<number> {
  return Number(await page.getByTestId('map').getAttribute(name));
}

async function logIn(password: string): Promise<void> {
  await page.getByTestId('login-email').fill(demo.users[0]?.email ?? '');
  await page.getByTestId('login-password').fill(password);
  await page.getByTestId('login-submit').click();
}

test('a wrong password is refused in words', async () => {
  await page.goto(demo.apiUrl);
  await logIn('not the password');
  await expect.poll(() => page.getByTestId('login-error').textContent()).toMatch(/\w+ /);
  problems.length = 0; // The browser reports the 401 itself.
});

test('the page shows the fleet on its map, from this server alone', async () => {
  await logIn(demo.users[0]?.password ?? '');
  await page.getByTestId('map').waitFor();
  await expect
    .poll(() => page.getByTestId('map').getAttribute('data-connection'), { timeout: 15_000 })
    .toBe('live');
  await expect.poll(() => mapFigure('data-vehicles-total'), { timeout: 15_000 }).toBe(VEHICLES + 1);
  // The page was opened before most had reported, a parked one does so after half a minute, and the
  // map makes room for each. All but the one that waits for the user to move it come into view.
  await expect
    .poll(() => mapFigure('data-vehicles-visible'), { timeout: 60_000 })
    .toBeGreaterThanOrEqual(VEHICLES);
  expect(await page.getByTestId('vehicle-row').count()).toBeGreaterThan(5);
  expect(foreign).toEqual([]);
  expect(problems).toEqual([]);
});

test('the vehicles move on the map', async () => {
  const canvas = page.locator('canvas.maplibregl-canvas');
  await sleep(2_000); // The map has come to rest after framing the fleet.
  const before = await canvas.screenshot();
  const lastUpdate = await page.getByTestId('map').getAttribute('data-last-update');
  await vi.waitFor(
    async () => {
      expect(await page.getByTestId('map').getAttribute('data-last-update')).not.toBe(lastUpdate);
      // A mark is some 20 pixels wide: one that moved by its own width changes hundreds of pixels.
      expect(await differingPixels(page, before, await canvas.screenshot())).toBeGreaterThan(300);
    },
    { timeout: 30_000, interval: 1_000 },
  );
});

test('a tracker that reports now is seen with its speed a moment later', async () => {
  await page.getByTestId('vehicle-search').fill('Yours to drive');
  await expect.poll(() => page.getByTestId('vehicle-row').count()).toBe(1);
  const { ident, secret } = demo.device;
  const tracker = await mqtt.connectAsync(demo.mqttUrl, {
    username: ident,
    password: secret,
    clientId: ident,
  });
  for (const speedKmh of [37, 52]) {
    const fix = { time: Date.now(), ...ENTEBBE, speedKmh, headingDeg: 45, ignition: true };
    await tracker.publishAsync(`devices/${ident}/positions`, JSON.stringify(fix), { qos: 1 });
    const row = page.getByTestId('vehicle-row').first();
    await expect.poll(() => row.textContent(), { timeout: 5_000 }).toContain(`${speedKmh} km/h`);
    await sleep(1_100); // The next fix has a time of its own.
  }
  await tracker.endAsync();
  expect(problems).toEqual([]);
});

test('the map, not yet touched, has made room for the vehicle that was not on it before', async () => {
  await expect.poll(() => mapFigure('data-vehicles-visible'), { timeout: 10_000 }).toBe(VEHICLES + 1);
});
