import { z } from 'zod';
import { rowId } from '../identifiers.ts';
import { quarantineFilter } from './filter.ts';

const MAX_IDS_PER_REQUEST = 1_000;
/** Messages marked by one request with a filter, so that its transaction stays short; more take several. */
export const MAX_MARKED_PER_REQUEST = 10_000;

/** Which open messages to try again: those named, or those that fit a filter, the untried and oldest first. */
export const newReplay = z
  .union([
    z.strictObject({ ids: z.array(rowId).min(1).max(MAX_IDS_PER_REQUEST) }),
    z.strictObject({ filter: quarantineFilter.describe('{} for everything that is open') }),
  ])
  .meta({ id: 'NewReplay' });
export type NewReplay = z.infer<typeof newReplay>;

export const replayView = z
  .object({
    requested: z
      .number()
      .int()
      .describe(
        `How many messages wait since this request, ${MAX_MARKED_PER_REQUEST} at most: repeat it while it gives as many`,
      ),
  })
  .meta({ id: 'Replay' });
export type ReplayView = z.infer<typeof replayView>;
