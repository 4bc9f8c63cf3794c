import { expect, test } from 'vitest';
import { heldWhole, TooLargeToHold } from './save-stream.ts';

const streamOf = (sizes: number[], cancelled = { yes: false }) =>
  new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const size = sizes.shift();
      if (size === undefined) controller.close();
      else controller.enqueue(new Uint8Array(size));
    },
    cancel() {
      cancelled.yes = true;
    },
  });

test('a document within the bound is held whole', async () => {
  const pieces = await heldWhole(streamOf([10, 20, 30]), 60);
  expect(pieces.map(({ length }) => length)).toEqual([10, 20, 30]);
});

test('a document beyond the bound is refused in words, and no more of it is read', async () => {
  const cancelled = { yes: false };
  await expect(heldWhole(streamOf([10, 20, 31, 40], cancelled), 60)).rejects.toThrow(TooLargeToHold);
  expect(cancelled.yes).toBe(true);
});
