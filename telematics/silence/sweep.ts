import type { Log } from '@wayleave/runtime/log.ts';
import { type Connection, inTransaction, type Pool } from '@wayleave/runtime/postgres.ts';
import type { Redis } from '@wayleave/runtime/redis.ts';
import type { EventChange } from '../events/event.ts';
import { publishEvents } from '../events/event-feed.ts';
import { recordFindings, retractEvents } from '../events/write-store.ts';
import { defaultRuleSettings, type RuleSettings, ruleSettings } from '../rules/settings.ts';
import { learnHoles } from './coverage-store.ts';
import { lastingByClass } from './lasting-store.ts';
import { binOf, type Heard, type HeardBin, type ListeningMemory, listen } from './listening.ts';
import { keepMemory, readMemory } from './memory-store.ts';
import { endSilences, worsenSilences } from './revise.ts';
import {
  type HeardRow,
  heardBins,
  type OperatorPatience,
  settingsAt,
  tryLockSweep,
} from './silence-store.ts';
import { silentFindings } from './silent.ts';

/*
 * Vehicles that are not heard any more, by the clock: nothing comes in that could tell. Whatever is told
 * follows from what is stored, so a sweep that is repeated, or that another process does, tells nothing twice.
 */

export interface SweepParts {
  pool: Pool;
  redis: Redis;
  log: Log;
}

/** What a sweep came to. */
export interface Swept {
  changes: EventChange[];
  /** Silences that last, by class, with the parked vehicles that nobody is told of under `expected_sleep`. */
  silent: Map<string, number>;
  /** Silences that may be our own, and are told only if they outlast that. */
  held: number;
}

/** Settings of each operator that has its own, and of all others. */
export type SettingsOf = (operatorId: string) => RuleSettings;

/**
 * Tells which vehicles fell silent and which are heard again.
 * @returns null if another process is at it
 */
export async function sweepSilences(parts: SweepParts, nowMs: number): Promise<Swept | null> {
  const { pool, redis, log } = parts;
  const done = await inTransaction(pool, async (connection) =>
    (await tryLockSweep(connection)) ? await sweep(connection, log, await readMemory(redis), nowMs) : null,
  );
  if (done === null) return null;
  const { memory, ...swept } = done;
  await keepMemory(redis, memory);
  if (swept.held > 0) {
    log.info(
      { held: swept.held, deaf: memory.deaf, onsets: memory.onsets.slice(0, 5) },
      'devices fell silent together or while nobody listened; they are told of only if that lasts',
    );
  }
  try {
    await publishEvents(redis, swept.changes);
  } catch (error) {
    log.warn({ err: error }, 'silences were stored but not shown live');
  }
  return swept;
}

async function sweep(
  connection: Connection,
  log: Log,
  before: ListeningMemory,
  nowMs: number,
): Promise<Swept & { memory: ListeningMemory }> {
  const own = new Map<string, RuleSettings>();
  for (const row of await settingsAt(connection, nowMs)) {
    const { data: settings, error } = ruleSettings.safeParse(row.settings);
    // What one operator saved must not keep others from being told; rule books pass over it as well.
    if (settings) own.set(row.operator_id, settings);
    else log.error({ err: error, operatorId: row.operator_id }, 'the settings of an operator cannot be used');
  }
  const settingsOf: SettingsOf = (operatorId) => own.get(operatorId) ?? defaultRuleSettings;
  const patience = [...own.keys(), null].map((operatorId): OperatorPatience => {
    const { silence } = operatorId === null ? defaultRuleSettings : settingsOf(operatorId);
    return { operatorId, ...silence };
  });
  const rows = await heardBins(connection, patience, nowMs);
  const operatorIds = [...new Set(rows.map((row) => row.operator_id))];

  const ended = await endSilences(connection, settingsOf, { own, operatorIds }, nowMs);
  const worse = await worsenSilences(connection, settingsOf, nowMs);
  const silent = await silentFindings(connection, patience, settingsOf, nowMs);
  const listening = listen(before, heardOf(rows), silent, nowMs);
  const told = silent.filter(
    ({ isTampered, operatorId, sinceMs }) => isTampered || !listening.isHeld(operatorId, sinceMs),
  );

  const retracted = await retractEvents(connection, ended.retractions, nowMs);
  const drafts = [...ended.drafts, ...worse, ...told.map(({ draft }) => draft)];
  const recorded = await recordFindings(connection, drafts, nowMs);
  await learnHoles(connection, ended.holes, nowMs);

  const lasting = await lastingByClass(connection);
  lasting.set(
    'expected_sleep',
    rows.reduce((sum, { asleep }) => sum + asleep, 0),
  );
  return {
    changes: [...retracted, ...recorded],
    silent: lasting,
    held: silent.length - told.length,
    memory: listening.memory,
  };
}

function heardOf(rows: readonly HeardRow[]): Heard {
  return {
    bins: rows.map(
      (row): HeardBin => ({
        operatorId: row.operator_id,
        bin: binOf(row.bin_start.getTime()),
        awake: row.awake,
      }),
    ),
    talking: rows.reduce((sum, { talking }) => sum + talking, 0),
    newestMs: rows.reduce<number | null>(
      (newest, row) => Math.max(newest ?? row.newest.getTime(), row.newest.getTime()),
      null,
    ),
  };
}
