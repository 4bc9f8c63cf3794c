import { messageOf } from '@wayleave/runtime/errors.ts';
import type { LogEntry, Mark } from '@wayleave/runtime/uplink-log/uplink-log.ts';
import { type UplinkMessage, unpackEntry } from '@wayleave/runtime/uplink-log/uplink-record.ts';
import {
  answerIn,
  type CommandAnswer,
  commandOfResultTopic,
  formatAnsweredIn,
  readResult,
} from '@wayleave/telematics/commands/answer.ts';
import {
  type Adapter,
  type Decoded,
  type Refusal,
  refuseAll,
} from '@wayleave/telematics/positions/adapters/adapter.ts';
import type { Adapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import { mergePositions } from '@wayleave/telematics/positions/merge.ts';
import { settleTime } from '@wayleave/telematics/positions/quality/settle-time.ts';
import { type StoredPosition, toStored } from '@wayleave/telematics/positions/stored-position.ts';
import type { QuarantinedMessage } from '@wayleave/telematics/quarantine/write-store.ts';
import type { Tenure } from './tenure.ts';

/** What some entries of the log come to: everything that one transaction will store. */
export interface Batch {
  /** No two of the same device and instant. */
  rows: StoredPosition[];
  /** What the database did not take: its alarms are told all the same. */
  refused: StoredPosition[];
  quarantined: QuarantinedMessage[];
  /** What trackers said to commands. */
  answers: CommandAnswer[];
  /** Where each shard stands once this and all before it is stored. */
  marks: Map<Tenure, Mark>;
  /** Some of it may have been stored by the last holder of its shard, beyond that one's last checkpoint. */
  isReplay: boolean;
  messages: number;
}

/** Decoding it would make another device's positions the gateway's own. */
const UNKNOWN_IDENT: Refusal = {
  reason: 'unknown_ident',
  detail: 'this account may not speak for a device of that name, or there is none',
  item: 0,
};

/** An adapter never throws; one that does all the same must not take the messages after it along. */
function decodeWith(adapter: Adapter, { payload, topic, receivedAtMs }: UplinkMessage): Decoded {
  try {
    return adapter.decode(payload, { topic, receivedAtMs });
  } catch (error) {
    return refuseAll('malformed', `the adapter ${adapter.name} failed: ${messageOf(error)}`);
  }
}

/** Builds a batch entry by entry, in the order of the log. */
export class BatchBuilder {
  readonly batch: Batch = {
    rows: [],
    refused: [],
    quarantined: [],
    answers: [],
    marks: new Map(),
    isReplay: false,
    messages: 0,
  };
  /** Index in `rows` of each device's newest position, and the instants of devices that need a look-up. */
  #newest = new Map<number, number>();
  #instants = new Map<number, Map<number, number>>();
  #adapters: Adapters;

  constructor(adapters: Adapters) {
    this.#adapters = adapters;
  }

  /** Everything that takes a place in the transaction. */
  get itemCount(): number {
    const { rows, quarantined, answers } = this.batch;
    return rows.length + quarantined.length + answers.length;
  }

  /** `isReplay`: the entry was there before this worker took the shard, so it may be stored already. */
  add(entry: LogEntry, tenure: Tenure, isReplay: boolean): void {
    const { batch } = this;
    if (isReplay) batch.isReplay = true;
    const logEntry = `${entry.shard}:${entry.mark}`;
    try {
      unpackEntry(entry.bytes, (message, record) => {
        requireStorable(message);
        batch.messages += 1;
        this.#decode(message, logEntry, record);
      });
    } catch (error) {
      // The log would give the same entry again for ever; what came before the damage stands.
      batch.quarantined.push(corrupt(entry, logEntry, error));
    }
    batch.marks.set(tenure, entry.mark);
  }

  #decode(message: UplinkMessage, logEntry: string, logRecord: number): void {
    const { deviceId, operatorId, topic, receivedAtMs, payload } = message;
    const refuse = (refusal: Refusal): void => {
      this.batch.quarantined.push(quarantined(message, refusal, logEntry, logRecord));
    };
    const adapter = this.#adapters.forTopic(topic);
    if (!adapter) {
      const refusal = this.#readResult(message);
      return refusal ? refuse(refusal) : undefined;
    }
    if (message.unaddressed) {
      const parts = adapter.split?.(payload) ?? [];
      return refuse('reason' in parts ? parts : UNKNOWN_IDENT);
    }
    const { positions, refusals } = decodeWith(adapter, message);
    for (const position of positions) {
      this.#place(toStored(deviceId, operatorId, settleTime(position)));
    }
    for (const refusal of refusals) refuse(refusal);
    const format = formatAnsweredIn(adapter.name);
    if (format === null) return;
    for (const position of positions) {
      const text = answerIn(position);
      if (text === null) continue;
      this.batch.answers.push({ deviceId, operatorId, format, commandId: null, text, receivedAtMs });
    }
  }

  /** What no adapter reads may be the result of a command; a reason if it is not. */
  #readResult(message: UplinkMessage): Refusal | null {
    const { deviceId, operatorId, topic, payload, receivedAtMs } = message;
    const commandId = commandOfResultTopic(topic);
    if (commandId === null) return { reason: 'unknown_topic', detail: 'no format uses this topic', item: 0 };
    if (message.unaddressed) return UNKNOWN_IDENT;
    const result = readResult(payload);
    if ('reason' in result) return { ...result, item: 0 };
    const { text } = result;
    this.batch.answers.push({ deviceId, operatorId, format: 'native', commandId, text, receivedAtMs });
    return null;
  }

  /** Adds a row, or merges it into the one of the same device and instant. */
  #place(row: StoredPosition): void {
    const { rows } = this.batch;
    const { deviceId, position } = row;
    const newestAt = this.#newest.get(deviceId);
    // Nearly every fix is newer than the one before it: only a device that breaks the order
    // pays for an index of its instants.
    if (newestAt === undefined || position.fixTimeMs > rows[newestAt]!.position.fixTimeMs) {
      this.#newest.set(deviceId, rows.push(row) - 1);
      this.#instants.get(deviceId)?.set(position.fixTimeMs, rows.length - 1);
      return;
    }
    const instants = this.#instantsOf(deviceId);
    const sameAt = instants.get(position.fixTimeMs);
    if (sameAt === undefined) {
      instants.set(position.fixTimeMs, rows.push(row) - 1);
    } else {
      rows[sameAt] = toStored(deviceId, row.operatorId, mergePositions(rows[sameAt]!.position, position));
    }
  }

  #instantsOf(deviceId: number): Map<number, number> {
    let instants = this.#instants.get(deviceId);
    if (!instants) {
      instants = new Map();
      for (const [at, row] of this.batch.rows.entries()) {
        if (row.deviceId === deviceId) instants.set(row.position.fixTimeMs, at);
      }
      this.#instants.set(deviceId, instants);
    }
    return instants;
  }
}

