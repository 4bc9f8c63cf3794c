import type { Refusal } from '../positions/adapters/adapter.ts';
import { isObject } from '../positions/adapters/fields.ts';
import { parseJsonPayload } from '../positions/adapters/json-payload.ts';
import { storableText } from '../positions/adapters/storable-text.ts';
import type { Position } from '../positions/position.ts';
import type { CommandFormat } from './enquiries.ts';

/** As the table of commands checks it. */
export const MAX_ANSWER_CHARACTERS = 4_096;
const MAX_RESULT_BYTES = 16 * 1_024;

/** What a tracker said to a command. */
export interface CommandAnswer {
  deviceId: number;
  operatorId: number;
  format: CommandFormat;
  /** Which one it answers; null for the one that the device was sent last and has not answered. */
  commandId: string | null;
  text: string;
  /** When the broker had it, epoch milliseconds: also what tells it from the device's other answers. */
  receivedAtMs: number;
}

/** The format of commands that trackers of an adapter's format answer within their messages. */
const ANSWERED_IN: ReadonlyMap<string, CommandFormat> = new Map([
  ['teltonika-codec', 'teltonika-codec12'],
  ['teltonika-json', 'teltonika-json'],
]);

/** Null for adapters whose messages hold no answers, which is found out without a look into them. */
export function formatAnsweredIn(adapterName: string): CommandFormat | null {
  return ANSWERED_IN.get(adapterName) ?? null;
}

/** The answer that a position carries, as text within its bound. */
export function answerIn({ attributes }: Position): string | null {
  const answer = attributes?.['commandAnswer'];
  return typeof answer === 'string' ? bounded(answer) : null;
}

const RESULT_TOPIC = /^devices\/([^/]+)\/commands\/([1-9]\d{0,17})\/result$/;

/** The command whose result a native tracker tells on a topic. */
export function commandOfResultTopic(topic: string): string | null {
  return RESULT_TOPIC.exec(topic)?.[2] ?? null;
}

/** The ident of the device that such a topic names. */
export function identOfResultTopic(topic: string): string | null {
  return RESULT_TOPIC.exec(topic)?.[1] ?? null;
}

/** The text of a native result, `{"result": …}`, or why there is none. */
export function readResult(payload: Buffer): { text: string } | Pick<Refusal, 'reason' | 'detail'> {
  if (payload.length > MAX_RESULT_BYTES) {
    return { reason: 'malformed', detail: `${payload.length} bytes of result, at most ${MAX_RESULT_BYTES}` };
  }
  const parsed = parseJsonPayload(payload);
  if ('reason' in parsed) return parsed;
  if (!isObject(parsed.value)) return { reason: 'malformed', detail: 'a result that is not an object' };
  const { result } = parsed.value;
  if (result === undefined) return { reason: 'missing_field', detail: 'result is missing' };
  return { text: bounded(typeof result === 'string' ? result : JSON.stringify(result)) };
}

/** What does not fit ends in an ellipsis. */
function bounded(text: string): string {
  const cut = text.length > MAX_ANSWER_CHARACTERS ? `${text.slice(0, MAX_ANSWER_CHARACTERS - 1)}…` : text;
  return storableText(cut);
}
