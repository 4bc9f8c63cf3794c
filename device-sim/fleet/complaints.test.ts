import { expect, test } from 'vitest';
import { createComplaints } from './complaints.ts';

test('of many failures one line in five seconds is logged, with their number, and each refusal once', () => {
  const lines: unknown[] = [];
  let nowMs = 1_000_000;
  const complain = createComplaints(
    (level, _message, fields) => lines.push([level, fields?.['ident'], fields?.['failures']]),
    () => nowMs,
  );
  for (const ident of ['a', 'b', 'c']) complain(ident, 'ECONNREFUSED', false);
  for (const ident of ['d', 'd']) complain(ident, 'Not authorized', true);
  nowMs += 5_000;
  complain('e', 'ECONNREFUSED', false);
  expect(lines).toEqual([
    ['warn', 'a', 1],
    ['error', 'd', undefined],
    ['warn', 'e', 3],
  ]);
});
