import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@wayleave/runtime/log.ts';
import { isIdent } from '@wayleave/telematics/devices/ident.ts';
import { MAX_PARTS_PER_MESSAGE, type Part } from './gateway-parts.ts';
import type { GatewayRoutes } from './gateway-routes.ts';
import type { UplinkWriter } from './uplink-writer.ts';

/** Idents in one question to the database: those of the next message, which has no more, always fit. */
const MAX_IDENTS_PER_QUERY = MAX_PARTS_PER_MESSAGE;
/** Before the database is asked again after it did not answer. */
const RETRY_MS = 500;

export class LookupsOverloadedError extends Error {
  override name = 'LookupsOverloadedError';
}

/** A message of a gateway. */
export interface GatewayMessage {
  topic: string;
  receivedAtMs: number;
  /** As it came. */
  payload: Buffer;
  parts: Part[];
  /** What it takes in the log at the most. */
  bytes: number;
  /** Called once: when all parts are on disk, or with the error for which it is given up. */
  settle: (error?: Error) => void;
}

interface Waiting extends GatewayMessage {
  /** By the steady clock. */
  arrivedAtMs: number;
}

interface Unsettled {
  recordsLeft: number;
  settle: () => void;
}

/**
 * Takes the messages of one gateway's session to the log, each part under the id of the device that
 * it is about: a device's positions always go through its own shard, whoever brings them. What a
 * message says of devices that the gateway may not speak for stays together. Messages
 * keep their order, also behind one that waits for the database, and so do their acknowledgements.
 */
export class GatewayLane {
  #gateway: { deviceId: number; operatorId: number; ident: string };
  #routes: GatewayRoutes;
  #writer: Pick<UplinkWriter, 'accept'>;
  #log: Log;
  /** In the order of arrival; the first one names an ident that is not known yet. */
  #waiting: Waiting[] = [];
  /** With the writer, in the order of arrival. */
  #unsettled: Unsettled[] = [];

  constructor(
    gateway: { deviceId: number; operatorId: number; ident: string },
    parts: { routes: GatewayRoutes; writer: Pick<UplinkWriter, 'accept'>; log: Log },
  ) {
    this.#gateway = gateway;
    this.#routes = parts.routes;
    this.#writer = parts.writer;
    this.#log = parts.log;
  }

  accept(message: GatewayMessage): void {
    const arrival: Waiting = { ...message, arrivedAtMs: performance.now() };
    const isFirst = this.#waiting.length === 0;
    if (isFirst && this.#isKnown(arrival)) return this.#append(arrival);
    if (!this.#routes.hold(arrival.bytes)) {
      return arrival.settle(new LookupsOverloadedError('too many messages wait for the database'));
    }
    this.#waiting.push(arrival);
    if (isFirst) void this.#learnUntilNoneWaits();
  }

  /** However long that takes: what is held is not acknowledged, and not thrown away either. */
  async #learnUntilNoneWaits(): Promise<void> {
    let isAway = false;
    while (this.#waiting.length > 0 && !this.#routes.isClosed) {
      try {
        await this.#routes.learn(this.#gateway.deviceId, this.#unknownIdents());
        isAway = false;
      } catch (error) {
        if (!isAway)
          this.#log.warn({ err: error, ident: this.#gateway.ident }, 'messages wait for the database');
        isAway = true;
        await sleep(RETRY_MS, undefined, { ref: false });
      }
      while (this.#waiting.length > 0 && this.#isKnown(this.#waiting[0]!)) {
        const next = this.#waiting.shift()!;
        this.#routes.release(next.bytes);
        this.#append(next);
      }
    }
  }

  #isKnown({ parts, arrivedAtMs }: Waiting): boolean {
    return parts.every(({ ident }) => ident === null || this.#deviceOf(ident, arrivedAtMs) !== undefined);
  }

  #deviceOf(ident: string, atMs: number): number | null | undefined {
    // What no device can be called is not worth a question.
    return isIdent(ident) ? this.#routes.deviceOf(this.#gateway.deviceId, ident, atMs) : null;
  }

  /** Of as many of the waiting messages as one question takes, the next one's first. */
  #unknownIdents(): string[] {
    const idents = new Set<string>();
    for (const { parts, arrivedAtMs } of this.#waiting) {
      for (const { ident } of parts) {
        if (ident === null || this.#deviceOf(ident, arrivedAtMs) !== undefined) continue;
        idents.add(ident);
        if (idents.size >= MAX_IDENTS_PER_QUERY) return [...idents];
      }
    }
    return [...idents];
  }

  #append({ topic, receivedAtMs, payload, parts, arrivedAtMs, settle }: Waiting): void {
    const { deviceId: gatewayId, operatorId } = this.#gateway;
    const records: { deviceId: number; unaddressed: boolean; payload: Buffer }[] = [];
    const denied: Part[] = [];
    for (const part of parts) {
      const deviceId = part.ident === null ? gatewayId : this.#deviceOf(part.ident, arrivedAtMs);
      if (deviceId === null) denied.push(part);
      else records.push({ deviceId: deviceId ?? gatewayId, unaddressed: false, payload: part.payload });
    }
    // One record however many: each becomes a row of the quarantine, all on the gateway's shard. As
    // the message came, since only its format knows how to write several parts as one.
    if (denied.length > 0) {
      const [first] = denied;
      const unread = denied.length === 1 ? first!.payload : payload;
      records.push({ deviceId: gatewayId, unaddressed: true, payload: unread });
    }
    const unsettled: Unsettled = { recordsLeft: records.length, settle };
    this.#unsettled.push(unsettled);
    const onDurable = (): void => {
      unsettled.recordsLeft -= 1;
      if (unsettled.recordsLeft === 0) this.#settleInOrder();
    };
    for (const record of records) {
      this.#writer.accept({ ...record, operatorId, receivedAtMs, topic }, onDurable);
    }
  }

  /** [MQTT-4.6.0-2] acknowledgements leave in the order of the messages, whose parts lie on many shards. */
  #settleInOrder(): void {
    while (this.#unsettled[0]?.recordsLeft === 0) this.#unsettled.shift()!.settle();
  }
}
