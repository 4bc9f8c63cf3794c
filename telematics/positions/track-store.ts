import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { PositionRow } from './position-row.ts';
import { Doubt } from './quality/doubts.ts';
import { emptyTrack, MAX_GAP_MS, MAX_ODOMETER_GAP_MS, type Reading } from './quality/judge.ts';
import { Remark } from './quality/remarks.ts';
import type { DeviceTrack } from './quality/repair.ts';
import { MISDATED } from './quality/verdict.ts';
import { type StoredPosition, toStored } from './stored-position.ts';

/*
 * Reading stored positions in order to judge others by them, many devices in one query; on
 * connections under the role `wayleave_ingest`.
 */

/** A row of `positions` without its cell, which follows from the place. */
type StoredRow = Omit<PositionRow, 'h3'> & { device_id: string; operator_id: string };

const COLUMNS =
  'device_id, operator_id, fix_time, received_at, lat, lon, speed_kmh, heading_deg, altitude_m, accuracy_m, ' +
  'satellites, ignition, odometer_m, battery_v, alarm, attributes, distance_m, doubts, remarks';

/** Where the track of a device is to be taken up: before `beforeMs`, looking no further back than `sinceMs`. */
export interface TrackQuestion {
  deviceId: number;
  beforeMs: number;
  sinceMs: number;
  /** The fix time of its latest good position, if known: however old, it is where the vehicle is. */
  goodMs: number | null;
}

/** The track of a device at one of its positions; the rows after it lead on from there. */
export interface TrackStart {
  track: DeviceTrack;
  afterMs: number;
}

/*
 * The last good position before an instant is where a track can be taken up: all that `judge` knows
 * there is that position, since when the vehicle stands there, and the odometer. One that was found
 * good only by later ones is no such place, as there the track still doubted it.
 */
const STARTS = `
  SELECT asked.device_id AS asked_device_id, good.*,
         still.fix_time AS still_since, still.odometer_m AS still_odometer_m,
         reading.fix_time AS reading_time, reading.odometer_m AS reading_m
  FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[])
    AS asked (device_id, before, since, good_time)
  LEFT JOIN LATERAL (
    (SELECT ${COLUMNS} FROM positions
     WHERE device_id = asked.device_id AND fix_time < asked.before AND fix_time >= asked.since
       AND fix_time < $5 AND fix_time >= $6 AND doubts = 0 AND remarks & ${Remark.movedUnseen} = 0
     ORDER BY fix_time DESC LIMIT 1)
    UNION ALL
    (SELECT ${COLUMNS} FROM positions WHERE device_id = asked.device_id AND fix_time = asked.good_time
       AND fix_time < asked.before)
    LIMIT 1) AS good ON true
  LEFT JOIN LATERAL (
    SELECT fix_time, odometer_m FROM positions
    WHERE device_id = good.device_id AND fix_time < good.fix_time
      AND fix_time >= good.fix_time - make_interval(secs => ${MAX_GAP_MS / 1_000})
      AND doubts = 0 AND remarks & ${Remark.samePlace} = 0
    ORDER BY fix_time DESC LIMIT 1) AS still ON good.remarks & ${Remark.samePlace} <> 0
  LEFT JOIN LATERAL (
    SELECT fix_time, odometer_m FROM positions
    WHERE device_id = asked.device_id AND fix_time < coalesce(good.fix_time, asked.before)
      AND fix_time >= coalesce(good.fix_time, asked.before) - make_interval(secs => ${MAX_ODOMETER_GAP_MS / 1_000})
      AND odometer_m IS NOT NULL AND doubts & ${MISDATED} = 0
    ORDER BY fix_time DESC LIMIT 1) AS reading ON good.odometer_m IS NULL`;

type StartRow = { asked_device_id: string } & (StoredRow | { [Column in keyof StoredRow]: null }) & {
    still_since: Date | null;
    still_odometer_m: number | null;
    reading_time: Date | null;
    reading_m: number | null;
  };

/** The track of each device before an instant, one question a device. */
export async function trackStarts(
  connection: Connection,
  questions: readonly TrackQuestion[],
): Promise<Map<number, TrackStart>> {
  const earliestMs = questions.reduce(
    (least, { sinceMs }) => Math.min(least, sinceMs),
    Number.POSITIVE_INFINITY,
  );
  const latestMs = questions.reduce(
    (most, { beforeMs }) => Math.max(most, beforeMs),
    Number.NEGATIVE_INFINITY,
  );
  const { rows } = await connection.query<StartRow>({
    name: 'track-starts',
    text: STARTS,
    values: [
      questions.map(({ deviceId }) => deviceId),
      questions.map(({ beforeMs }) => instant(beforeMs)),
      questions.map(({ sinceMs }) => instant(sinceMs)),
      questions.map(({ goodMs }) => (goodMs === null ? null : instant(goodMs))),
      // Plain bounds of all questions: with them whole partitions are left out before the first look.
      instant(latestMs),
      instant(earliestMs),
    ],
  });
  const asked = new Map(questions.map((question) => [question.deviceId, question]));
  return new Map(
    rows.map((row) => {
      const deviceId = Number(row.asked_device_id);
      return [deviceId, startAt(row, asked.get(deviceId)!)];
    }),
  );
}

function startAt(row: StartRow, { beforeMs, sinceMs }: TrackQuestion): TrackStart {
  const start = row.fix_time === null ? { ...emptyTrack, odometer: readingBefore(row) } : trackAt(row);
  const goodMs = start.good?.position.fixTimeMs ?? Number.NEGATIVE_INFINITY;
  if (goodMs >= sinceMs) return { track: start, afterMs: goodMs };
  // No good fix is near enough to be compared with: what came between says nothing of what follows.
  if (Number.isFinite(beforeMs)) return { track: start, afterMs: beforeMs - 1 };
  return { track: start, afterMs: sinceMs - 1 };
}

