import { identOfResultTopic } from '@wayleave/telematics/commands/answer.ts';
import { type Adapter, MAX_POSITIONS_PER_MESSAGE } from '@wayleave/telematics/positions/adapters/adapter.ts';
import type { Adapters } from '@wayleave/telematics/positions/adapters/adapters.ts';

/** Each part has a position at the least, and more of those than this are not read anyway. */
export const MAX_PARTS_PER_MESSAGE = MAX_POSITIONS_PER_MESSAGE;

/** No device has this ident. */
export const NOBODY = '';

/** What a gateway's message says of one device, readable by itself in the format of the topic. */
export interface Part {
  /** Null when it is to be kept under the gateway's own id, where no position comes of it. */
  ident: string | null;
  payload: Buffer;
}

/** At least one part of a gateway's message: by its topic, or by its payload where that says whose it is. */
export function partsOf(
  adapters: Adapters,
  message: { topic: string; payload: Buffer; receivedAtMs: number },
): Part[] {
  const { topic, payload } = message;
  const adapter = adapters.forTopic(topic);
  // The results of commands are in no format of positions, and are a device's all the same.
  if (!adapter) return [{ ident: identOfResultTopic(topic), payload }];
  const ident = adapter.identOf(topic);
  if (ident !== null) return [{ ident, payload }];
  const parts = adapter.split?.(payload);
  if (Array.isArray(parts) && parts.length > 0 && parts.length <= MAX_PARTS_PER_MESSAGE) return parts;
  // Undivided it will be read under the gateway's own id. Where that would give positions, which
  // would be the gateway's, it is a message to nobody instead.
  return [{ ident: wouldGivePositions(adapter, message) ? NOBODY : null, payload }];
}

function wouldGivePositions(
  adapter: Adapter,
  { payload, ...origin }: { topic: string; payload: Buffer; receivedAtMs: number },
): boolean {
  return adapter.decode(payload, origin).positions.length > 0;
}
