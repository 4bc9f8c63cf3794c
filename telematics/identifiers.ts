import { z } from 'zod';

/**
 * The id of a row as the outside sees it: opaque. Eighteen digits at most, so that whatever passes
 * fits a PostgreSQL bigint; anything else names nothing.
 */
export const rowId = z.string().regex(/^[1-9][0-9]{0,17}$/, 'is not an id');

/** Text that people type and others are shown: no control characters, no blank ends. */
export const plainText = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(/^\P{Cc}*$/u, 'must not contain control characters');
