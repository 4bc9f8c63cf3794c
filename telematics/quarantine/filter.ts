import { z } from 'zod';
import { rowId } from '../identifiers.ts';

const MAX_TOPIC_FILTER_LENGTH = 500;

/** PostgreSQL's text cannot carry a NUL. */
const textWithoutNul = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .regex(/^[^\0]*$/, 'must not contain NUL');

/** Which quarantined messages are meant; every field that is given must fit. */
export const quarantineFilter = z.strictObject({
  reason: textWithoutNul(64).optional().describe('Stable code of why it was not read'),
  deviceId: rowId.optional(),
  topic: textWithoutNul(MAX_TOPIC_FILTER_LENGTH)
    .optional()
    .describe('A topic, or an MQTT topic filter with + and #, such as +/codec'),
});
export type QuarantineFilter = z.infer<typeof quarantineFilter>;

/** Open is what was not replayed yet, whether or not that was asked for. */
export const quarantineState = z.enum(['open', 'replayed']);
export type QuarantineState = z.infer<typeof quarantineState>;

/**
 * The POSIX regular expression of the topics that an MQTT topic filter matches (MQTT 3.1.1,
 * section 4.7), for a comparison in the database: `+` is one level, a `#` at the end is the level
 * before it and all below.
 */
export function topicPattern(filter: string): string {
  if (filter === '#') return '^.*$';
  const isOpenEnded = filter.endsWith('/#');
  const levels = (isOpenEnded ? filter.slice(0, -2) : filter)
    .split('/')
    .map((level) => (level === '+' ? '[^/]*' : level.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return `^${levels.join('/')}${isOpenEnded ? '(/.*)?' : ''}$`;
}