function readingBefore(row: StartRow): Reading | null {
  return row.reading_time ? { fixTimeMs: row.reading_time.getTime(), odometerM: row.reading_m } : null;
}

function trackAt(row: StartRow & StoredRow): DeviceTrack {
  const good = storedOf(row);
  const { fixTimeMs, odometerM } = good.position;
  const here: Reading = { fixTimeMs, odometerM };
  const isStill = (row.remarks & Remark.samePlace) !== 0;
  const stillSince: Reading =
    isStill && row.still_since
      ? { fixTimeMs: row.still_since.getTime(), odometerM: row.still_odometer_m }
      : here;
  return { good, stillSince, suspects: [], odometer: odometerM === null ? readingBefore(row) : here };
}

const FOLLOWING = `
  SELECT following.* FROM unnest($1::bigint[], $2::timestamptz[]) AS asked (device_id, after)
  CROSS JOIN LATERAL (
    SELECT ${COLUMNS} FROM positions
    WHERE device_id = asked.device_id AND fix_time > asked.after AND fix_time > $4
    ORDER BY fix_time LIMIT $3) AS following`;

/** Up to `limit` positions of each device after an instant, oldest first. */
export async function positionsAfter(
  connection: Connection,
  after: ReadonlyMap<number, number>,
  limit: number,
): Promise<Map<number, StoredPosition[]>> {
  const times = [...after.values()];
  const { rows } = await connection.query<StoredRow>({
    name: 'positions-after',
    text: FOLLOWING,
    values: [
      [...after.keys()],
      times.map(instant),
      limit,
      instant(times.reduce((least, ms) => Math.min(least, ms), Number.POSITIVE_INFINITY)),
    ],
  });
  return Map.groupBy(rows.map(storedOf), ({ deviceId }) => deviceId);
}

const AT = `
  SELECT ${COLUMNS.split(', ')
    .map((column) => `stored.${column}`)
    .join(', ')}
  FROM unnest($1::bigint[], $2::timestamptz[]) AS asked (device_id, fix_time)
  JOIN positions AS stored USING (device_id, fix_time)
  WHERE stored.fix_time >= $3 AND stored.fix_time <= $4`;

/** Which of these instants are stored, and what stands there. */
export async function positionsAt(
  connection: Connection,
  rows: readonly StoredPosition[],
): Promise<StoredPosition[]> {
  if (rows.length === 0) return [];
  const times = rows.map(({ position }) => position.fixTimeMs);
  const found = await connection.query<StoredRow>(AT, [
    rows.map(({ deviceId }) => deviceId),
    times.map((ms) => new Date(ms)),
    new Date(times.reduce((a, b) => Math.min(a, b))),
    new Date(times.reduce((a, b) => Math.max(a, b))),
  ]);
  return found.rows.map(storedOf);
}

/** What the latest positions say of a device, as of a checkpoint; there may be newer ones since. */
export interface NewestInstants {
  /** The newest instant that is stored, epoch milliseconds; minus infinity for none. */
  newestMs: number;
  /** The fix time of its latest good position; null until there is one. */
  goodMs: number | null;
}

interface NewestRow {
  device_id: string;
  newest_fix_time: Date | null;
  fix_time: Date | null;
}

const NEWEST =
  'SELECT device_id, newest_fix_time, fix_time FROM latest_positions WHERE device_id = ANY($1::bigint[])';

/** Of each device that a checkpoint has covered, what it has. */
export async function newestInstants(
  connection: Connection,
  deviceIds: readonly number[],
): Promise<Map<number, NewestInstants>> {
  const { rows } = await connection.query<NewestRow>(NEWEST, [deviceIds]);
  return new Map(
    rows.map((row) => [
      Number(row.device_id),
      {
        newestMs: row.newest_fix_time?.getTime() ?? Number.NEGATIVE_INFINITY,
        goodMs: row.fix_time?.getTime() ?? null,
      },
    ]),
  );
}

function instant(epochMs: number): string {
  if (Number.isFinite(epochMs)) return new Date(epochMs).toISOString();
  return epochMs > 0 ? 'infinity' : '-infinity';
}

function storedOf(row: StoredRow): StoredPosition {
  const isPlaced = (row.remarks & Remark.placedAtReceipt) !== 0;
  return toStored(
    Number(row.device_id),
    Number(row.operator_id),
    {
      fixTimeMs: row.fix_time.getTime(),
      receivedAtMs: row.received_at.getTime(),
      lat: row.lat,
      lon: row.lon,
      speedKmh: row.speed_kmh,
      headingDeg: row.heading_deg,
      altitudeM: row.altitude_m,
      accuracyM: row.accuracy_m,
      satellites: row.satellites,
      ignition: row.ignition,
      odometerM: row.odometer_m,
      batteryV: row.battery_v,
      alarm: row.alarm,
      attributes: row.attributes,
      // What its message said; the rest follows from it and from its neighbours.
      doubts: row.doubts & (Doubt.noFix | (isPlaced ? MISDATED : 0)),
      remarks: row.remarks & (Remark.placedAtReceipt | Remark.weekRolloverCorrected),
    },
    {
      doubts: row.doubts,
      remarks: row.remarks,
      distanceM: row.distance_m === null ? null : Math.fround(row.distance_m),
    },
  );
}
