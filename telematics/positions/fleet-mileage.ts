import type { Connection } from '@wayleave/runtime/postgres.ts';
import {
  type BeforeQuestion,
  beforeSegments,
  type DaySegment,
  type PositionSource,
  partsOfSegments,
} from './fleet-mileage-store.ts';
import { joinedTo, type MileagePart } from './mileage-parts.ts';
import { firstGoodFixOf, firstReadingOf, mileagePartOf } from './mileage-rows.ts';
import type { PartRow } from './mileage-sql.ts';

/** What the positions of a segment add up to. */
export interface SegmentMileage {
  /** An hour of local time each, in order. */
  parts: MileagePart[];
  firstFixMs: number | null;
  lastFixMs: number | null;
  maxSpeedKmh: number | null;
  /** Standing with the ignition on, seconds. */
  idleS: number;
}

/** What the positions of many segments of one day add up to, each by itself, in the order of the segments. */
export async function mileageOfSegments(
  connection: Connection,
  source: PositionSource,
  segments: readonly DaySegment[],
  day: { fromMs: number; toMs: number },
): Promise<SegmentMileage[]> {
  if (segments.length === 0) return [];
  const rows = Map.groupBy(
    await partsOfSegments(connection, source, segments, day),
    ({ segment }) => segment,
  );
  const questions = segments.flatMap((segment, at): BeforeQuestion[] => {
    const own = rows.get(at) ?? [];
    const [asksFix, asksReading] = [firstGoodFixOf(own) !== null, firstReadingOf(own) !== null];
    return asksFix || asksReading ? [{ ...segment, segment: at, asksFix, asksReading }] : [];
  });
  const before = new Map(
    (await beforeSegments(connection, source, questions)).map((row) => [
      row.segment,
      { goodFixMs: row.good_fix?.getTime() ?? null, odometerM: row.odometer_m },
    ]),
  );
  const nothing = { goodFixMs: null, odometerM: null };
  return segments.map((_, at) => mileageOf(rows.get(at) ?? [], before.get(at) ?? nothing));
}

function mileageOf(
  rows: readonly PartRow[],
  before: { goodFixMs: number | null; odometerM: number | null },
): SegmentMileage {
  const speeds = rows.flatMap(({ max_speed_kmh }) => max_speed_kmh ?? []);
  const fixes = rows.filter(({ first_fix }) => first_fix !== null);
  return {
    parts: joinedTo(before, rows.map(mileagePartOf), firstGoodFixOf(rows), firstReadingOf(rows)),
    firstFixMs: fixes[0]?.first_fix?.getTime() ?? null,
    lastFixMs: fixes.at(-1)?.last_fix?.getTime() ?? null,
    maxSpeedKmh: speeds.length === 0 ? null : Math.max(...speeds),
    idleS: rows.reduce((sum, { idle_s }) => sum + idle_s, 0),
  };
}
