import type { Connection } from '@wayleave/runtime/postgres.ts';
import { emptyTrack, judge, MAX_GAP_MS } from '@wayleave/telematics/positions/quality/judge.ts';
import { thresholdsOfDevices } from '@wayleave/telematics/positions/quality/judging-store.ts';
import { type DeviceTrack, lastingDoubts } from '@wayleave/telematics/positions/quality/repair.ts';
import type { Thresholds } from '@wayleave/telematics/positions/quality/thresholds.ts';
import { MISDATED } from '@wayleave/telematics/positions/quality/verdict.ts';
import type { StoredPosition } from '@wayleave/telematics/positions/stored-position.ts';
import {
  newestInstants,
  positionsAfter,
  type TrackQuestion,
  type TrackStart,
  trackStarts,
} from '@wayleave/telematics/positions/track-store.ts';
import type { KnownDevice } from './known-devices.ts';

/** Rows of a device in one answer while its track is followed: few at first, as few are nearly always enough. */
const FOLLOWED_ROWS = [16, 128, 1_024];
/** Devices in one question. */
export const MAX_DEVICES_PER_QUESTION = 500;
/** Rows of all devices in one answer, each some kilobyte. */
const MAX_ROWS_PER_ANSWER = 16_000;

interface Wanted {
  deviceId: number;
  operatorId: number;
}

/**
 * Reads what is known of devices from what is stored of them: their tracks at the end of their
 * positions. `mayBeAhead` when positions may be stored that no checkpoint has covered, so that
 * also devices that are not in the latest positions are looked for.
 */
export async function knowDevices(
  connection: Connection,
  wanted: readonly Wanted[],
  mayBeAhead: boolean,
): Promise<KnownDevice[]> {
  const known: KnownDevice[] = [];
  for (let at = 0; at < wanted.length; at += MAX_DEVICES_PER_QUESTION) {
    known.push(...(await knowSome(connection, wanted.slice(at, at + MAX_DEVICES_PER_QUESTION), mayBeAhead)));
  }
  return known;
}

async function knowSome(
  connection: Connection,
  wanted: readonly Wanted[],
  mayBeAhead: boolean,
): Promise<KnownDevice[]> {
  const newest = await newestInstants(
    connection,
    wanted.map(({ deviceId }) => deviceId),
  );
  const thresholds = await thresholdsOfDevices(connection, wanted);
  const questions: TrackQuestion[] = [];
  const ends = new Map<number, TrackEnd>();
  for (const { deviceId } of wanted) {
    const { newestMs = Number.NEGATIVE_INFINITY, goodMs = null } = newest.get(deviceId) ?? {};
    ends.set(deviceId, new TrackEnd(emptyTrack, newestMs, thresholds.get(deviceId)!));
    if (newest.has(deviceId) || mayBeAhead)
      questions.push({
        deviceId,
        beforeMs: Number.POSITIVE_INFINITY,
        sinceMs: newestMs - MAX_GAP_MS,
        goodMs,
      });
  }
  const starts =
    questions.length > 0 ? await trackStarts(connection, questions) : new Map<number, TrackStart>();
  for (const [deviceId, { track }] of starts) ends.get(deviceId)!.start(track);
  await followTracks(connection, starts, (deviceId, rows) => {
    ends.get(deviceId)!.feed(rows);
    return true;
  });
  return wanted.map(({ deviceId, operatorId }) => {
    const { track, newestMs } = ends.get(deviceId)!;
    return {
      deviceId,
      operatorId,
      track,
      newestFixTimeMs: newestMs,
      lastReceivedAtMs: Number.NEGATIVE_INFINITY,
      thresholds: thresholds.get(deviceId)!,
      rules: null,
    };
  });
}

/** A track as it comes to be at the end of a device's positions. */
class TrackEnd {
  track: DeviceTrack;
  newestMs: number;
  #thresholds: Thresholds;

  constructor(track: DeviceTrack, newestMs: number, thresholds: Thresholds) {
    this.track = track;
    this.newestMs = newestMs;
    this.#thresholds = thresholds;
  }

  start(track: DeviceTrack): void {
    this.track = track;
    this.#saw(track.good);
  }

  feed(rows: readonly StoredPosition[]): void {
    for (const row of rows) {
      if ((row.verdict.doubts & MISDATED) !== 0) continue;
      this.track = judge(this.track, row, lastingDoubts(row), this.#thresholds).track;
      this.#saw(row);
    }
  }

  #saw(row: StoredPosition | null): void {
    if (row) this.newestMs = Math.max(this.newestMs, row.position.fixTimeMs);
  }
}

/**
 * Reads the rows that follow each start, device by device in the order of their fix times, until
 * `take` says of a device that it needs no more, or there are none.
 */
export async function followTracks(
  connection: Connection,
  starts: ReadonlyMap<number, Pick<TrackStart, 'afterMs'>>,
  take: (deviceId: number, rows: readonly StoredPosition[]) => boolean,
): Promise<void> {
  let after = new Map([...starts].map(([deviceId, { afterMs }]) => [deviceId, afterMs]));
  for (let round = 0; after.size > 0; round += 1) {
    const limit = FOLLOWED_ROWS[Math.min(round, FOLLOWED_ROWS.length - 1)]!;
    const next = new Map<number, number>();
    const devices = [...after];
    const atOnce = Math.floor(MAX_ROWS_PER_ANSWER / limit);
    for (let at = 0; at < devices.length; at += atOnce) {
      const following = await positionsAfter(connection, new Map(devices.slice(at, at + atOnce)), limit);
      for (const [deviceId, rows] of following) {
        const wantsMore = take(deviceId, rows);
        if (wantsMore && rows.length === limit) next.set(deviceId, rows.at(-1)!.position.fixTimeMs);
      }
    }
    after = next;
  }
}
