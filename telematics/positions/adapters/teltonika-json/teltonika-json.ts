import type { Adapter, Decoded, MessageOrigin } from '../adapter.ts';
import { MAX_ATTRIBUTES_BYTES } from '../attributes.ts';
import { isObject } from '../fields.ts';
import { decodeJsonItems } from '../json-payload.ts';
import { readRecord } from './record.ts';

const SUFFIX = '/data';
/** `ruptela/{imei}/data` is another format. */
const FOREIGN_LEVEL = 'ruptela';

/** No key or unit makes a value more than eight times as long as it came. */
const SHORT_BYTES = MAX_ATTRIBUTES_BYTES / 8;

/** `{imei}/data`, also with levels before: Codec JSON (README.md). */
export const teltonikaJson: Adapter = {
  name: 'teltonika-json',
  reads,
  identOf: (topic) => levelBefore(topic.length - SUFFIX.length, topic),
  decode,
};

function reads(topic: string): boolean {
  if (!topic.endsWith(SUFFIX)) return false;
  const end = topic.length - SUFFIX.length;
  const ident = levelBefore(end, topic);
  return ident !== '' && levelBefore(end - ident.length - 1, topic) !== FOREIGN_LEVEL;
}

/** The level that ends at an index. */
function levelBefore(end: number, topic: string): string {
  return end <= 0 ? '' : topic.slice(topic.lastIndexOf('/', end - 1) + 1, end);
}

function decode(payload: Buffer, { receivedAtMs }: MessageOrigin): Decoded {
  const isPlain = payload.length <= SHORT_BYTES && !payload.includes('\\u');
  return decodeJsonItems(payload, (item) => {
    const record = reportedIn(item);
    if (isObject(record)) return readRecord(record, receivedAtMs, isPlain);
    return { reason: 'malformed', detail: 'a record that is not an object' };
  });
}

/** What is within `{"state":{"reported":…}}` or `{"reported":…}`, or else the value itself. */
function reportedIn(item: unknown): unknown {
  if (!isObject(item)) return item;
  const { state } = item;
  const holder = isObject(state) && 'reported' in state ? state : item;
  return 'reported' in holder ? holder['reported'] : item;
}
