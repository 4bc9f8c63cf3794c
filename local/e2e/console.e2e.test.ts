import { readFile } from 'node:fs/promises';
import mqtt from 'mqtt';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Demo } from '../demo/demo-file.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { logIn } from './api-client.ts';
import { startBrowser } from './browser.ts';
import { nothingLeft, npmStart, recordedPids, type UserStart } from './user-start.ts';

const DAY_MS = 86_400_000;
const FIXES = 61;
const FIX_EVERY_MS = 10_000;
/** Degrees between fixes: 111 m, which is 40 km/h. */
const STEP_DEG = 0.001;

let folder: ReturnType<typeof makeTemporaryFolder>;
let stack: UserStart;
let demo: Demo;
let browser: Browser;
let page: Page;
let tracker: { ident: string; secret: string };
let startMs: number;
const problems: string[] = [];

beforeAll(async () => {
  folder = makeTemporaryFolder('e2e-console');
  stack = npmStart(folder.path, ['--vehicles', '2']);
  [demo, browser] = await Promise.all([stack.ready(), startBrowser()]);
  // Noon of yesterday, as the browser counts days too.
  const noon = new Date(Date.now() - DAY_MS);
  startMs = noon.setHours(12, 0, 0, 0);
  tracker = await installTracker();
  await publish(tracker, `devices/${tracker.ident}/positions`, JSON.stringify(drive()));
  await publish(tracker, `devices/${tracker.ident}/positions`, '{"time": 17636');
  // Drawn by software, a map in motion takes most of the machine.
  page = await browser.newPage({ viewport: { width: 1_280, height: 800 }, reducedMotion: 'reduce' });
  // The dialog that asks for a file belongs to the browser; without it the page saves as others do.
  await page.addInitScript('delete window.showSaveFilePicker');
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

/** A vehicle with a tracker that was in it yesterday already. */
async function installTracker(): Promise<{ ident: string; secret: string }> {
  const { post } = await logIn(demo);
  const ident = '001017000009992';
  const vehicle = await post<{ id: string }>('/api/v1/vehicles', { label: 'Boda 999', kind: 'motorcycle' });
  const { device, secret } = await post<{ device: { id: string }; secret: string }>('/api/v1/devices', {
    ident,
  });
  const from = new Date(startMs - DAY_MS).toISOString();
  await post(`/api/v1/vehicles/${vehicle.id}/installations`, { deviceId: device.id, from });
  return { ident, secret };
}

/** East, then north, with one fix of two satellites beside the way. */
function drive(): object[] {
  const fixes: object[] = Array.from({ length: FIXES }, (_, at) => ({
    time: startMs + at * FIX_EVERY_MS,
    lat: 0.3 + Math.max(0, at - 30) * STEP_DEG,
    lon: 32.55 + Math.min(at, 30) * STEP_DEG,
    speedKmh: 40,
    satellites: 9,
    batteryV: 12.6,
    attributes: { fuelPercent: 80 - at / 2 },
  }));
  return [...fixes, { time: startMs + 95_000, lat: 0.31, lon: 32.56, speedKmh: 40, satellites: 2 }];
}

async function publish(
  account: { ident: string; secret: string },
  topic: string,
  payload: string,
): Promise<void> {
  const { ident, secret } = account;
  const client = await mqtt.connectAsync(demo.mqttUrl, {
    username: ident,
    password: secret,
    clientId: ident,
  });
  await client.publishAsync(topic, payload, { qos: 1 });
  await client.endAsync();
}

const shown = (id: string) => page.getByTestId(id);
const textOf = (id: string) => expect.poll(() => shown(id).textContent(), { timeout: 10_000 });

async function signIn(role: 'fleet' | 'admin'): Promise<void> {
  const user = demo.users.find((candidate) => candidate.role === role);
  await shown('login-email').fill(user?.email ?? '');
  await shown('login-password').fill(user?.password ?? '');
  await shown('login-submit').click();
}

test('yesterday’s drive is drawn, charted and measured', async () => {
  await page.goto(demo.apiUrl);
  await shown('login-email').waitFor();
  problems.length = 0; // The browser reports the 401 that leads to the login page itself.
  await signIn('fleet');
  await shown('vehicle-search').fill('Boda 999');
  await shown('vehicle-row').first().click();
  await shown('panel-replay').click();
  await page.getByRole('button', { name: 'Yesterday' }).click();
  await shown('replay-dock').waitFor();
  // Two straight streets need three vertices.
  await expect.poll(async () => Number(await shown('replay').getAttribute('data-vertices'))).toBe(3);
  await textOf('replay-distance').toBe('6.7 km');
  await textOf('replay-charts').toMatch(/Speed40 km\/h.*Fuel50 %.*Battery12\.6 V/);
});

test('the slider leads along the drive, and playing moves on', async () => {
  await textOf('replay-time').toBe('12:10:00');
  await shown('replay-slider').press('Home');
  await textOf('replay-time').toBe('12:00:00');
  await shown('replay-slider').press('ArrowRight');
  await textOf('replay-time').toBe('12:00:10');
  await textOf('replay-charts').toMatch(/Fuel(79|80) %/);
  await shown('replay-play').click();
  await textOf('replay-time').toMatch(/^12:0[1-9]/);
});

test('a doubtful fix is shown with its reason, and the export has it', async () => {
  await shown('replay-doubtful').check();
  await textOf('doubtful-count').toBe('1');
  await shown('doubtful-row').getByRole('button').click();
  await textOf('doubtful-row').toMatch(/12:01:35Few satellitesToo few satellites/);
  const [download] = await Promise.all([page.waitForEvent('download'), shown('export-csv').click()]);
  expect(download.suggestedFilename()).toMatch(/^boda-999-\d{4}-\d\d-\d\d\.csv$/);
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n');
  expect(lines).toHaveLength(1 + FIXES + 1);
  expect(lines.filter((line) => line.includes('few_satellites'))).toHaveLength(1);
});

test('a broken payload is in quarantine with its bytes, and still broken when it is replayed', async () => {
  await shown('nav-quarantine').click();
  await shown('quarantine-entry').first().click();
  await textOf('payload').toBe('{"time": 17636');
  await shown('payload-hex').click();
  await textOf('payload').toContain('7b 22 74 69 6d 65 22');
  await shown('quarantine-replay').click();
  await textOf('replay-state').toBe('Still unreadable');
});

test('what a gateway brought of a tracker that it might not speak for is ingested after it may', async () => {
  await shown('nav-trackers').click();
  await shown('device-search').fill(tracker.ident);
  await textOf('device-row').toContain('Boda 999');
  await shown('tab-gateways').click();
  await shown('gateway-new').click();
  await shown('gateway-ident').fill('traccar-e2e');
  await shown('gateway-create').click();
  const secret = (await shown('secret').textContent()) ?? '';
  await shown('secret-done').click();
  expect(await page.getByText(secret).count()).toBe(0);

  const fixTime = new Date(startMs + DAY_MS / 24).toISOString();
  const position = { fixTime, valid: true, latitude: 0.36, longitude: 32.58, speed: 20, attributes: {} };
  const device = { id: 1, uniqueId: tracker.ident };
  const forwarded = JSON.stringify({ position, device });
  await publish({ ident: 'traccar-e2e', secret }, 'traccar/positions', forwarded);

  await shown('nav-quarantine').click();
  await shown('quarantine-reason').selectOption('unknown_ident');
  await shown('quarantine-entry').click();
  await textOf('replay-state').toBe('Open');

  await shown('nav-trackers').click();
  await shown('tab-gateways').click();
  await shown('gateway-devices').click();
  const box = shown('gateway-devices-dialog')
    .locator('label', { hasText: tracker.ident })
    .getByRole('checkbox');
  await box.check();
  await textOf('gateway').toContain('1 listed device');
  await page.keyboard.press('Escape');

  await shown('nav-quarantine').click();
  await shown('quarantine-reason').selectOption('unknown_ident');
  await shown('quarantine-entry').click();
  await shown('quarantine-replay-all').click();
  await shown('confirm-yes').click();
  await textOf('replay-state').toBe('Read and ingested');
});

test('who may not write sees no controls for it, and an administrator’s threshold can be set and taken back', async () => {
  await shown('nav-settings').click();
  await shown('thresholds').waitFor();
  expect(await shown('thresholds-save').count()).toBe(0);
  await page.getByRole('button', { name: 'Log out' }).click();
  await signIn('admin');
  await shown('threshold-maxSpeedKmh').fill('140');
  await shown('thresholds-save').click();
  await textOf('thresholds-origin').toBe('These were set by your company.');
  await shown('thresholds-reset').click();
  await shown('confirm-yes').click();
  await textOf('thresholds-origin').toBe('These are the defaults.');
  expect(await shown('threshold-maxSpeedKmh').inputValue()).toBe('200');
});

test('the pages broke no rule of the content security policy and raised no error', () => {
  expect(problems).toEqual([]);
});
