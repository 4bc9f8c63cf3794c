import type { Finding } from './finding.ts';

/** What a finding of a device is known by. */
export function findingKey({ rule, kind, subject, startMs }: Finding): string {
  return `${rule}|${kind}|${subject}|${startMs}`;
}
