import { expect, test } from 'vitest';
import { createPacer } from './pacer.ts';

test('what is due grows with time and is handed out once', () => {
  const pacer = createPacer(5_000, 100);
  expect(pacer.due(100)).toBe(0);
  expect(pacer.due(101)).toBe(5);
  pacer.handedOut(3);
  expect(pacer.due(101)).toBe(2);
  expect(pacer.due(1_100)).toBe(4_997);
});
