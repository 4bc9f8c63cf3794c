import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createConnectGate } from './connect-gate.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('no more attempts are under way than allowed', () => {
  const gate = createConnectGate(2);
  let opened = 0;
  for (let i = 0; i < 5; i++) gate.enter(() => opened++);
  expect(opened).toBe(2);
  gate.leave();
  expect(opened).toBe(3);
  vi.advanceTimersByTime(1_000);
  expect(opened).toBe(3);
});

test('no more attempts are made in a second than allowed, and none is forgotten', () => {
  const gate = createConnectGate(1_000, 200);
  const openedMs: number[] = [];
  for (let i = 0; i < 500; i++) gate.enter(() => openedMs.push(performance.now()));
  vi.advanceTimersByTime(1_000);
  expect(Math.abs(openedMs.length - 200)).toBeLessThan(10);
  vi.advanceTimersByTime(1_600);
  expect(openedMs).toHaveLength(500);
});

test('a closed gate lets nobody in', () => {
  const gate = createConnectGate(1);
  let opened = 0;
  for (let i = 0; i < 3; i++) gate.enter(() => opened++);
  gate.close();
  gate.leave();
  expect(opened).toBe(1);
});
