import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fleetFile, readFleetFile } from './fleet-file.ts';

test('a device is a car unless the file says otherwise', () => {
  expect(fleetFile.parse([{ ident: '1', secret: 's' }])).toEqual([{ ident: '1', secret: 's', kind: 'car' }]);
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
