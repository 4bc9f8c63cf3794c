import { type Connection, inTransaction, type Pool } from '@wayleave/runtime/postgres.ts';
import { DAY_MS } from '../rules/local-time.ts';
import { figuresOfVehicles } from './day-facts.ts';
import { dayName, dayNumberOf, type LocalDay, lastClosedDay, localDay } from './local-day.ts';
import { settingsVersions } from './settings-versions.ts';
import * as store from './write-store.ts';

/** Vehicles in one transaction, some two hundred positions of an hour each in memory at the most. */
const MAX_VEHICLES_PER_BATCH = 500;
/** Days that are closed although no job ran on the day after. */
const MAX_DAYS_LATE = 7;
/** Days of one operator in one run; the rest come in the next. */
const MAX_REQUESTED_DAYS = 400;
/** A day that is not complete by then is left as it is: its tracker is gone, or its vehicle parked for good. */
const MAX_WAIT_DAYS = 60;
/** Settings from so far back are read: older days are counted by the oldest of them. */
const SETTINGS_MS = (MAX_REQUESTED_DAYS + 2) * DAY_MS;

export interface SumUpOptions {
  /** Of role `wayleave_jobs`. */
  pool: Pool;
  nowMs: number;
  signal: AbortSignal;
  maxVehiclesPerBatch?: number;
}

/**
 * Sums up the days of all operators that closed, and those that were asked for again. Any number of
 * processes may do so at once, and it may be stopped between two batches.
 * @returns versions of summaries that were stored
 */
export async function sumUpDays(options: SumUpOptions): Promise<number> {
  let stored = 0;
  for (const operatorId of await store.operatorIds(options.pool))
    stored += await sumUpOperator(options, operatorId);
  return stored;
}

async function sumUpOperator(options: SumUpOptions, operatorId: string): Promise<number> {
  const { pool, nowMs } = options;
  const versions = await settingsVersions(pool, operatorId, nowMs - SETTINGS_MS);
  const lastDay = lastClosedDay(nowMs, versions);
  let stored = 0;
  for (let number = lastDay.number; number > lastDay.number - MAX_DAYS_LATE; number -= 1)
    stored += await closeDay(options, operatorId, localDay(number, versions));
  const asked = await store.requestedDays(pool, operatorId, lastDay.name, MAX_REQUESTED_DAYS);
  for (const name of asked)
    stored += await sumUpAgain(options, operatorId, localDay(dayNumberOf(name), versions));
  await store.stopWaiting(pool, operatorId, dayName(lastDay.number - MAX_WAIT_DAYS));
  return stored;
}

/** A day that is over, for the vehicles that have no summary of it. */
async function closeDay(options: SumUpOptions, operatorId: string, day: LocalDay): Promise<number> {
  const { pool, signal, maxVehiclesPerBatch = MAX_VEHICLES_PER_BATCH } = options;
  const asked = operatorDayOf(operatorId, day);
  let stored = 0;
  for (let afterId = '0'; ; ) {
    signal.throwIfAborted();
    const vehicleIds = await store.unsummedVehicles(pool, asked, afterId, maxVehiclesPerBatch);
    if (vehicleIds.length === 0) return stored;
    stored += await inTransaction(
      pool,
      async (connection) => await sumUp(connection, options, asked, day, vehicleIds, true),
    );
    afterId = vehicleIds.at(-1)!;
  }
}

/** A day of which something changed, for the vehicles that somebody asked for. */
async function sumUpAgain(options: SumUpOptions, operatorId: string, day: LocalDay): Promise<number> {
  const { pool, signal, maxVehiclesPerBatch = MAX_VEHICLES_PER_BATCH } = options;
  const asked = operatorDayOf(operatorId, day);
  let stored = 0;
  for (;;) {
    signal.throwIfAborted();
    const { taken, put } = await inTransaction(pool, async (connection) => {
      const vehicleIds = await store.takeRequests(connection, asked, maxVehiclesPerBatch);
      return {
        taken: vehicleIds.length,
        put: await sumUp(connection, options, asked, day, vehicleIds, false),
      };
    });
    stored += put;
    if (taken < maxVehiclesPerBatch) return stored;
  }
}

async function sumUp(
  connection: Connection,
  { nowMs }: SumUpOptions,
  asked: store.OperatorDay,
  day: LocalDay,
  vehicleIds: readonly string[],
  isClosing: boolean,
): Promise<number> {
  if (vehicleIds.length === 0) return 0;
  const figures = [...(await figuresOfVehicles(connection, 'positions', vehicleIds, day, nowMs))];
  const stored = await store.putSummaries(
    connection,
    asked,
    day.timeZone,
    figures.map(([vehicleId, of]) => ({
      vehicleId,
      figures: of,
      isFirst: isClosing || of.positions > 0 || of.trips > 0,
    })),
  );
  const isWorthWaiting = day.fromMs > nowMs - MAX_WAIT_DAYS * DAY_MS;
  const open = figures.filter(([, of]) => !of.isComplete).map(([vehicleId]) => vehicleId);
  if (isWorthWaiting) await store.awaitCompletion(connection, asked, open);
  return stored;
}

function operatorDayOf(operatorId: string, { name, fromMs, toMs }: LocalDay): store.OperatorDay {
  return { operatorId, name, from: new Date(fromMs), to: new Date(toMs) };
}
