import type { Position } from '../../position.ts';
import type { Adapter } from '../adapter.ts';
import { emptyPosition } from '../empty-position.ts';
import { type Draft, doubtFix, finished, isToldAgain, keep, placeFix, readFields } from '../field-table.ts';
import { finite, instantOfMs, instantOfS, isObject, shown } from '../fields.ts';
import { parseInstant } from '../instant.ts';
import { identText, splitByIdent } from '../json-gateway.ts';
import { decodeJsonItems, type Refused } from '../json-payload.ts';
import { matchesFilter } from '../topic-filter.ts';
import { flespiFields } from './fields.ts';

/**
 * Messages of flespi: an object of flat keys, or a list of such, on the given topic or MQTT filter.
 * A gateway's format: `ident` says whose a message is; the number in the topic is flespi's own.
 */
export function flespi(topic: string): Adapter {
  return {
    name: 'flespi',
    reads: (candidate) => matchesFilter(topic, candidate),
    identOf: () => null,
    decode: (payload, { receivedAtMs }) => decodeJsonItems(payload, (item) => decodeItem(item, receivedAtMs)),
    split: (payload) => splitByIdent(payload, identOf),
  };
}

function identOf(item: unknown): string | Refused {
  return isObject(item) ? identText(item.ident, 'ident') : { reason: 'malformed', detail: 'not an object' };
}

const WITHOUT_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?$/;

/**
 * Seconds since the epoch with the microseconds as a fraction; or ISO 8601, which flespi documents
 * to be in UTC also where it says no offset (https://flespi.com/protocols/mqtt).
 */
function instantOf(value: unknown): number | null {
  if (typeof value !== 'string') return instantOfS(finite(value));
  return parseInstant(WITHOUT_OFFSET.test(value) ? `${value}Z` : value);
}

function decodeItem(item: unknown, receivedAtMs: number): Position | Refused {
  if (!isObject(item)) return { reason: 'malformed', detail: 'not an object' };
  const { timestamp } = item;
  if (timestamp === undefined || timestamp === null) {
    return { reason: 'missing_field', detail: 'timestamp is missing' };
  }
  const recordMs = instantOf(timestamp);
  if (recordMs === null) {
    return {
      reason: 'invalid_field',
      detail: `timestamp is ${shown(timestamp)}, neither seconds nor ISO 8601`,
    };
  }
  const draft: Draft = { position: emptyPosition(recordMs, { receivedAtMs }), attributes: {}, alarms: [] };
  placeFix(draft, item, 'position.latitude', 'position.longitude');
  settleTime(draft, item, recordMs);
  readFields(draft, item, flespiFields);
  return finished(draft);
}

/** When the fix was computed is told by `position.timestamp`, or by its age in seconds. */
function settleTime(draft: Draft, item: Record<string, unknown>, recordMs: number): void {
  const own = item['position.timestamp'];
  const ageS = finite(item['position.fix.age']);
  const fixMs = instantOf(own) ?? (ageS === null ? null : instantOfMs(recordMs - ageS * 1_000));
  if (fixMs === null || isToldAgain(recordMs, fixMs)) {
    if (fixMs !== null) doubtFix(draft);
    keep(draft, 'position.timestamp', own);
  } else {
    draft.position.fixTimeMs = fixMs;
    if (fixMs !== recordMs) keep(draft, 'timestamp', item.timestamp);
  }
}
