import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor, pageOf } from './page-cursor.ts';

test('a cursor gives back its position to the list that made it', () => {
  expect(decodeCursor('vehicles', encodeCursor('vehicles', '9223372036854775807'))).toBe(
    '9223372036854775807',
  );
  expect(decodeCursor('positions', encodeCursor('positions', 1_795_000_000_000))).toBe('1795000000000');
});

test('a cursor of another list, or one that nobody made, is refused', () => {
  const forged = (text: string) => Buffer.from(text).toString('base64url');
  const wrong = [
    encodeCursor('devices', '5'),
    '',
    'x',
    forged('vehicles'),
    forged('vehicles:'),
    forged('vehicles:-1'),
    forged('vehicles:1e3'),
    forged("vehicles:1' OR 1=1"),
    forged('vehicles:9223372036854775808'),
    forged(`vehicles:${'9'.repeat(100)}`),
  ];
  for (const cursor of wrong) {
    expect(() => decodeCursor('vehicles', cursor)).toThrow(expect.objectContaining({ code: 'bad_cursor' }));
  }
});

test('a page has a cursor exactly when there is more', () => {
  const items = [{ id: '1' }, { id: '2' }, { id: '3' }];
  expect(pageOf('vehicles', items, 3)).toEqual({ items, nextCursor: null });
  const page = pageOf('vehicles', items, 2);
  expect(page.items).toEqual([{ id: '1' }, { id: '2' }]);
  expect(decodeCursor('vehicles', page.nextCursor!)).toBe('2');
});
