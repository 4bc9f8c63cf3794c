import type { Redis } from '@wayleave/runtime/redis.ts';
import { z } from 'zod';
import { type ListeningMemory, NOTHING_KNOWN } from './listening.ts';

/** Where the sweeps of all `jobs` processes keep how they listened. */
const KEY = 'silence:listening';

const memory = z.object({
  lastSweepMs: z.number().nullable(),
  deaf: z.object({ untilMs: z.number(), forMs: z.number() }).nullable(),
  onsets: z.array(z.object({ operatorId: z.string().nullable(), bin: z.number(), untilMs: z.number() })),
}) satisfies z.ZodType<ListeningMemory>;

/** What was kept; as after a long pause if there is nothing, or something of another version. */
export async function readMemory(redis: Redis): Promise<ListeningMemory> {
  const kept = await redis.get(KEY);
  if (kept === null) return NOTHING_KNOWN;
  return memory.safeParse(JSON.parse(kept)).data ?? NOTHING_KNOWN;
}

export async function keepMemory(redis: Redis, kept: ListeningMemory): Promise<void> {
  await redis.set(KEY, JSON.stringify(kept));
}
