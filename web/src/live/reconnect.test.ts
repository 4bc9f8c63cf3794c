import { expect, test } from 'vitest';
import {
  CLOSE_TOO_SLOW,
  CLOSE_UNAUTHENTICATED,
  FIRST_RETRY_MS,
  LONGEST_RETRY_MS,
  planReconnect,
  TOO_SLOW_RETRY_MS,
} from './reconnect.ts';

test('delays double, stay within half and whole of their ceiling, and are bounded', () => {
  for (let attempt = 0; attempt < 40; attempt++) {
    const ceiling = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 16));
    expect(planReconnect(1006, attempt, 0).delayMs).toBe(ceiling / 2);
    expect(planReconnect(1006, attempt, 0.999_999).delayMs).toBe(ceiling);
  }
});

test('an expired token is renewed at once the first time and with a delay after that', () => {
  expect(planReconnect(CLOSE_UNAUTHENTICATED, 0, 0.5)).toEqual({ kind: 'renew', delayMs: 0 });
  expect(planReconnect(CLOSE_UNAUTHENTICATED, 1, 0).delayMs).toBe(FIRST_RETRY_MS);
});

test('a reader that was too slow waits longer', () => {
  expect(planReconnect(CLOSE_TOO_SLOW, 0, 0).delayMs).toBe(TOO_SLOW_RETRY_MS / 2);
});
