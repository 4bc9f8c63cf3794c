import {
  type Adapter,
  type AddressedPart,
  refuseAll,
} from '@wayleave/telematics/positions/adapters/adapter.ts';
import type { Adapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import { isObject } from '@wayleave/telematics/positions/adapters/fields.ts';
import { nativeJson } from '@wayleave/telematics/positions/adapters/native-json/native-json.ts';

export const FLEET_TOPIC = 'fleet/positions';

/**
 * A format as gateways have it, to test with: on one topic, a list of native positions, each with
 * the `ident` of its device beside.
 */
const fleetFormat: Adapter = {
  name: 'fleet',
  reads: (topic) => topic === FLEET_TOPIC,
  identOf: () => null,
  decode: (payload, message) => nativeJson.decode(payload, message),
  split: (payload) => {
    const items = itemsOf(payload);
    const [refusal] = refuseAll('malformed', 'not a list of devices').refusals;
    if (!items) return refusal!;
    return items.map(
      (item): AddressedPart => ({ ident: String(item['ident']), payload: Buffer.from(JSON.stringify(item)) }),
    );
  },
};

/** A format whose topic names the device in another way than by a level. */
const hyphenFormat: Adapter = {
  name: 'hyphens',
  reads: (topic) => topic.startsWith('spread/'),
  identOf: (topic) => topic.split('/').slice(1, 3).join('-'),
  decode: (payload, message) => nativeJson.decode(payload, message),
};

function itemsOf(payload: Buffer): Record<string, unknown>[] | null {
  try {
    const items: unknown = JSON.parse(payload.toString());
    return Array.isArray(items) && items.every(isObject) && items.every(({ ident }) => ident !== undefined)
      ? items
      : null;
  } catch {
    return null;
  }
}

const list = [nativeJson, fleetFormat, hyphenFormat];
export const testAdapters: Adapters = {
  list,
  forTopic: (topic) => list.find((adapter) => adapter.reads(topic)),
};