/** The rows that the database took. */
export function without(
  rows: readonly StoredPosition[],
  refused: readonly StoredPosition[],
): StoredPosition[] {
  const left = new Set(refused);
  return rows.filter((row) => !left.has(row));
}

/** The furthest from the epoch that a Date can be. */
const MAX_DATE_MS = 8.64e15;

/** @throws when an identity or the time cannot have been written by a packer: the entry is damaged */
function requireStorable({ deviceId, operatorId, receivedAtMs }: UplinkMessage): void {
  if (!Number.isSafeInteger(deviceId) || !Number.isSafeInteger(operatorId))
    throw new Error(`log entry names device ${deviceId} of operator ${operatorId}`);
  if (!(Math.abs(receivedAtMs) <= MAX_DATE_MS)) throw new Error(`log entry names the time ${receivedAtMs}`);
}

/** A whole entry, under a record that none of its messages has. */
function corrupt({ bytes }: LogEntry, logEntry: string, error: unknown): QuarantinedMessage {
  return {
    operatorId: 0,
    deviceId: 0,
    receivedAtMs: Date.now(),
    topic: '',
    reason: 'malformed',
    detail: error instanceof Error ? error.message : String(error),
    payload: bytes,
    logEntry,
    logRecord: -1,
    logItem: 0,
  };
}

function quarantined(
  message: UplinkMessage,
  refusal: Refusal,
  logEntry: string,
  logRecord: number,
): QuarantinedMessage {
  return {
    operatorId: message.operatorId,
    deviceId: message.deviceId,
    receivedAtMs: message.receivedAtMs,
    topic: message.topic,
    reason: refusal.reason,
    detail: refusal.detail,
    payload: refusal.payload ?? message.payload,
    logEntry,
    logRecord,
    logItem: refusal.item,
  };
}
