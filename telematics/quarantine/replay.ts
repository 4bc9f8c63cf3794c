import type { UplinkMessage } from '@wayleave/runtime/uplink-log/uplink-record.ts';
import type { Adapter, AddressedPart, Refusal, RefusalReason } from '../positions/adapters/adapter.ts';
import type { Adapters } from '../positions/adapters/adapters.ts';

/** A quarantined message that is to be tried again. */
export interface QuarantinedAgain {
  operatorId: number;
  /** Who published it: a tracker, or a gateway that spoke for others. */
  deviceId: number;
  isGateway: boolean;
  receivedAtMs: number;
  topic: string;
  /** Why it was quarantined. */
  reason: string;
  payload: Buffer;
}

/** What is to be appended to the uplink log, or why the message stays where it is. */
export type Replay =
  | { outcome: 'readable'; messages: UplinkMessage[] }
  | { outcome: 'refused'; reason: RefusalReason; detail: string };

/** The idents that a gateway's message speaks for; none for a message that needs no routing. */
export function identsToRoute(message: QuarantinedAgain, adapters: Adapters): string[] {
  const adapter = adapters.forTopic(message.topic);
  if (!message.isGateway || !adapter) return [];
  const parts = partsOf(message, adapter);
  return 'reason' in parts ? [] : parts.map(({ ident }) => ident);
}

/**
 * Decodes a quarantined message with the adapters of now. It is readable when every part of it
 * is: what is half readable would come back as a message of its own, and nothing be gained.
 * `routes` leads from the idents for which its gateway may speak to their devices. What is given
 * back bears the time at which the broker had it first and may repeat what was stored since.
 */
export function replayOf(
  message: QuarantinedAgain,
  adapters: Adapters,
  routes: ReadonlyMap<string, number>,
): Replay {
  const { operatorId, topic, receivedAtMs } = message;
  if (message.reason === 'refused_by_database') {
    return refused(
      'refused_by_database',
      'cannot be replayed: what is kept is the position that PostgreSQL did not take, not the message',
    );
  }
  const adapter = adapters.forTopic(topic);
  if (!adapter) return refused('unknown_topic', 'no format uses this topic');
  const addressed = addressedParts(message, adapter, routes);
  if ('reason' in addressed) return refused(addressed.reason, addressed.detail);

  const messages: UplinkMessage[] = [];
  for (const { deviceId, payload } of addressed) {
    const { refusals, positions } = adapter.decode(payload, { topic, receivedAtMs });
    const [refusal] = refusals;
    if (refusal) return refused(refusal.reason, stillRefused(refusal, refusals.length, positions.length));
    messages.push({
      deviceId,
      operatorId,
      receivedAtMs,
      unaddressed: false,
      topic,
      payload,
    });
  }
  return { outcome: 'readable', messages };
}

interface RoutedPart {
  deviceId: number;
  payload: Buffer;
}

function addressedParts(
  message: QuarantinedAgain,
  adapter: Adapter,
  routes: ReadonlyMap<string, number>,
): RoutedPart[] | Pick<Refusal, 'reason' | 'detail'> {
  const { deviceId, payload, isGateway } = message;
  if (!isGateway) return [{ deviceId, payload }];
  const parts = partsOf(message, adapter);
  if ('reason' in parts) return parts;
  const routed: RoutedPart[] = [];
  for (const part of parts) {
    const target = routes.get(part.ident);
    if (target === undefined) {
      return {
        reason: 'unknown_ident',
        detail: `the gateway may not speak for ${part.ident}, or there is no such device`,
      };
    }
    routed.push({ deviceId: target, payload: part.payload });
  }
  return routed;
}

function partsOf({ topic, payload }: QuarantinedAgain, adapter: Adapter): AddressedPart[] | Refusal {
  const ident = adapter.identOf(topic);
  if (ident !== null) return [{ ident, payload }];
  const parts = adapter.split?.(payload) ?? [];
  if (!Array.isArray(parts) || parts.length > 0) return parts;
  return { reason: 'malformed', detail: 'it does not say which device it is about', item: 0 };
}

function stillRefused({ detail }: Refusal, refusedItems: number, readItems: number): string {
  const items = refusedItems + readItems;
  return items === 1 ? detail : `${refusedItems} of ${items} items cannot be read, the first: ${detail}`;
}

function refused(reason: RefusalReason, detail: string): Replay {
  return { outcome: 'refused', reason, detail };
}
