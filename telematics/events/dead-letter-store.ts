import type { createQueue } from '@wayleave/runtime/queues.ts';
import type { Redis } from '@wayleave/runtime/redis.ts';
import { type DeadLetterReplayView, type DeadLetterView, eventIdOf } from './dead-letter.ts';
import { deadLetterNotFound } from './errors.ts';

type Queue = ReturnType<typeof createQueue>;

/** Which of these events are the asker's: it is the database that says so. */
export type OwnEvents = (eventIds: string[]) => Promise<ReadonlySet<string>>;

/** Where a page begins: after this one, the latest failure first. */
export interface DeadLetterPlace {
  atMs: number;
  id: string;
}

export interface DeadLetterPage {
  items: DeadLetterView[];
  /** Where the next page begins; null on the last. A page may be short, or empty, and not the last. */
  next: DeadLetterPlace | null;
}

/** The failed jobs of the queue `risk-events`, seen by one operator at a time. */
export interface DeadLetters {
  page(isOwn: OwnEvents, after: DeadLetterPlace | null, limit: number): Promise<DeadLetterPage>;
  /** Gives a message back to the queue, to be tried as often as a new one. @throws `dead_letter_not_found` */
  replay(isOwn: OwnEvents, jobId: string): Promise<void>;
  replayAll(isOwn: OwnEvents): Promise<DeadLetterReplayView>;
}

/** Failed jobs of all operators that are looked through for one request, and between two questions. */
const MAX_SCANNED = 20_000;
const SCANNED_AT_ONCE = 1_000;
/** Messages given back by one request. */
const MAX_REPLAYED = 1_000;
const REPLAYED_AT_ONCE = 50;
const MAX_REASON_LENGTH = 1_000;

/** What BullMQ says when the job is not, or no longer, among the failed ones. */
const NOT_FAILED_CODES: ReadonlySet<unknown> = new Set([-1, -3]);

/** @param redis asks first, as its commands end when Redis is away; the queue would wait */
export function createDeadLetters({ queue, redis }: { queue: Queue; redis: Redis }): DeadLetters {
  /** BullMQ keeps the failed jobs by when they failed. */
  const failedKey = queue.toKey('failed');

  /** The asker's failed jobs from after `after` on, the latest first; where the search ended if not at the end. */
  const scan = async (
    isOwn: OwnEvents,
    after: DeadLetterPlace | null,
    limit: number,
  ): Promise<{ found: DeadLetterPlace[]; next: DeadLetterPlace | null }> => {
    const found: DeadLetterPlace[] = [];
    let last = after;
    for (let scanned = 0; scanned < MAX_SCANNED; scanned += SCANNED_AT_ONCE) {
      // Not so many fail within a millisecond that a round would not come past it.
      const from = last?.atMs ?? '+inf';
      const answer = await redis.zrevrangebyscore(
        failedKey,
        from,
        '-inf',
        'WITHSCORES',
        'LIMIT',
        0,
        SCANNED_AT_ONCE,
      );
      const places = placesOf(answer).filter((place) => last === null || isAfter(place, last));
      const own = await isOwn([...new Set(places.flatMap(({ id }) => eventIdOf(id) ?? []))]);
      for (const place of places) {
        if (!own.has(eventIdOf(place.id) ?? '')) continue;
        if (found.length === limit) return { found, next: found.at(-1)! };
        found.push(place);
      }
      if (places.length === 0 || answer.length < 2 * SCANNED_AT_ONCE) return { found, next: null };
      last = places.at(-1)!;
    }
    return { found, next: last };
  };

  const giveBack = async (jobId: string): Promise<boolean> => {
    const job = await queue.getJob(jobId);
    if (!job) return false;
    try {
      await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
      return true;
    } catch (error) {
      // Somebody else gave it back meanwhile.
      if (NOT_FAILED_CODES.has((error as { code?: unknown }).code)) return false;
      throw error;
    }
  };

  return {
    page: async (isOwn, after, limit) => {
      const { found, next } = await scan(isOwn, after, limit);
      const letters = await Promise.all(found.map(async ({ id }) => await letterOf(queue, id)));
      return { items: letters.filter((letter) => letter !== null), next };
    },
    replay: async (isOwn, jobId) => {
      const eventId = eventIdOf(jobId);
      if (eventId === null || (await redis.zscore(failedKey, jobId)) === null) throw deadLetterNotFound();
      if (!(await isOwn([eventId])).has(eventId) || !(await giveBack(jobId))) throw deadLetterNotFound();
    },
    replayAll: async (isOwn) => {
      const { found, next } = await scan(isOwn, null, MAX_REPLAYED);
      let replayed = 0;
      for (let at = 0; at < found.length; at += REPLAYED_AT_ONCE) {
        const some = found.slice(at, at + REPLAYED_AT_ONCE);
        const given = await Promise.all(some.map(async ({ id }) => await giveBack(id)));
        replayed += given.filter(Boolean).length;
      }
      return { replayed, more: next !== null };
    },
  };
}

/** Null for a job that was given back since it was found. */
async function letterOf(queue: Queue, jobId: string): Promise<DeadLetterView | null> {
  const job = await queue.getJob(jobId);
  const eventId = eventIdOf(jobId);
  if (!job?.finishedOn || eventId === null) return null;
  return {
    jobId,
    name: job.name,
    eventId,
    failedAt: new Date(job.finishedOn).toISOString(),
    attempts: job.attemptsMade,
    reason: job.failedReason.slice(0, MAX_REASON_LENGTH),
    payload: job.data,
  };
}

/** Members and scores in turn, as Redis answers them. */
function placesOf(answer: readonly string[]): DeadLetterPlace[] {
  const places: DeadLetterPlace[] = [];
  for (let at = 0; at + 1 < answer.length; at += 2)
    places.push({ id: answer[at]!, atMs: Number(answer[at + 1]) });
  return places;
}

/** In the order in which Redis gives them: the later first, and of two that failed at once the greater id. */
const isAfter = (place: DeadLetterPlace, after: DeadLetterPlace): boolean =>
  place.atMs < after.atMs || (place.atMs === after.atMs && place.id < after.id);
