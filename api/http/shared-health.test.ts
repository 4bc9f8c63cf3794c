import { expect, test } from 'vitest';
import { shareHealth } from './shared-health.ts';

test('who asks at the same time, or within a second, shares one question to the dependency', async () => {
  let nowMs = 0;
  let asked = 0;
  let answer = () => {};
  const healthNow = shareHealth(
    {
      database: async () => {
        asked += 1;
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
      },
    },
    () => nowMs,
  );
  const many = Array.from({ length: 100 }, async () => await healthNow());
  nowMs = 1_500;
  many.push(healthNow());
  answer();
  for (const { ready } of await Promise.all(many)) expect(ready).toBe(true);
  nowMs = 2_499;
  await healthNow();
  expect(asked).toBe(1);
  nowMs = 2_500;
  const later = healthNow();
  answer();
  await later;
  expect(asked).toBe(2);
});

test('a failure is shared no longer than that either', async () => {
  let nowMs = 0;
  let up = false;
  const healthNow = shareHealth(
    {
      database: async () => {
        if (!up) throw new Error('away');
      },
    },
    () => nowMs,
  );
  expect((await healthNow()).ready).toBe(false);
  up = true;
  expect((await healthNow()).ready).toBe(false);
  nowMs = 1_000;
  expect((await healthNow()).ready).toBe(true);
});
