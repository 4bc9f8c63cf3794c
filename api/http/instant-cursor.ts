import { badCursor, encodeCursor } from './page-cursor.ts';

/** Where a page starts in a list that is ordered by an instant, and by id where that is the same. */
export interface InstantPlace {
  /** Epoch milliseconds. */
  atMs: number;
  id: string;
}

/** The last instant that a Date can hold, epoch milliseconds. */
const MAX_INSTANT_MS = 8.64e15;

/** An opaque cursor of one list, as {@link encodeCursor}'s are. */
export function encodeInstantCursor(list: string, { atMs, id }: InstantPlace): string {
  return encodeCursor(list, `${atMs}:${id}`);
}

/** @param isId what the ids of this list look like @throws `bad_cursor` */
export function decodeInstantCursor(
  list: string,
  cursor: string,
  isId: (id: string) => boolean,
): InstantPlace {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const [, name, instant, id] = /^([^:]*):(-?[0-9]{1,16}):(.*)$/s.exec(text) ?? [];
  const atMs = Number(instant);
  if (name !== list || Math.abs(atMs) > MAX_INSTANT_MS || id === undefined || !isId(id)) throw badCursor();
  return { atMs, id };
}
