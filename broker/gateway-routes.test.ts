import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewayRoutes } from './gateway-routes.ts';
import { limits } from './limits.ts';

const GATEWAY = 1;
const now = () => performance.now();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A table that can be changed, and a gate that holds answers back. */
function database(allowed: Record<string, number>) {
  const state = { allowed, gate: Promise.resolve(), questions: 0 };
  const routes = new GatewayRoutes(async (_, idents) => {
    state.questions += 1;
    const answer = new Map(
      idents.flatMap((ident) => {
        const deviceId = state.allowed[ident];
        return deviceId === undefined ? [] : [[ident, deviceId] as const];
      }),
    );
    await state.gate;
    return answer;
  });
  return { state, routes };
}

describe('what is known of a gateway’s devices', () => {
  it('is nothing at first, and afterwards what the database said', async () => {
    const { routes } = database({ a: 10 });
    expect(routes.deviceOf(GATEWAY, 'a', now())).toBeUndefined();
    await routes.learn(GATEWAY, ['a', 'b']);
    expect(routes.deviceOf(GATEWAY, 'a', now())).toBe(10);
    expect(routes.deviceOf(GATEWAY, 'b', now())).toBeNull();
    expect(routes.deviceOf(GATEWAY + 1, 'a', now())).toBeUndefined();
  });

  it('lasts where it allows, and is asked again soon where it denies', async () => {
    const { routes } = database({ a: 10 });
    await routes.learn(GATEWAY, ['a', 'b']);
    const cameBeforeMs = now();
    vi.advanceTimersByTime(limits.deniedRouteMs);
    expect(routes.deviceOf(GATEWAY, 'a', now())).toBe(10);
    expect(routes.deviceOf(GATEWAY, 'b', now())).toBeUndefined();
    // A message that came in time keeps its answer, however long it waits for another one.
    expect(routes.deviceOf(GATEWAY, 'b', cameBeforeMs)).toBeNull();
  });

  it.each([
    ['its list', GATEWAY],
    ['a device of it', 10],
    ['anything, unheard', null],
  ])('is forgotten when there is a change of %s', async (_, changed) => {
    const { routes } = database({ a: 10 });
    await routes.learn(GATEWAY, ['a']);
    routes.forget(changed);
    expect(routes.deviceOf(GATEWAY, 'a', now())).toBeUndefined();
  });

  it('stays known of all others when one device or gateway changes', async () => {
    const { state, routes } = database({ a: 10, b: 20 });
    for (const gatewayId of [GATEWAY, GATEWAY + 1]) await routes.learn(gatewayId, ['a', 'b', 'c']);
    routes.forget(10);
    routes.forget(99);
    const known = (gatewayId: number) =>
      ['a', 'b', 'c'].map((ident) => routes.deviceOf(gatewayId, ident, now()));
    expect(known(GATEWAY)).toEqual([undefined, 20, null]);
    expect(known(GATEWAY + 1)).toEqual([undefined, 20, null]);
    routes.forget(GATEWAY);
    expect(known(GATEWAY)).toEqual([undefined, undefined, undefined]);
    expect(known(GATEWAY + 1)).toEqual([undefined, 20, null]);
    expect(state.questions).toBe(2);
  });

  it('is pushed out by nothing that another gateway, or the gateway itself, asks for in vain', async () => {
    const { routes } = database({ a: 10 });
    await routes.learn(GATEWAY, ['a']);
    await routes.learn(GATEWAY + 1, ['a', 'first']);
    const unknown = Array.from({ length: limits.maxDeniedRoutesPerGateway }, (_, at) => `unknown ${at}`);
    await routes.learn(GATEWAY + 1, unknown);
    expect(routes.deviceOf(GATEWAY, 'a', now())).toBe(10);
    expect(routes.deviceOf(GATEWAY + 1, 'a', now())).toBe(10);
    expect(routes.deviceOf(GATEWAY + 1, unknown.at(-1)!, now())).toBeNull();
    expect(routes.deviceOf(GATEWAY + 1, 'first', now())).toBeUndefined();
  });

  it('is bounded in devices, of which the oldest is asked again', async () => {
    const idents = Array.from({ length: limits.maxAllowedRoutesPerGateway + 1 }, (_, at) => `d${at}`);
    const { routes } = database(Object.fromEntries(idents.map((ident, at) => [ident, 1_000 + at])));
    await routes.learn(GATEWAY, idents);
    expect(routes.deviceOf(GATEWAY, idents[0]!, now())).toBeUndefined();
    expect(routes.deviceOf(GATEWAY, idents[1]!, now())).toBe(1_001);
    expect(routes.deviceOf(GATEWAY, idents.at(-1)!, now())).toBe(1_000 + limits.maxAllowedRoutesPerGateway);
  });

  it('follows an ident that another device has now, and one that none has any more', async () => {
    const { state, routes } = database({ a: 10 });
    await routes.learn(GATEWAY, ['a']);
    state.allowed = { a: 20 };
    await routes.learn(GATEWAY, ['a']);
    routes.forget(10);
    expect(routes.deviceOf(GATEWAY, 'a', now())).toBe(20);
    state.allowed = {};
    await routes.learn(GATEWAY, ['a']);
    expect(routes.deviceOf(GATEWAY, 'a', now())).toBeNull();
  });

  it('is not learnt from an answer that a change has overtaken', async () => {
    for (const [changed, expected] of [
      [GATEWAY, undefined],
      [null, undefined],
      [10, undefined],
      [99, 10],
    ] as const) {
      const { state, routes } = database({ a: 10 });
      let open = (): void => {};
      state.gate = new Promise((resolve) => {
        open = resolve;
      });
      const learning = routes.learn(GATEWAY, ['a']);
      routes.forget(changed);
      open();
      await learning;
      expect(routes.deviceOf(GATEWAY, 'a', now())).toBe(expected);
    }
  });

  it('is still nothing after a question that failed', async () => {
    const routes = new GatewayRoutes(() => Promise.reject(new Error('away')));
    await expect(routes.learn(GATEWAY, ['a'])).rejects.toThrow('away');
    expect(routes.deviceOf(GATEWAY, 'a', now())).toBeUndefined();
  });
});

describe('messages that wait for the database', () => {
  it('are bounded in number and in bytes, over all gateways', () => {
    const { routes } = database({});
    for (let held = 0; held < limits.maxHeldMessages; held += 1) expect(routes.hold(1)).toBe(true);
    expect(routes.hold(1)).toBe(false);
    routes.release(1);
    expect(routes.hold(limits.maxHeldBytes)).toBe(true);
    routes.release(1);
    expect(routes.hold(1)).toBe(false);
    routes.release(limits.maxHeldBytes);
    expect(routes.hold(1)).toBe(true);
  });
});
