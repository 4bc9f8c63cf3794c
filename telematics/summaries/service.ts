import type { Connection } from '@wayleave/runtime/postgres.ts';
import { DAY_MS } from '../rules/local-time.ts';
import { getVehicle } from '../vehicles/service.ts';
import { figuresOfVehicles } from './day-facts.ts';
import { daysReversed, tooManyDays } from './errors.ts';
import { dayAt, dayName, dayNumberOf, type LocalDay, lastClosedDay, localDay } from './local-day.ts';
import { listSummaries, type SummaryRow } from './read-store.ts';
import { settingsVersions } from './settings-versions.ts';
import type { DaySummaryView } from './summary.ts';

/** Days in one answer. */
export const MAX_DAYS = 400;
const USUAL_DAYS = 31;

/**
 * A vehicle's days from `from` to `to`, both included, oldest first: those that are stored, and today as
 * it is so far. Without a range the last month.
 * @param range days such as `2026-11-20`, of the operator's time zone
 * @throws `vehicle_not_found`, `days_reversed`, `too_many_days`
 */
export async function daysOfVehicle(
  connection: Connection,
  operatorId: string,
  vehicleId: string,
  range: { from?: string | undefined; to?: string | undefined },
  nowMs: number,
): Promise<DaySummaryView[]> {
  await getVehicle(connection, vehicleId);
  const versions = await settingsVersions(connection, operatorId, nowMs - 3 * DAY_MS);
  const today = dayAt(nowMs, versions);
  const to = range.to ?? today.name;
  const from = range.from ?? dayName(dayNumberOf(to) - USUAL_DAYS + 1);
  if (dayNumberOf(from) > dayNumberOf(to)) throw daysReversed();
  if (dayNumberOf(to) - dayNumberOf(from) >= MAX_DAYS) throw tooManyDays(MAX_DAYS);

  const stored = await listSummaries(connection, vehicleId, from, to);
  const views = stored.map(viewOf);
  const known = new Set(stored.map(({ day }) => day));
  // Today, and yesterday until it is summed up.
  const closed = lastClosedDay(nowMs, versions).number;
  for (let number = closed; number <= today.number; number += 1) {
    const day = localDay(number, versions);
    if (known.has(day.name) || day.name < from || day.name > to) continue;
    const view = await computedView(connection, vehicleId, day, nowMs);
    if (view !== null) views.push(view);
  }
  return views.sort((a, b) => (a.day < b.day ? -1 : 1));
}

/** Null for a day that is over and of which there is nothing to tell. */
async function computedView(
  connection: Connection,
  vehicleId: string,
  day: LocalDay,
  nowMs: number,
): Promise<DaySummaryView | null> {
  const figures = (await figuresOfVehicles(connection, 'operator_positions', [vehicleId], day, nowMs)).get(
    vehicleId,
  )!;
  if (day.toMs <= nowMs && figures.positions === 0) return null;
  return {
    day: day.name,
    isFinal: false,
    version: 0,
    computedAt: new Date(nowMs).toISOString(),
    timeZone: day.timeZone,
    figures,
  };
}

function viewOf(row: SummaryRow): DaySummaryView {
  return {
    day: row.day,
    isFinal: true,
    version: row.version,
    computedAt: row.computed_at.toISOString(),
    timeZone: row.time_zone,
    figures: row.figures,
  };
}
