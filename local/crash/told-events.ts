import { createQueue, QUEUE_PREFIX } from '@wayleave/runtime/queues.ts';
import type { Redis } from '@wayleave/runtime/redis.ts';
import { RISK_QUEUE } from '@wayleave/telematics/events/event.ts';
import type pg from 'pg';
import type { EventFacts } from './expected-events.ts';

const EVENTS = `
  SELECT d.ident, e.rule, e.kind, e.subject, e.occurred_at, e.confirmed_at, e.ended_at
  FROM events e JOIN devices d ON d.id = e.device_id
  WHERE e.operator_id = $1 AND e.retracted_at IS NULL AND e.rule <> 'silence'
  UNION ALL
  SELECT d.ident, 'trips', t.kind, '', t.started_at, t.confirmed_at, t.ended_at
  FROM trips t JOIN devices d ON d.id = t.device_id WHERE t.operator_id = $1`;

interface FactsRow {
  ident: string;
  rule: string;
  kind: string;
  subject: string;
  occurred_at: Date;
  confirmed_at: Date;
  ended_at: Date | null;
}

/** What stands of an operator's events and trips. */
export async function standingFacts(owner: pg.Client, operatorId: string): Promise<EventFacts[]> {
  const { rows } = await owner.query<FactsRow>(EVENTS, [operatorId]);
  return rows.map(({ occurred_at, confirmed_at, ended_at, ...identity }) => ({
    ...identity,
    startMs: occurred_at.getTime(),
    confirmedMs: confirmed_at.getTime(),
    endMs: ended_at?.getTime() ?? null,
  }));
}

/** The job id of every revision of every event that goes to the queue, retracted ones too. */
export async function revisionsToTell(owner: pg.Client, operatorId: string): Promise<string[]> {
  const { rows } = await owner.query<{ id: string; revision: number }>(
    "SELECT id, revision FROM events WHERE operator_id = $1 AND 'queue' = ANY(routes)",
    [operatorId],
  );
  return rows.flatMap(({ id, revision }) =>
    Array.from({ length: revision }, (_, at) => (at === 0 ? id : `${id}.${at + 1}`)),
  );
}

/** What is not yet done: replays that wait, messages that no relay handed over, jobs that nobody finished. */
export async function stillToDo(owner: pg.Client, redis: Redis) {
  const count = async (text: string): Promise<number> => (await owner.query(text)).rowCount ?? 0;
  const queue = createQueue(RISK_QUEUE, redis);
  try {
    return {
      replays: await count('SELECT FROM rule_replays'),
      unsent: await count('SELECT FROM outbox WHERE sent_at IS NULL'),
      unfinished: await queue.getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized'),
    };
  } finally {
    await queue.close();
  }
}

export interface HandedOver {
  /** Ids of the jobs that were worked off. */
  completed: string[];
  /** Those that were given up, with the reason. */
  failed: { id: string; reason: string }[];
  /** Ids that BullMQ was given as a new job more than once, as far back as it remembers. */
  addedTwice: string[];
}

/** What the queue knows of the messages that it was given. */
export async function handedOver(redis: Redis): Promise<HandedOver> {
  const queue = createQueue(RISK_QUEUE, redis);
  try {
    const [completed, failed] = [await queue.getJobs(['completed']), await queue.getJobs(['failed'])];
    return {
      completed: completed.map(({ id = '' }) => id),
      failed: failed.map(({ id = '', failedReason }) => ({ id, reason: failedReason })),
      addedTwice: await addedTwice(redis),
    };
  } finally {
    await queue.close();
  }
}

/** BullMQ writes down each job that it adds; one that is there already is written down as a duplicate. */
async function addedTwice(redis: Redis): Promise<string[]> {
  const entries = await redis.xrange(`${QUEUE_PREFIX}:${RISK_QUEUE}:events`, '-', '+');
  const added = new Map<string, number>();
  for (const [, fields] of entries) {
    const valueOf = (name: string): string | undefined => fields[fields.indexOf(name) + 1];
    const id = valueOf('jobId') ?? '';
    if (valueOf('event') === 'added') added.set(id, (added.get(id) ?? 0) + 1);
  }
  return [...added].filter(([, times]) => times > 1).map(([id]) => id);
}
