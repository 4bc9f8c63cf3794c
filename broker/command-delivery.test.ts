import { createLog } from '@wayleave/runtime/log.ts';
import { createMetrics } from '@wayleave/runtime/metrics.ts';
import type { ClaimedCommand, Claims } from '@wayleave/telematics/commands/delivery-store.ts';
import { ANSWER_WAIT_S } from '@wayleave/telematics/commands/transitions.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBrokerMetrics } from './broker-metrics.ts';
import { CommandDelivery } from './command-delivery.ts';
import { limits } from './limits.ts';
import { type Session, Sessions } from './session.ts';

interface Published {
  deviceId: number;
  messageId: number | undefined;
  topic: string;
}

let sessions: Sessions;
let delivery: CommandDelivery;
let waiting: Map<number, string[]>;
let asks: number[][];
let published: Published[];
let delivered: string[];
let givenBack: string[];
let unwritten: string[];
/** Called within a claim, before its answer. */
let onClaim: () => void;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  sessions = new Sessions();
  [waiting, asks, published, delivered, givenBack, unwritten] = [new Map(), [], [], [], [], []];
  onClaim = () => {};
  delivery = new CommandDelivery({
    store: {
      claim: async (asked) => {
        asks.push(asked.map(({ deviceId }) => deviceId));
        onClaim();
        const claims: Claims = { claimed: [], busy: [] };
        for (const { deviceId, format } of asked) {
          const id = waiting.get(deviceId)?.shift();
          if (id) claims.claimed.push({ id, deviceId, format, command: 'report', claims: 1 });
        }
        return claims;
      },
      markDelivered: async (commands) => void delivered.push(...idsOf(commands)),
      giveBack: async (commands) => void givenBack.push(...idsOf(commands)),
      unclaim: async (commands) => void unwritten.push(...idsOf(commands)),
    },
    sessions,
    metrics: createBrokerMetrics(createMetrics('test')),
    log: createLog('test', 'fatal'),
  });
});
afterEach(async () => {
  await delivery.close();
  vi.useRealTimers();
});

const idsOf = (commands: readonly ClaimedCommand[]): string[] => commands.map(({ id }) => id);
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

/** A session whose connection takes what it is given; what is forwarded to it is noted. */
function connect(deviceId: number): Session {
  const client = {
    publish: (packet: { topic: string }) => {
      const forwarded = delivery.forward(session.client, { ...packet } as { messageId?: number });
      published.push({ deviceId, messageId: forwarded?.messageId, topic: packet.topic });
    },
  };
  const session = { client, deviceId, ident: `d${deviceId}` } as unknown as Session;
  sessions.add(session);
  return session;
}

function listen(deviceId: number): Session {
  const session = connect(deviceId);
  delivery.subscribed(session, `devices/d${deviceId}/commands`, 1);
  return session;
}

