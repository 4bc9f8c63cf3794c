import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowControl } from './flow-control.ts';
import { limits } from './limits.ts';
import { TokenBucket } from './rate-limit.ts';
import type { Session } from './session.ts';

/** A session of which only what flow control touches is there. */
function sessionOf(isOpen: { value: boolean } = { value: true }): Session {
  return {
    inlet: {
      pause: () => {
        isOpen.value = false;
      },
      resume: () => {
        isOpen.value = true;
      },
    },
    publishes: new TokenBucket(1e9, 1e9, 0),
    inFlightMessages: 0,
    inFlightBytes: 0,
    paused: null,
  } as unknown as Session;
}

describe('flow control', () => {
  it('closes a client that has too much under way, and opens it when that has fallen', () => {
    const isOpen = { value: true };
    const session = sessionOf(isOpen);
    const flow = new FlowControl();
    for (let sent = 0; sent < limits.maxInFlightMessagesPerClient; sent += 1) flow.entered(session, 10, 0);
    expect(isOpen.value).toBe(false);
    const resumeAt = limits.maxInFlightMessagesPerClient * limits.resumeShare;
    while (session.inFlightMessages > resumeAt) flow.left(session, 10);
    expect(isOpen.value).toBe(false);
    flow.left(session, 10);
    expect(isOpen.value).toBe(true);
  });

  it('charges a message for each of its parts', () => {
    const isOpen = { value: true };
    const session = sessionOf(isOpen);
    session.publishes = new TokenBucket(100, 1_000, 0);
    const flow = new FlowControl();
    for (let sent = 0; sent < 4; sent += 1) flow.entered(session, 10, 0, 250);
    expect(isOpen.value).toBe(true);
    flow.entered(session, 10, 0, 250);
    expect(isOpen.value).toBe(false);
  });

  it('closes whoever publishes while too much is under way over all, and opens all of them again', () => {
    const flow = new FlowControl();
    const isOpen = Array.from({ length: 100 }, () => ({ value: true }));
    const sessions = isOpen.map(sessionOf);
    const sent: Session[] = [];
    while (flow.messages < limits.maxInFlightMessages) {
      const session = sessions[sent.length % sessions.length]!;
      flow.entered(session, 10, 0);
      sent.push(session);
    }
    for (const session of sessions) {
      flow.entered(session, 10, 0);
      sent.push(session);
    }
    expect(isOpen.every(({ value }) => !value)).toBe(true);
    for (const session of sent) flow.left(session, 10);
    expect(isOpen.every(({ value }) => value)).toBe(true);
    expect(flow).toMatchObject({ messages: 0, bytes: 0, pausedCount: 0 });
  });

  it('never leaves anyone closed once all is acknowledged, whatever the order', () => {
    const step = fc.record({ who: fc.nat(4), bytes: fc.constantFrom(10, 900_000), leaves: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const flow = new FlowControl();
        const isOpen = Array.from({ length: 5 }, () => ({ value: true }));
        const sessions = isOpen.map(sessionOf);
        const underWay: [number, number][] = [];
        for (const { who, bytes, leaves } of steps) {
          const next = leaves ? underWay.shift() : undefined;
          if (next) flow.left(sessions[next[0]]!, next[1]);
          else {
            flow.entered(sessions[who]!, bytes, 0);
            underWay.push([who, bytes]);
          }
        }
        for (const [who, bytes] of underWay) flow.left(sessions[who]!, bytes);
        expect(isOpen.map(({ value }) => value)).toEqual([true, true, true, true, true]);
        expect(flow).toMatchObject({ messages: 0, bytes: 0, pausedCount: 0 });
      }),
    );
  });
});
