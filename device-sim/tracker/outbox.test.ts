import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOutbox } from './outbox.ts';

test('nothing is taken while something is in flight', () => {
  const outbox = createOutbox<number>({ limit: 10, batch: 3, newestFirst: false });
  for (const n of [1, 2, 3, 4]) outbox.add(n);
  expect(outbox.take()).toEqual([1, 2, 3]);
  expect(outbox.take()).toBeNull();
  expect(outbox.acknowledged()).toBe(3);
  expect(outbox.take()).toEqual([4]);
});

test('what was in flight when the connection was lost leaves again first', () => {
  const outbox = createOutbox<number>({ limit: 10, batch: 3, newestFirst: false });
  outbox.add(1);
  outbox.take();
  outbox.add(2);
  outbox.lost();
  expect(outbox.take()).toEqual([1, 2]);
});

test('a full outbox gives up its oldest, but not what is in flight', () => {
  const outbox = createOutbox<number>({ limit: 3, batch: 1, newestFirst: false });
  for (const n of [1, 2, 3]) outbox.add(n);
  outbox.take();
  outbox.add(4);
  expect([outbox.dropped, outbox.size]).toEqual([1, 3]);
  outbox.acknowledged();
  expect(outbox.take()).toEqual([3]);
});

test('newest first, what came meanwhile leaves before what was left', () => {
  const outbox = createOutbox<number>({ limit: 10, batch: 2, newestFirst: true });
  for (const n of [1, 2, 3, 4]) outbox.add(n);
  expect(outbox.take()).toEqual([3, 4]);
  outbox.add(5);
  expect(outbox.acknowledged()).toBe(2);
  expect(outbox.take()).toEqual([2, 5]);
  outbox.acknowledged();
  expect(outbox.take()).toEqual([1]);
});

test('newest first, a full outbox gives up its oldest and still knows what is in flight', () => {
  const outbox = createOutbox<number>({ limit: 3, batch: 1, newestFirst: true });
  for (const n of [1, 2, 3]) outbox.add(n);
  expect(outbox.take()).toEqual([3]);
  outbox.add(4);
  outbox.acknowledged();
  expect(outbox.take()).toEqual([4]);
  outbox.acknowledged();
  expect(outbox.take()).toEqual([2]);
});

const happening = fc.constantFrom('add', 'take', 'acknowledged', 'lost');

/** Lets all of it happen and then the connection hold until nothing is left. */
function delivered(happenings: readonly string[], newestFirst: boolean): { added: number; all: number[] } {
  const outbox = createOutbox<number>({ limit: 1_000, batch: 4, newestFirst });
  const all: number[] = [];
  let added = 0;
  let inFlight: readonly number[] = [];
  for (const what of happenings) {
    if (what === 'add') outbox.add(added++);
    else if (what === 'take') inFlight = outbox.take() ?? inFlight;
    else if (what === 'lost') {
      outbox.lost();
      inFlight = [];
    } else {
      all.push(...inFlight.slice(0, outbox.acknowledged()));
      inFlight = [];
    }
  }
  outbox.lost();
  for (let batch = outbox.take(); batch; batch = outbox.take()) {
    all.push(...batch);
    outbox.acknowledged();
  }
  return { added, all };
}

test('whatever happens to the connection, all is delivered in order', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 300 }), (happenings) => {
      const { added, all } = delivered(happenings, false);
      expect(all).toEqual(Array.from({ length: added }, (_, n) => n));
    }),
  );
});

test('newest first, too, all is delivered, each once', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 300 }), (happenings) => {
      const { added, all } = delivered(happenings, true);
      expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: added }, (_, n) => n));
    }),
  );
});
