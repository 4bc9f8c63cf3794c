import type { Finding } from '../finding.ts';
import { fixTimes } from '../fix-times.ts';
import type { Json } from '../json.ts';
import type { Figures } from './figures.ts';
import type { Arrival, Move, Rest } from './state.ts';

/** A trip: as it is known when it became certain, or with its end. */
export function tripOf(move: Move, end: Arrival | null, figures: Figures, untilMs: number): Finding {
  const { startMs, firstMovingMs, unseen, startOdometerM } = move;
  const confirmedMs = move.confirmedMs ?? untilMs;
  const endMs = end?.atMs ?? null;
  const { top, drivingMs } = figures;
  const seenM = figures.distanceM - (unseen?.distanceM ?? 0);
  return {
    rule: 'trips',
    kind: 'trip',
    subject: '',
    startMs,
    confirmedMs,
    endMs,
    lat: move.lat,
    lon: move.lon,
    details: {
      fixes: fixTimes(startMs, firstMovingMs, confirmedMs, endMs ?? confirmedMs),
      fixCount: figures.fixes,
      distanceM: decimetres(figures.distanceM),
      odometerM: figures.odometerM === null ? null : decimetres(figures.odometerM),
      startOdometerM,
      endOdometerM: end?.odometerM ?? null,
      durationS: seconds((endMs ?? untilMs) - startMs),
      drivingS: seconds(drivingMs),
      idleS: seconds(figures.idleMs),
      maxSpeedKmh: top === null ? null : tenths(top.speedKmh),
      maxSpeedAt: top === null ? null : { fixTimeMs: top.atMs, lat: top.lat, lon: top.lon },
      meanSpeedKmh: drivingMs === 0 ? null : tenths((Math.max(0, seenM) / drivingMs) * 3_600),
      nightS: seconds(figures.nightMs),
      nightDistanceM: decimetres(figures.nightDistanceM),
      towed: isTowed(move),
      gap: gapOf(move),
      end: end === null ? null : { lat: end.lat, lon: end.lon },
    },
  };
}

function gapOf({ unseen }: Move): Json {
  return unseen === null ? null : { seconds: seconds(unseen.ms), distanceM: decimetres(unseen.distanceM) };
}

/** It moved with the ignition known to be off, and was not on at any fix. */
export function isTowed({ movedOff, wasOn }: Move): boolean {
  return movedOff && !wasOn;
}

/** A stop: as it is known when it became certain, or with its end. */
export function stopOf(rest: Rest, endMs: number | null, untilMs: number): Finding {
  const { arrival, confirmedMs } = rest;
  return {
    rule: 'trips',
    kind: 'stop',
    subject: '',
    startMs: arrival.atMs,
    confirmedMs,
    endMs,
    lat: arrival.lat,
    lon: arrival.lon,
    details: {
      fixes: fixTimes(arrival.atMs, confirmedMs, endMs ?? confirmedMs),
      durationS: seconds((endMs ?? untilMs) - arrival.atMs),
      ignitionOnS: seconds(rest.ignitionOnMs),
      odometerM: arrival.odometerM,
      end: endMs === null ? null : { lat: rest.lat, lon: rest.lon },
    },
  };
}

const seconds = (ms: number): number => Math.floor(ms / 1_000);
const decimetres = (metres: number): number => Math.round(metres * 10) / 10;
const tenths = (kmh: number): number => Math.round(kmh * 10) / 10;
