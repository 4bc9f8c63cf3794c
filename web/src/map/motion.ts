import { metresPerUnit, shortWay } from './mercator.ts';

/** A vehicle on its way from where it was drawn to where its last fix puts it. Mercator units, seconds, radians. */
export interface Glide {
  fromX: number;
  fromY: number;
  toX: number;
  toY: number;
  startS: number;
  durationS: number;
  /** Clockwise from north. */
  fromHeading: number;
  /** What is added to it over the glide: the short way, at most half a turn. */
  turn: number;
}

/** Reports further apart than this are not bridged: the mark would lag too far behind the truth. */
const LONGEST_GLIDE_S = 12;
const CATCH_UP_GLIDE_S = 1.5;
/** A little longer than the gap between reports, so that a report which is a bit late finds it still moving. */
const STRETCH = 1.15;
/** Faster than any leased vehicle: the tracker was silent or its fix is wrong, so the mark jumps. */
const IMPLAUSIBLE_MS = 90;
const TURN_S = 0.6;
/** Below this a heading is noise and the mark keeps the one it has. */
const HEADING_FROM_KMH = 3;

export const progress = (glide: Glide, nowS: number) =>
  glide.durationS <= 0 ? 1 : Math.min(1, Math.max(0, (nowS - glide.startS) / glide.durationS));

export function glidePoint(glide: Glide, nowS: number): { x: number; y: number } {
  const done = progress(glide, nowS);
  return {
    x: glide.fromX + (glide.toX - glide.fromX) * done,
    y: glide.fromY + (glide.toY - glide.fromY) * done,
  };
}

/** Turns are quicker than moves: a vehicle points where it goes before it is there. */
export function glideHeading(glide: Glide, nowS: number): number {
  const turnS = Math.min(TURN_S, glide.durationS);
  const done = turnS <= 0 ? 1 : Math.min(1, Math.max(0, (nowS - glide.startS) / turnS));
  return glide.fromHeading + glide.turn * done;
}

export interface Report {
  x: number;
  y: number;
  headingDeg: number | null;
  speedKmh: number | null;
}

/**
 * The glide that a new report starts. `gapS` is the usual time between this vehicle's reports as they arrive;
 * `still` (reduced motion) makes it a jump.
 */
export function nextGlide(
  previous: Glide | null,
  report: Report,
  gapS: number,
  nowS: number,
  still: boolean,
): Glide {
  const heading = report.headingDeg === null ? null : (report.headingDeg * Math.PI) / 180;
  if (!previous) return resting(report, heading ?? 0, nowS);
  const from = glidePoint(previous, nowS);
  const fromHeading = glideHeading(previous, nowS);
  // A vehicle that crosses the antimeridian goes on beyond the edge of the square instead of round the world.
  const dx = shortWay(report.x - from.x);
  const dy = report.y - from.y;
  const distanceM = Math.hypot(dx, dy) * metresPerUnit(report.y);
  const underWay = (report.speedKmh ?? 0) >= HEADING_FROM_KMH;
  const towards =
    !underWay && distanceM < 5 ? null : (heading ?? (distanceM > 2 ? Math.atan2(dx, -dy) : null));
  const turn = towards === null ? 0 : shortTurn(towards - fromHeading);
  const durationS = still ? 0 : glideDurationS(gapS, distanceM);
  if (durationS === 0) return resting(report, fromHeading + turn, nowS);
  return {
    fromX: from.x,
    fromY: from.y,
    toX: from.x + dx,
    toY: report.y,
    startS: nowS,
    durationS,
    fromHeading,
    turn,
  };
}

/** How long a move of `distanceM` takes on the screen; 0 makes it a jump. */
export function glideDurationS(gapS: number, distanceM: number): number {
  if (distanceM > Math.max(gapS, 1) * IMPLAUSIBLE_MS) return 0;
  return gapS > LONGEST_GLIDE_S ? CATCH_UP_GLIDE_S : Math.max(0.25, gapS * STRETCH);
}

/** An exponential average of the time between reports, in which one long silence does not count. */
export function nextGapS(gapS: number, observedS: number): number {
  return observedS > 4 * LONGEST_GLIDE_S ? gapS : gapS + (observedS - gapS) * 0.3;
}

/**
 * How often a moving map has to be drawn: a vehicle at 30 m/s should move less than half a pixel a frame,
 * so a zoomed-out map needs few frames and leaves the battery alone.
 */
export function frameIntervalMs(metresPerPixel: number): number {
  const pixelsPerS = 30 / metresPerPixel;
  return Math.min(250, Math.max(0, 500 / pixelsPerS));
}

function resting(report: Report, heading: number, nowS: number): Glide {
  const { x, y } = report;
  return { fromX: x, fromY: y, toX: x, toY: y, startS: nowS, durationS: 0, fromHeading: heading, turn: 0 };
}

function shortTurn(angle: number): number {
  const turns = angle / (2 * Math.PI);
  return (turns - Math.round(turns)) * 2 * Math.PI;
}
