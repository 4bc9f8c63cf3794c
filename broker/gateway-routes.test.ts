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
