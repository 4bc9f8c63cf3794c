import { CodedError } from '@wayleave/runtime/errors.ts';

/** The cursor was not made by the list it is given to. */
export const badCursor = () =>
  new CodedError('bad_cursor', 400, 'The cursor is not one that this list gave.');

/**
 * A cursor is opaque to callers: where the next page starts, in the order of one list, so that
 * rows that come or go in between shift nothing. `list` keeps a cursor from being used elsewhere.
 */
export function encodeCursor(list: string, position: string | number): string {
  return Buffer.from(`${list}:${position}`).toString('base64url');
}

const MAX_BIGINT = 2n ** 63n - 1n;

/** Where the first page of a list starts that has the newest, with the largest ids, first. */
export const AFTER_ALL_IDS = String(MAX_BIGINT);

/** @returns the position, decimal digits that fit a bigint @throws `bad_cursor` */
export function decodeCursor(list: string, cursor: string): string {
  const [name, position = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(':');
  if (name !== list || !/^[0-9]{1,19}$/.test(position) || BigInt(position) > MAX_BIGINT) throw badCursor();
  return position;
}

/** Cuts a page out of rows that were read with one more than fits. */
export function pageOf<Item extends { id: string }>(
  list: string,
  items: Item[],
  limit: number,
): { items: Item[]; nextCursor: string | null } {
  if (items.length <= limit) return { items, nextCursor: null };
  const page = items.slice(0, limit);
  return { items: page, nextCursor: encodeCursor(list, page.at(-1)!.id) };
}
