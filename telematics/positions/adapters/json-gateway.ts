import type { AddressedPart, Refusal } from './adapter.ts';
import { shown } from './fields.ts';
import { jsonItems, parseJsonPayload, type Refused } from './json-payload.ts';
import { storableText } from './storable-text.ts';

/** A gateway's message speaks for few devices; one for more is not a message but a dump. */
export const MAX_IDENTS_PER_MESSAGE = 250;
/** As long as a device's ident may be (telematics/devices). */
const MAX_IDENT_LENGTH = 64;

/**
 * The parts of a gateway's payload of one object or a list of them, by the ident that `identOf`
 * finds in each. Order is kept within a part. A payload about one device is its own part, byte for
 * byte. An item without an ident refuses the whole: whose it is cannot be told, and the message
 * stays together for whoever mends it.
 */
export function splitByIdent(
  payload: Buffer,
  identOf: (item: unknown) => string | Refused,
): AddressedPart[] | Refusal {
  const parsed = parseJsonPayload(payload);
  if ('reason' in parsed) return { ...parsed, item: 0 };
  const items = jsonItems(parsed.value);
  if (!Array.isArray(items)) return { ...items, item: 0 };
  const byIdent = new Map<string, unknown[]>();
  for (const [at, item] of items.entries()) {
    const ident = identOf(item);
    if (typeof ident !== 'string') return { ...ident, item: at };
    const itemsOfIdent = byIdent.get(ident);
    if (itemsOfIdent === undefined) byIdent.set(ident, [item]);
    else itemsOfIdent.push(item);
  }
  if (byIdent.size > MAX_IDENTS_PER_MESSAGE) {
    const detail = `positions of ${byIdent.size} devices, at most ${MAX_IDENTS_PER_MESSAGE}`;
    return { reason: 'too_many_positions', detail, item: 0 };
  }
  return Array.from(byIdent, ([ident, itemsOfIdent]) => ({
    ident,
    payload: byIdent.size === 1 ? payload : Buffer.from(JSON.stringify(itemsOfIdent)),
  }));
}

/** An ident as a field holds it, `name` being the field's. Some gateways write an IMEI as a number. */
export function identText(value: unknown, name: string): string | Refused {
  const ident = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (ident === undefined || ident === null) {
    return {
      reason: 'missing_field',
      detail: `${name} is missing, so that nothing tells whose position it is`,
    };
  }
  const trimmed = typeof ident === 'string' ? storableText(ident.trim()) : '';
  if (trimmed !== '' && trimmed.length <= MAX_IDENT_LENGTH) return trimmed;
  return {
    reason: 'invalid_field',
    detail: `${name} is ${shown(value)}, not a text of 1 to ${MAX_IDENT_LENGTH} characters`,
  };
}
