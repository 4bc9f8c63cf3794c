import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@wayleave/runtime/log.ts';
import type { ClaimedCommand, Claims } from '@wayleave/telematics/commands/delivery-store.ts';
import type { CommandFormat } from '@wayleave/telematics/commands/enquiries.ts';
import { commandPayload } from '@wayleave/telematics/commands/payload.ts';
import { formatsHeardOn, topicOf } from '@wayleave/telematics/commands/topics.ts';
import { ANSWER_WAIT_S } from '@wayleave/telematics/commands/transitions.ts';
import type { Client } from 'aedes';
import type { BrokerMetrics } from './broker-metrics.ts';
import { limits } from './limits.ts';
import type { Session, Sessions } from './session.ts';

/** Before the database is asked again after it did not answer. */
const RETRY_MS = 500;
const SWEEP_INTERVAL_MS = 1_000;
/** A device with a command under way is asked for again once that one has had its time. */
const ASK_AGAIN_MS = ANSWER_WAIT_S * 1_000 + SWEEP_INTERVAL_MS;
const MAX_MESSAGE_ID = 65_535;

export interface CommandStore {
  claim(asked: readonly { deviceId: number; format: CommandFormat }[]): Promise<Claims>;
  markDelivered(commands: readonly ClaimedCommand[]): Promise<void>;
  /** Of those that were written and not acknowledged. */
  giveBack(commands: readonly ClaimedCommand[]): Promise<void>;
  /** Of those that were not written. */
  unclaim(commands: readonly ClaimedCommand[]): Promise<void>;
}

interface UnderWay {
  command: ClaimedCommand;
  messageId: number;
  ackDueAtMs: number;
}

/**
 * Takes the commands of connected devices from the database to their connections, one of a device
 * at a time. The queue is in PostgreSQL: what is held here is what was claimed and not acknowledged,
 * and the devices to ask for. One statement at a time, for many devices each, so that logins find
 * the database free; and nothing that a tracker publishes waits for any of it.
 */
export class CommandDelivery {
  #store: CommandStore;
  #sessions: Sessions;
  #metrics: Pick<BrokerMetrics, 'commands'>;
  #log: Log;
  /** By session, the topics on which it hears commands, with the QoS that it asked for. */
  #hearing = new Map<Session, Map<string, number>>();
  #toAsk = new Set<number>();
  #askAgainAtMs = new Map<number, number>();
  #underWay = new Map<Session, UnderWay>();
  /** Devices to ask for once one of their connections, all with a command under way, is free. */
  #toAskWhenFree = new Set<number>();
  #delivered: ClaimedCommand[] = [];
  #givenBack: ClaimedCommand[] = [];
  #unwritten: ClaimedCommand[] = [];
  #sending: { client: Client; messageId: number } | null = null;
  #lastMessageId = 0;
  #running: Promise<void> | null = null;
  #isClosed = false;
  #sweeping: NodeJS.Timeout;

  constructor(parts: {
    store: CommandStore;
    sessions: Sessions;
    metrics: Pick<BrokerMetrics, 'commands'>;
    log: Log;
  }) {
    this.#store = parts.store;
    this.#sessions = parts.sessions;
    this.#metrics = parts.metrics;
    this.#log = parts.log;
    this.#sweeping = setInterval(() => this.#sweep(performance.now()), SWEEP_INTERVAL_MS).unref();
  }

  subscribed(session: Session, topic: string, qos: number): void {
    if (formatsHeardOn(topic, session.ident) === null) return;
    const topics = this.#hearing.get(session) ?? new Map<string, number>();
    const isNew = !topics.has(topic);
    this.#hearing.set(session, topics.set(topic, qos));
    if (isNew) this.#ask(session.deviceId);
  }

  unsubscribed(session: Session, topic: string): void {
    const topics = this.#hearing.get(session);
    if (topics?.delete(topic) && topics.size === 0) this.#hearing.delete(session);
  }

  /** The session is over: what it did not acknowledge goes to the next one. */
  ended(session: Session): void {
    this.#hearing.delete(session);
    this.#giveBack(session);
  }

