import type { UplinkMessage } from '@wayleave/runtime/uplink-log/uplink-record.ts';
import { commandOfResultTopic, identOfResultTopic, readResult } from '../commands/answer.ts';
import type {
  Adapter,
  AddressedPart,
  Decoded,
  Refusal,
  RefusalReason,
} from '../positions/adapters/adapter.ts';
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
  /** A gateway's message of several devices, which stays for the sake of some of them. */
  | { outcome: 'partly'; messages: UplinkMessage[]; reason: RefusalReason; detail: string }
  | { outcome: 'refused'; reason: RefusalReason; detail: string };

/** The idents that a gateway's message speaks for; none for a message that needs no routing. */
export function identsToRoute(message: QuarantinedAgain, adapters: Adapters): string[] {
  if (!message.isGateway) return [];
  const adapter = adapters.forTopic(message.topic);
  const named = identOfResultTopic(message.topic);
  if (!adapter) return named === null ? [] : [named];
  const parts = partsOf(message, adapter);
  return 'reason' in parts ? [] : parts.map(({ ident }) => ident);
}

/**
 * Decodes a quarantined message with the adapters of now. It is readable when all of it is: what is
 * half readable would come back as a message of its own, and nothing be gained. But what a gateway's
 * message says of one device does not wait for what it says of another: it may be stored again and
 * again until all of it can be.
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
  if (!adapter) return replayOfResult(message, routes);
  const addressed = addressedParts(message, adapter, routes);
  if ('reason' in addressed) return refused(addressed.reason, addressed.detail);

  const messages: UplinkMessage[] = [];
  const failures: Failure[] = [];
  for (const part of addressed) {
    const failure =
      'reason' in part ? part : failureOf(adapter.decode(part.payload, { topic, receivedAtMs }));
    if (failure) failures.push(failure);
    else if ('deviceId' in part)
      messages.push({ ...part, operatorId, receivedAtMs, unaddressed: false, topic });
  }
  const [failure] = failures;
  if (!failure) return { outcome: 'readable', messages };
  if (addressed.length === 1) return refused(failure.reason, failure.detail);
  const detail = `${failures.length} of ${addressed.length} parts stay, the first: ${failure.detail}`;
  return messages.length === 0
    ? refused(failure.reason, detail)
    : { outcome: 'partly', messages, reason: failure.reason, detail };
}

/** What no adapter reads may be the result of a command. */
function replayOfResult(message: QuarantinedAgain, routes: ReadonlyMap<string, number>): Replay {
  const { operatorId, receivedAtMs, topic, payload } = message;
  const ident = identOfResultTopic(topic);
  if (ident === null || commandOfResultTopic(topic) === null) {
    return refused('unknown_topic', 'no format uses this topic');
  }
  const part = message.isGateway
    ? routed({ ident, payload }, routes)
    : { deviceId: message.deviceId, payload };
  if ('reason' in part) return refused(part.reason, part.detail);
  const result = readResult(payload);
  if ('reason' in result) return refused(result.reason, result.detail);
  return {
    outcome: 'readable',
    messages: [{ ...part, operatorId, receivedAtMs, unaddressed: false, topic }],
  };
}

type Failure = Pick<Refusal, 'reason' | 'detail'>;

interface RoutedPart {
  deviceId: number;
  payload: Buffer;
}

/** At least one part, or why the message has none. */
function addressedParts(
  message: QuarantinedAgain,
  adapter: Adapter,
  routes: ReadonlyMap<string, number>,
): (RoutedPart | Failure)[] | Failure {
  const { deviceId, payload, isGateway } = message;
  if (!isGateway) return [{ deviceId, payload }];
  const parts = partsOf(message, adapter);
  return 'reason' in parts ? parts : parts.map((part) => routed(part, routes));
}

function routed(
  { ident, payload }: AddressedPart,
  routes: ReadonlyMap<string, number>,
): RoutedPart | Failure {
  const deviceId = routes.get(ident);
  if (deviceId !== undefined) return { deviceId, payload };
  return {
    reason: 'unknown_ident',
    detail: `the gateway may not speak for ${ident}, or there is no such device`,
  };
}

function partsOf({ topic, payload }: QuarantinedAgain, adapter: Adapter): AddressedPart[] | Refusal {
  const ident = adapter.identOf(topic);
  if (ident !== null) return [{ ident, payload }];
  const parts = adapter.split?.(payload) ?? [];
  if (!Array.isArray(parts) || parts.length > 0) return parts;
  return { reason: 'malformed', detail: 'it does not say which device it is about', item: 0 };
}

function failureOf({ refusals, positions }: Decoded): Failure | null {
  const [first] = refusals;
  if (!first) return null;
  const { reason, detail } = first;
  const items = refusals.length + positions.length;
  if (items === 1) return { reason, detail };
  return { reason, detail: `${refusals.length} of ${items} items cannot be read, the first: ${detail}` };
}

function refused(reason: RefusalReason, detail: string): Replay {
  return { outcome: 'refused', reason, detail };
}
