import { expect, test } from 'vitest';
import { withDatabase } from './database-url.ts';

test('the database of a URL is replaced and everything else is kept', () => {
  expect(withDatabase('postgres://me:pw@db:5432/wayleave?sslmode=require', 'other')).toBe(
    'postgres://me:pw@db:5432/other?sslmode=require',
  );
});

test('a URL that gives a socket folder instead of a host is understood', () => {
  expect(withDatabase('postgres://postgres@/wayleave?host=%2Ftmp%2Fx', 'other')).toBe(
    'postgres://postgres@/other?host=%2Ftmp%2Fx',
  );
});

test('a URL without a database gets one', () => {
  expect(withDatabase('postgresql://db', 'other')).toBe('postgresql://db/other');
});

test('what is not a PostgreSQL URL is refused', () => {
  expect(() => withDatabase('redis://db/1', 'other')).toThrow('not a PostgreSQL URL');
});
