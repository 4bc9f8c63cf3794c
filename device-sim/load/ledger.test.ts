import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLedger } from './ledger.ts';
import { readLedger, writeLedger } from './ledger-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wayleave-ledger-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** For each device how many messages were sent, and which of them were acknowledged, in which order. */
const devices = fc.array(
  fc.nat(30).chain((sent) =>
    fc.record({
      sent: fc.constant(sent),
      acknowledged: fc.shuffledSubarray(Array.from({ length: sent }, (_, message) => message)),
    }),
  ),
  { minLength: 1, maxLength: 4 },
);
const layout = fc.record({
  positions: fc.integer({ min: 1, max: 4 }),
  stepMs: fc.integer({ min: 1, max: 50 }),
});

const FIRST_MS = 1_763_640_000_000;

test('a ledger knows exactly the positions that were and were not acknowledged, also after it was a file', async () => {
  const file = join(folder, 'ledger');
  await fc.assert(
    fc.asyncProperty(devices, layout, fc.boolean(), async (sent, { positions, stepMs }, evenly) => {
      const spanMs = positions * stepMs;
      const gapMs = evenly ? 0 : 13;
      const firstOf = (device: number, message: number) => FIRST_MS + device + message * (spanMs + gapMs);
      const idents = sent.map((_, device) => `tracker-${device}`);
      const ledger = createLedger(idents, positions, stepMs, evenly);
      for (const [device, { sent: count, acknowledged }] of sent.entries()) {
        for (let message = 0; message < count; message++) ledger.sent(device, firstOf(device, message));
        for (const message of acknowledged) ledger.acknowledged(device, message);
      }
      await writeLedger(file, ledger, evenly);
      for (const kept of [ledger, await readLedger(file)]) {
        expect(kept.idents).toEqual(idents);
        expect(kept.sentMessages()).toBe(sent.reduce((total, each) => total + each.sent, 0));
        expect(kept.acknowledgedMessages()).toBe(
          sent.reduce((total, each) => total + each.acknowledged.length, 0),
        );
        for (const [device, { sent: count, acknowledged }] of sent.entries()) {
          const times = (wanted: boolean) =>
            Array.from({ length: count }, (_, message) => message)
              .filter((message) => acknowledged.includes(message) === wanted)
              .flatMap((message) =>
                Array.from({ length: positions }, (_, k) => firstOf(device, message) + k * stepMs),
              );
          expect([...kept.acknowledgedFixTimes(device)]).toEqual(times(true));
          expect([...kept.unacknowledgedFixTimes(device)]).toEqual(times(false));
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('a million messages in order take no more memory than a few', () => {
  const ledger = createLedger(['a', 'b'], 1, 1, true);
  const before = process.memoryUsage().arrayBuffers;
  for (let message = 0; message < 1_000_000; message++) {
    ledger.sent(0, FIRST_MS + message);
    ledger.acknowledged(0, message);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  expect(ledger.entries(0)).toMatchObject({ sent: 1_000_000, prefix: 1_000_000, ahead: [] });
  expect(ledger.lastFixTimeMs(0)).toBe(FIRST_MS + 999_999);
  expect(ledger.lastFixTimeMs(1)).toBe(0);
});

test('another file is not taken for a ledger', async () => {
  const file = join(folder, 'other');
  await writeFile(file, 'something else altogether');
  await expect(readLedger(file)).rejects.toThrow(/is not a ledger/);
});
