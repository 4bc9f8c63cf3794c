import { z } from 'zod';
import type { Finding } from '../finding.ts';

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString());

/** `events.json` of a test case: what must be found, no more and no less. What a member does not name may be anything. */
export const expectedEvents = z.array(
  z.strictObject({
    rule: z.string().optional(),
    kind: z.string(),
    subject: z.string().default(''),
    occurredAt: instant,
    confirmedAt: instant.optional(),
    endedAt: instant.nullable().describe('Null: it lasts at the end of the positions'),
    lat: z.number().nullable().optional(),
    lon: z.number().nullable().optional(),
    details: z.record(z.string(), z.json()).optional(),
  }),
);
export type ExpectedEvent = z.infer<typeof expectedEvents>[number];

/** A finding in the form of `events.json`. */
export function eventOf({ startMs, confirmedMs, endMs, rule, kind, subject, lat, lon, details }: Finding) {
  return {
    rule,
    kind,
    subject,
    occurredAt: new Date(startMs).toISOString(),
    confirmedAt: new Date(confirmedMs).toISOString(),
    endedAt: endMs === null ? null : new Date(endMs).toISOString(),
    lat,
    lon,
    details,
  };
}

type Identity = Pick<ExpectedEvent, 'kind' | 'subject' | 'occurredAt'>;

export function identityOf({ kind, subject, occurredAt }: Identity): string {
  return `${occurredAt} ${kind} ${subject}`;
}

export function byIdentity(a: Identity, b: Identity): number {
  return identityOf(a) < identityOf(b) ? -1 : 1;
}

/** The members of `value` that the pattern has too; a number as the pattern has it if it is the same at that many decimals. */
export function restricted(value: unknown, pattern: unknown): unknown {
  if (typeof value === 'number' && typeof pattern === 'number') {
    const decimals = /\.(\d+)$/.exec(String(pattern))?.[1]!.length ?? 0;
    return Number(value.toFixed(decimals)) === pattern ? pattern : value;
  }
  if (!isRecord(value) || !isRecord(pattern)) return value;
  const members = Object.keys(pattern).filter((key) => key in value);
  return Object.fromEntries(members.map((key) => [key, restricted(value[key], pattern[key])]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