describe('the delivery of commands', () => {
  it('asks for many devices at once, and for no more than its bound', async () => {
    for (let deviceId = 1; deviceId <= limits.maxDevicesPerClaim * 2 + 1; deviceId += 1) listen(deviceId);
    await settled();
    expect(asks.flat()).toHaveLength(limits.maxDevicesPerClaim * 2 + 1);
    expect(Math.max(...asks.map(({ length }) => length))).toBe(limits.maxDevicesPerClaim);
    expect(asks.length).toBeLessThanOrEqual(4);
  });

  it('asks nothing for devices that do not listen', async () => {
    const session = connect(1);
    delivery.subscribed(session, 'devices/d2/commands', 1);
    delivery.notified(1);
    delivery.notified(2);
    delivery.askForAll();
    await settled();
    expect(asks).toEqual([]);
  });

  it('counts the acknowledgement of what it sent, and no other', async () => {
    waiting.set(1, ['10']);
    const session = listen(1);
    await settled();
    const { messageId } = published[0]!;
    delivery.acknowledged(session, messageId! + 1);
    delivery.acknowledged(connect(2), messageId!);
    await settled();
    expect(delivered).toEqual([]);
    delivery.acknowledged(session, messageId!);
    delivery.acknowledged(session, messageId!);
    await settled();
    expect(delivered).toEqual(['10']);
  });

  it('lets nothing else through to a client', async () => {
    waiting.set(1, ['10']);
    const session = listen(1);
    await settled();
    expect(delivery.forward(session.client, { topic: 'devices/d1/commands' })).toBeNull();
  });

  it('gives back what is not acknowledged in time', async () => {
    waiting.set(1, ['10']);
    const session = listen(1);
    await settled();
    vi.advanceTimersByTime(limits.commandAckWaitMs - 1_000);
    await settled();
    expect(givenBack).toEqual([]);
    vi.advanceTimersByTime(2_000);
    await settled();
    expect(givenBack).toEqual(['10']);
    delivery.acknowledged(session, published[0]!.messageId!);
    await settled();
    expect(delivered).toEqual([]);
  });

  it('gives back what it claimed for a connection that ended meanwhile', async () => {
    waiting.set(1, ['10']);
    const session = connect(1);
    onClaim = () => {
      sessions.remove(session.client);
      delivery.ended(session);
    };
    delivery.subscribed(session, 'devices/d1/commands', 1);
    await settled();
    expect(published).toEqual([]);
    expect(givenBack).toEqual([]);
    expect(unwritten).toEqual(['10']);
  });

  it('asks for no device whose connections all have a command under way, until one has none', async () => {
    waiting.set(1, ['10', '11']);
    const session = listen(1);
    await settled();
    for (let told = 0; told < 20; told += 1) {
      // Its answer came before its acknowledgement.
      delivery.notified(1);
      await settled();
    }
    expect(asks).toEqual([[1]]);
    delivery.acknowledged(session, published[0]!.messageId!);
    await settled();
    expect(published).toHaveLength(2);
    expect([delivered, givenBack, unwritten]).toEqual([['10'], [], []]);
    delivery.acknowledged(session, published[1]!.messageId!);
    await settled();
    expect(asks).toHaveLength(2);
  });

  it('asks meanwhile for another connection of the device', async () => {
    waiting.set(1, ['10', '11']);
    listen(1);
    await settled();
    const other = listen(1);
    await settled();
    expect(published).toHaveLength(2);
    delivery.acknowledged(other, published[1]!.messageId!);
    await settled();
    expect(delivered).toEqual(['11']);
  });

  it('asks when a subscription is new, and not when it is repeated', async () => {
    const session = listen(1);
    await settled();
    for (let repeated = 0; repeated < 10; repeated += 1) {
      delivery.subscribed(session, 'devices/d1/commands', 1);
      await settled();
    }
    expect(asks).toEqual([[1]]);
    delivery.unsubscribed(session, 'devices/d1/commands');
    delivery.subscribed(session, 'devices/d1/commands', 1);
    await settled();
    expect(asks).toEqual([[1], [1]]);
  });

  it('asks again for what waits behind an answer that does not come', async () => {
    waiting.set(1, ['10', '11']);
    const session = listen(1);
    await settled();
    delivery.acknowledged(session, published[0]!.messageId!);
    await settled();
    expect(published).toHaveLength(1);
    vi.advanceTimersByTime((ANSWER_WAIT_S + 2) * 1_000);
    await settled();
    expect(published).toHaveLength(2);
    expect(published[1]!.messageId).not.toBe(published[0]!.messageId);
  });

  it('sends on the newest connection of a device that listens', async () => {
    const [old, recent] = [listen(1), listen(1)];
    await settled();
    waiting.set(1, ['10']);
    delivery.notified(1);
    await settled();
    delivery.acknowledged(old, published[0]!.messageId!);
    await settled();
    expect(delivered).toEqual([]);
    delivery.acknowledged(recent, published[0]!.messageId!);
    await settled();
    expect(delivered).toEqual(['10']);
  });
});
