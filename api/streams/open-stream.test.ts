import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createOpenStream } from './open-stream.ts';

const STALLED_MS = 60;

function openStream() {
  let closes = 0;
  const open = createOpenStream({
    taken: () => {},
    closed: () => {
      closes += 1;
    },
    maxStalledMs: STALLED_MS,
  });
  return { ...open, closes: () => closes };
}

/** Why the stream broke. */
async function brokenBy({ readable }: ReturnType<typeof openStream>): Promise<string> {
  const [error] = (await once(readable, 'error', { signal: AbortSignal.timeout(2_000) })) as [Error];
  return error.message;
}

describe('a reader that takes nothing', () => {
  it('is cut off while the last chunk lies in the stream, which is complete', async () => {
    const stream = openStream();
    stream.readable.read(0);
    stream.chunk(Buffer.from('all of it'));
    stream.end();
    expect(stream.readable.readableLength).toBe(9);
    expect(await brokenBy(stream)).toBe(`the reader took nothing for ${STALLED_MS} ms`);
    expect(stream.closes()).toBe(1);
  });

  it('is cut off while a chunk lies in the stream and the next is still to be made', async () => {
    const stream = openStream();
    stream.readable.read(0);
    stream.chunk(Buffer.from('the first'));
    expect(await brokenBy(stream)).toContain('took nothing');
  });

  it('is cut off when it never looks for the end', async () => {
    const stream = openStream();
    stream.end();
    expect(await brokenBy(stream)).toContain('took nothing');
  });
});

describe('a reader that is not to blame', () => {
  it('waits for the next chunk as long as that takes to be made', async () => {
    const stream = openStream();
    const texts: string[] = [];
    stream.readable.on('data', (bytes: Buffer) => texts.push(bytes.toString()));
    stream.chunk(Buffer.from('one'));
    await sleep(3 * STALLED_MS);
    stream.chunk(Buffer.from('two'));
    stream.end();
    await once(stream.readable, 'close');
    expect(texts).toEqual(['one', 'two']);
    expect(stream.closes()).toBe(1);
  });

  it('may take the end of what is complete in small pieces', async () => {
    const stream = openStream();
    stream.readable.read(0);
    stream.chunk(Buffer.alloc(8));
    stream.end();
    const closed = once(stream.readable, 'close');
    for (let piece = 0; piece < 8; piece += 1) {
      await sleep(STALLED_MS / 2);
      expect(stream.readable.read(1)).toHaveLength(1);
    }
    stream.readable.read();
    await closed;
    expect(stream.readable.errored).toBeNull();
  });
});
