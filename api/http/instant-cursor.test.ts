import { expect, test } from 'vitest';
import { decodeInstantCursor, encodeInstantCursor } from './instant-cursor.ts';
import { encodeCursor } from './page-cursor.ts';

const isId = (id: string) => /^[a-z0-9.-]+$/.test(id);

test('a cursor gives back its place to the list that made it', () => {
  for (const place of [
    { atMs: 1_795_168_800_123, id: '8e785e1e-b99a-5f5d-a577-31e5ea9c6d04.2' },
    { atMs: -1, id: 'x' },
  ]) {
    expect(decodeInstantCursor('events', encodeInstantCursor('events', place), isId)).toEqual(place);
  }
});

test('a cursor of another list, or one that nobody made, is refused', () => {
  const forged = (text: string) => Buffer.from(text).toString('base64url');
  const wrong = [
    encodeInstantCursor('trips', { atMs: 1, id: 'a' }),
    encodeCursor('events', '5'),
    '',
    forged('events'),
    forged('events:1'),
    forged('events:1:'),
    forged('events:1.5:a'),
    forged('events:9999999999999999:a'),
    forged("events:1:' OR 1=1"),
    forged('events:1:a\0'),
  ];
  for (const cursor of wrong) {
    expect(() => decodeInstantCursor('events', cursor, isId)).toThrow(
      expect.objectContaining({ code: 'bad_cursor' }),
    );
  }
});