  /** There may be a command for the device. */
  notified(deviceId: number): void {
    if (this.#sessions.ofDevice(deviceId).some((session) => this.#hearing.has(session))) this.#ask(deviceId);
  }

  /** There may be commands that nobody told of. */
  askForAll(): void {
    for (const { deviceId } of this.#hearing.keys()) this.#ask(deviceId);
  }

  acknowledged(session: Session, messageId: number): void {
    const underWay = this.#underWay.get(session);
    if (underWay?.messageId === messageId) this.#deliveredTo(session, underWay);
  }

  /**
   * Lets through what is being sent, and nothing else that Aedes may want to give a client: under a
   * message id that is known here, as Aedes does not tell of whose an acknowledgement is.
   */
  forward<Packet extends object>(client: Client, packet: Packet): Packet | null {
    if (this.#sending?.client !== client) return null;
    return Object.assign(packet, { messageId: this.#sending.messageId });
  }

  /** Gives back what is under way; a database that does not answer now finds out by the time. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#sweeping);
    for (const session of this.#underWay.keys()) this.#giveBack(session);
    await this.#running;
    try {
      await this.#writeMarks();
    } catch (error) {
      this.#log.warn({ err: error }, 'commands under way could not be given back');
    }
  }

  #ask(deviceId: number): void {
    this.#toAsk.add(deviceId);
    this.#wake();
  }

  #wake(): void {
    if (!this.#isClosed) this.#running ??= this.#run();
  }

  get #hasWork(): boolean {
    if (this.#delivered.length + this.#givenBack.length + this.#unwritten.length > 0) return true;
    return this.#toAsk.size > 0 && this.#underWay.size < limits.maxCommandsUnderWay;
  }

  async #run(): Promise<void> {
    let isAway = false;
    while (this.#hasWork && !this.#isClosed) {
      try {
        await this.#writeMarks();
        await this.#claimSome();
        isAway = false;
      } catch (error) {
        if (!isAway) this.#log.warn({ err: error }, 'commands wait for the database');
        isAway = true;
        await sleep(RETRY_MS, undefined, { ref: false });
      }
    }
    this.#running = null;
  }

  async #writeMarks(): Promise<void> {
    const [delivered, givenBack, unwritten] = [this.#delivered, this.#givenBack, this.#unwritten];
    this.#delivered = [];
    this.#givenBack = [];
    this.#unwritten = [];
    try {
      if (delivered.length > 0) await this.#store.markDelivered(delivered);
      if (givenBack.length > 0) await this.#store.giveBack(givenBack);
      if (unwritten.length > 0) await this.#store.unclaim(unwritten);
    } catch (error) {
      // Marking twice is harmless.
      this.#delivered.unshift(...delivered);
      this.#givenBack.unshift(...givenBack);
      this.#unwritten.unshift(...unwritten);
      throw error;
    }
  }

  async #claimSome(): Promise<void> {
    const room = Math.min(limits.maxDevicesPerClaim, limits.maxCommandsUnderWay - this.#underWay.size);
    const deviceIds = [...this.#toAsk.keys().take(Math.max(0, room))];
    for (const deviceId of deviceIds) this.#toAsk.delete(deviceId);
    const asked = deviceIds.flatMap((deviceId) =>
      this.#formatsOf(deviceId).map((format) => ({ deviceId, format })),
    );
    if (asked.length === 0) return;
    let claims: Claims;
    try {
      claims = await this.#store.claim(asked);
    } catch (error) {
      for (const deviceId of deviceIds) this.#toAsk.add(deviceId);
      throw error;
    }
    const askAgainAtMs = performance.now() + ASK_AGAIN_MS;
    for (const deviceId of claims.busy) this.#askAgainAtMs.set(deviceId, askAgainAtMs);
    for (const command of claims.claimed) {
      this.#askAgainAtMs.set(command.deviceId, askAgainAtMs);
      this.#send(command);
    }
  }

  /** What the device hears on connections that can take a command now; it is asked for again when others can. */
  #formatsOf(deviceId: number): CommandFormat[] {
    const formats = new Set<CommandFormat>();
    for (const session of this.#sessions.ofDevice(deviceId)) {
      if (this.#underWay.has(session)) {
        this.#toAskWhenFree.add(deviceId);
        continue;
      }
      for (const topic of this.#hearing.get(session)?.keys() ?? []) {
        for (const format of formatsHeardOn(topic, session.ident) ?? []) formats.add(format);
      }
    }
    return [...formats];
  }

  #send(command: ClaimedCommand): void {
    // A tracker that came back before its old connection ended listens on the new one.
    const session = this.#sessions
      .ofDevice(command.deviceId)
      .findLast(
        (other) =>
          !this.#underWay.has(other) && this.#hearing.get(other)?.has(topicOf(command.format, other.ident)),
      );
    if (!session || this.#isClosed) {
      this.#unwritten.push(command);
      return;
    }
    let payload: Buffer;
    try {
      payload = commandPayload(command);
    } catch (error) {
      this.#log.error({ err: error, commandId: command.id }, 'a command that cannot be sent');
      return;
    }
    const topic = topicOf(command.format, session.ident);
    // [MQTT-3.8.4-6] never with a higher QoS than the subscription's.
    const qos = this.#hearing.get(session)?.get(topic) === 0 ? 0 : 1;
    const underWay: UnderWay = {
      command,
      messageId: (this.#lastMessageId = (this.#lastMessageId % MAX_MESSAGE_ID) + 1),
      ackDueAtMs: performance.now() + limits.commandAckWaitMs,
    };
    this.#underWay.set(session, underWay);
    this.#metrics.commands.inc({ event: 'sent' });
    this.#sending = { client: session.client, messageId: underWay.messageId };
    session.client.publish({ cmd: 'publish', topic, payload, qos, dup: false, retain: false }, () => {
      // Nothing acknowledges QoS 0: what is written is all that will ever be known.
      if (qos === 0 && this.#underWay.get(session) === underWay) this.#deliveredTo(session, underWay);
    });
    this.#sending = null;
  }

  #deliveredTo(session: Session, { command }: UnderWay): void {
    this.#underWay.delete(session);
    this.#metrics.commands.inc({ event: 'delivered' });
    this.#delivered.push(command);
    if (this.#toAskWhenFree.delete(session.deviceId)) this.#ask(session.deviceId);
    this.#wake();
  }

  #giveBack(session: Session): void {
    const underWay = this.#underWay.get(session);
    if (!underWay) return;
    this.#underWay.delete(session);
    this.#metrics.commands.inc({ event: 'given_back' });
    this.#givenBack.push(underWay.command);
    this.#toAskWhenFree.delete(session.deviceId);
    // Another connection of the device may have it at once.
    this.notified(session.deviceId);
    this.#wake();
  }

  #sweep(nowMs: number): void {
    for (const [session, { ackDueAtMs }] of this.#underWay) if (ackDueAtMs <= nowMs) this.#giveBack(session);
    for (const [deviceId, atMs] of this.#askAgainAtMs) {
      if (atMs > nowMs) continue;
      this.#askAgainAtMs.delete(deviceId);
      this.notified(deviceId);
    }
    if (this.#hasWork) this.#wake();
  }
}
