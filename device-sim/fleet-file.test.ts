import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fleetFile, readFleetFile } from './fleet-file.ts';

test('a device is a car and speaks the native format unless the file says otherwise', () => {
  expect(fleetFile.parse([{ ident: '1', secret: 's' }])).toEqual([
    { ident: '1', secret: 's', kind: 'car', format: 'native-json' },
  ]);
});

test('a gateway is named for the formats of gateways and for no other', () => {
  const device = { ident: '1', secret: 's' };
  const gateway = { ident: 'g', secret: 't' };
  const isTaken = (format: string, more: object) =>
    fleetFile.safeParse([{ ...device, format, ...more }]).success;
  expect(isTaken('flespi', { gateway })).toBe(true);
  expect(isTaken('flespi', {})).toBe(false);
  expect(isTaken('owntracks', { gateway })).toBe(false);
  expect(isTaken('morse', {})).toBe(false);
});

test('a gateway has the same secret wherever it is named', () => {
  const behind = (ident: string, secret: string) => ({
    ident,
    secret: 's',
    format: 'flespi',
    gateway: { ident: 'g', secret },
  });
  expect(fleetFile.safeParse([behind('1', 't'), behind('2', 't')]).success).toBe(true);
  expect(fleetFile.safeParse([behind('1', 't'), behind('2', 'u')]).success).toBe(false);
});

test('the ident of an HFP vehicle is that of its topic', () => {
  const isTaken = (ident: string) => fleetFile.safeParse([{ ident, secret: 's', format: 'hsl-hfp' }]).success;
  expect(isTaken('0999-00017')).toBe(true);
  expect(isTaken('350000000000001')).toBe(false);
});

test('idents that are no level of a topic, or come twice, are refused', () => {
  const secret = 's';
  for (const ident of ['', 'a/b', '+', '#', 'a b']) {
    expect(fleetFile.safeParse([{ ident, secret }]).success).toBe(false);
  }
  expect(
    fleetFile.safeParse([
      { ident: 'a', secret },
      { ident: 'a', secret },
    ]).success,
  ).toBe(false);
});

test('the complaint about a file names it and shows none of its secrets', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wayleave-fleet-'));
  const file = join(folder, 'fleet.json');
  try {
    for (const text of ['{"secret": "hush', '[{"secret": "hush", "kind": "tram"}]']) {
      await writeFile(file, text);
      const complaint = await readFleetFile(file).catch((error: Error) => error.message);
      expect(complaint).toContain(file);
      expect(complaint).not.toContain('hush');
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
