import { storableJson } from '../positions/adapters/storable-text.ts';
import type { Json } from '../rules/json.ts';

/** The most that the details of one event may take, as JSON in UTF-8: they go to the queue and to browsers with it. */
export const MAX_DETAILS_BYTES = 8 * 1024;

/** Under this name stands what did not fit. */
const OMITTED = 'omitted';
/** Names may themselves be many and long. */
const MAX_OMITTED_NAMES = 20;
const MAX_OMITTED_NAME_LENGTH = 64;

/**
 * Details as JSON that PostgreSQL's jsonb can hold. Of what is too long the longest members are left
 * out, and `omitted` names them; the same details always come out the same.
 */
export function storableDetails(details: Readonly<Record<string, Json>>): string {
  let text = storableJson(JSON.stringify(details));
  if (fits(text)) return text;
  const bytesOf = (name: string): number => Buffer.byteLength(JSON.stringify(details[name]));
  const longestFirst = Object.keys(details).sort(
    (one, other) => bytesOf(other) - bytesOf(one) || (one < other ? -1 : 1),
  );
  const kept: Record<string, Json> = { ...details };
  const omitted: string[] = [];
  for (const name of longestFirst) {
    delete kept[name];
    if (omitted.length < MAX_OMITTED_NAMES) omitted.push(name.slice(0, MAX_OMITTED_NAME_LENGTH));
    text = storableJson(JSON.stringify({ ...kept, [OMITTED]: omitted }));
    if (fits(text)) break;
  }
  return text;
}

const fits = (text: string): boolean => Buffer.byteLength(text) <= MAX_DETAILS_BYTES;
