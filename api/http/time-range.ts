import { instant } from '@wayleave/telematics/vehicles/installation.ts';
import { z } from 'zod';

const DAY_MS = 86_400_000;

/** A range of fix times; without it the last day. */
export const rangeQuery = z.object({
  from: instant.optional().describe('First fix time; a day before `to` if absent'),
  to: instant.optional().describe('Fix time before which it ends; now if absent'),
});

/** The range that a query asks for, epoch milliseconds. */
export function rangeOf(
  { from, to }: z.infer<typeof rangeQuery>,
  nowMs: number,
): { fromMs: number; toMs: number } {
  const toMs = to === undefined ? nowMs : Date.parse(to);
  return { fromMs: from === undefined ? toMs - DAY_MS : Date.parse(from), toMs };
}
