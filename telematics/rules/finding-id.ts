import { hash } from 'node:crypto';
import type { Finding } from './finding.ts';

/** The name space of findings (RFC 9562, section 5.5); another one would give every event another id. */
const NAME_SPACE = Buffer.from('6f1f5d0ec5b04d8a9f0b3a1c7e2d4b96', 'hex');

/**
 * The UUID of what a finding is about: version 5 over the JSON array of device, rule, kind, subject and
 * start. The same finding of the same device has it whenever, and however often, it is found; its end,
 * its place and its figures have no part in it.
 * @returns lower case, with hyphens
 */
export function findingId(
  deviceId: number,
  { rule, kind, subject, startMs }: Pick<Finding, 'rule' | 'kind' | 'subject' | 'startMs'>,
): string {
  // JSON keeps the fields apart whatever they hold, and writes a number in one way only.
  const name = Buffer.from(JSON.stringify([deviceId, rule, kind, subject, startMs]));
  const digest = hash('sha1', Buffer.concat([NAME_SPACE, name]), 'hex');
  const variant = ((Number.parseInt(digest[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}
