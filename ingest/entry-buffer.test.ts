import { describe, expect, it } from 'vitest';
import { EntryBuffer } from './entry-buffer.ts';

const entry = (bytes: number) => ({ shard: 0, mark: '', bytes: Buffer.alloc(bytes) });

describe('the buffer between reading and storing', () => {
  it('makes the reader wait while it is full, and the storer while it is empty', async () => {
    const buffer = new EntryBuffer<string>(100);
    const filled = buffer.untilFilled();
    buffer.push('a', entry(100));
    expect(await filled).toBe(true);
    let hasRoom = false;
    const room = buffer
      .untilRoom(() => true)
      .then((mayRead) => {
        hasRoom = mayRead;
      });
    await new Promise((resolve) => setImmediate(resolve));
    expect(hasRoom).toBe(false);
    expect(buffer.shift()?.tenure).toBe('a');
    await room;
    expect(hasRoom).toBe(true);
    expect(buffer.bytes).toBe(0);
  });

  it('lets nobody read while there is nothing to read from', async () => {
    const buffer = new EntryBuffer<string>(100);
    let isReadable = false;
    const room = buffer.untilRoom(() => isReadable);
    isReadable = true;
    buffer.wake();
    expect(await room).toBe(true);
  });

  it('ends both waits when it is closed, after what is left was taken', async () => {
    const buffer = new EntryBuffer<string>(100);
    buffer.push('a', entry(1));
    buffer.close();
    expect(await buffer.untilRoom(() => true)).toBe(false);
    expect(await buffer.untilFilled()).toBe(true);
    buffer.shift();
    expect(await buffer.untilFilled()).toBe(false);
  });
});
