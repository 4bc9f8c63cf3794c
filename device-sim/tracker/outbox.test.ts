import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOutbox } from './outbox.ts';

test('nothing is taken while something is in flight', () => {
  const outbox = createOutbox<number>(10, 3);
  for (const n of [1, 2, 3, 4]) outbox.add(n);
  expect(outbox.take()).toEqual([1, 2, 3]);
  expect(outbox.take()).toBeNull();
  expect(outbox.acknowledged()).toBe(3);
  expect(outbox.take()).toEqual([4]);
});

test('what was in flight when the connection was lost leaves again first', () => {
  const outbox = createOutbox<number>(10, 3);
  outbox.add(1);
  outbox.take();
  outbox.add(2);
  outbox.lost();
  expect(outbox.take()).toEqual([1, 2]);
});

test('a full outbox gives up its oldest, but not what is in flight', () => {
  const outbox = createOutbox<number>(3, 1);
  for (const n of [1, 2, 3]) outbox.add(n);
  outbox.take();
  outbox.add(4);
  expect([outbox.dropped, outbox.size]).toEqual([1, 3]);
  outbox.acknowledged();
  expect(outbox.take()).toEqual([3]);
});

test('whatever happens to the connection, all is delivered in order', () => {
  const happening = fc.constantFrom('add', 'take', 'acknowledged', 'lost');
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 300 }), (happenings) => {
      const outbox = createOutbox<number>(1_000, 4);
      const delivered: number[] = [];
      let added = 0;
      let inFlight: readonly number[] = [];
      for (const what of happenings) {
        if (what === 'add') outbox.add(added++);
        else if (what === 'take') inFlight = outbox.take() ?? inFlight;
        else if (what === 'lost') {
          outbox.lost();
          inFlight = [];
        } else {
          delivered.push(...inFlight.slice(0, outbox.acknowledged()));
          inFlight = [];
        }
      }
      outbox.lost();
      for (let batch = outbox.take(); batch; batch = outbox.take()) {
        delivered.push(...batch);
        outbox.acknowledged();
      }
      expect(delivered).toEqual(Array.from({ length: added }, (_, n) => n));
    }),
  );
});
