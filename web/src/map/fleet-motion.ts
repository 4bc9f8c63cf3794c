import { metresPerUnit, shortWay } from './mercator.ts';
import { type Glide, glidePoint, nextGapS, nextGlide, progress, type Report } from './motion.ts';
import { createTrailBuffer, type TrailBuffer } from './trail-buffer.ts';

/** to x, y (high), to x, y (low), from - to x, y, startS, durationS, heading, turn, shape, flags. */
export const FLOATS_PER_MARK = 12;
/** 8 MiB on the GPU: minutes of trails for a thousand vehicles, about one for five thousand. */
const TRAIL_SEGMENTS = 1 << 18;

const FIRST_CAPACITY = 256;
const ASSUMED_GAP_S = 2;
/** Shorter runs are GNSS noise at rest and would draw a blot. */
const SHORTEST_TRAIL_M = 1.5;
/** The clock's origin moves on so that float32 seconds stay finer than a frame. */
const REBASE_AFTER_S = 3600;

interface Mark {
  readonly id: string;
  readonly slot: number;
  glide: Glide;
  gapS: number;
  reportedS: number;
  fixTimeMs: number;
  shape: number;
  flags: number;
}

interface Look {
  /** Index into the palette's states: 0 moving, 1 idling, 2 parked, 3 offline. */
  shape: number;
  /** LOOK_* bits. */
  flags: number;
}

/** Where each vehicle is drawn, ready for the GPU; times in seconds since an origin that `rebase` moves. */
export interface FleetMotion {
  readonly marks: ReadonlyMap<string, Mark>;
  readonly trails: TrailBuffer;
  /** One instance per mark; replaced when the fleet outgrows it. */
  floats(): Float32Array;
  /** The instances written since the last call, [start, end). */
  takeWritten(): [number, number] | null;
  report(id: string, report: Report & { fixTimeMs: number }, look: Look, nowS: number, still: boolean): void;
  look(id: string, look: Look): void;
  /** Draws where a vehicle went before the page was opened. */
  addHistory(id: string, points: readonly { x: number; y: number; atS: number }[]): void;
  /** When the last glide ends. */
  busyUntilS(): number;
  /** The mark drawn nearest to a point, within `reach` (all in Mercator units). */
  nearest(x: number, y: number, reach: number, nowS: number): Mark | null;
  /** How far the caller must set its clock back, after the times here were: 0 most of the time. */
  rebase(nowS: number): number;
}

export function createFleetMotion(hiddenFlag: number): FleetMotion {
  const marks = new Map<string, Mark>();
  const trails = createTrailBuffer(TRAIL_SEGMENTS);
  let floats = new Float32Array(FIRST_CAPACITY * FLOATS_PER_MARK);
  let low = Number.POSITIVE_INFINITY;
  let high = -1;
  let busyUntilS = 0;

  const write = ({ slot, glide, shape, flags }: Mark) => {
    const at = slot * FLOATS_PER_MARK;
    const highX = Math.fround(glide.toX);
    const highY = Math.fround(glide.toY);
    floats[at] = highX;
    floats[at + 1] = highY;
    floats[at + 2] = glide.toX - highX;
    floats[at + 3] = glide.toY - highY;
    floats[at + 4] = glide.fromX - glide.toX;
    floats[at + 5] = glide.fromY - glide.toY;
    floats[at + 6] = glide.startS;
    floats[at + 7] = glide.durationS;
    floats[at + 8] = glide.fromHeading;
    floats[at + 9] = glide.turn;
    floats[at + 10] = shape;
    floats[at + 11] = flags;
    low = Math.min(low, slot);
    high = Math.max(high, slot);
  };

  const makeRoom = () => {
    if (marks.size * FLOATS_PER_MARK < floats.length) return;
    const larger = new Float32Array(floats.length * 2);
    larger.set(floats);
    floats = larger;
    low = 0;
    high = Math.max(high, marks.size - 1);
  };

  /** What a vehicle has driven of its glide becomes a part of the street. */
  const leaveTrail = (mark: Mark, nowS: number) => {
    const { glide } = mark;
    const done = progress(glide, nowS);
    const { x, y } = glidePoint(glide, nowS);
    if (Math.hypot(x - glide.fromX, y - glide.fromY) * metresPerUnit(y) < SHORTEST_TRAIL_M) return;
    const endS = glide.startS + glide.durationS * done;
    trails.add(mark.id, { ax: glide.fromX, ay: glide.fromY, bx: x, by: y, startS: glide.startS, endS });
  };

  return {
    marks,
    trails,
    floats: () => floats,
    takeWritten() {
      if (high < 0) return null;
      const range: [number, number] = [low, high + 1];
      low = Number.POSITIVE_INFINITY;
      high = -1;
      return range;
    },
    report(id, report, look, nowS, still) {
      let mark = marks.get(id);
      if (!mark) {
        makeRoom();
        const glide = nextGlide(null, report, 0, nowS, still);
        const { fixTimeMs } = report;
        mark = { id, slot: marks.size, glide, gapS: ASSUMED_GAP_S, reportedS: nowS, fixTimeMs, ...look };
        marks.set(id, mark);
      } else if (report.fixTimeMs !== mark.fixTimeMs) {
        mark.gapS = nextGapS(mark.gapS, nowS - mark.reportedS);
        leaveTrail(mark, nowS);
        mark.glide = nextGlide(mark.glide, report, mark.gapS, nowS, still);
        mark.reportedS = nowS;
        mark.fixTimeMs = report.fixTimeMs;
        busyUntilS = Math.max(busyUntilS, nowS + mark.glide.durationS);
      }
      mark.shape = look.shape;
      mark.flags = look.flags;
      write(mark);
    },
    look(id, look) {
      const mark = marks.get(id);
      if (!mark || (mark.shape === look.shape && mark.flags === look.flags)) return;
      mark.shape = look.shape;
      mark.flags = look.flags;
      write(mark);
    },
    addHistory(id, points) {
      for (let i = 1; i < points.length; i++) {
        const a = points[i - 1];
        const b = points[i];
        if (!a || !b) continue;
        const dx = shortWay(b.x - a.x);
        const distanceM = Math.hypot(dx, b.y - a.y) * metresPerUnit(a.y);
        // Nobody knows the way that was taken through a long silence, so none is drawn.
        if (distanceM < SHORTEST_TRAIL_M || b.atS - a.atS > 90 || distanceM > 2000) continue;
        trails.add(`${id} before`, { ax: a.x, ay: a.y, bx: a.x + dx, by: b.y, startS: a.atS, endS: b.atS });
      }
    },
    busyUntilS: () => busyUntilS,
    nearest(x, y, reach, nowS) {
      let best: Mark | null = null;
      let bestDistance = reach;
      for (const mark of marks.values()) {
        if (mark.flags & hiddenFlag) continue;
        const point = glidePoint(mark.glide, nowS);
        const distance = Math.hypot(shortWay(point.x - x), point.y - y);
        if (distance >= bestDistance) continue;
        best = mark;
        bestDistance = distance;
      }
      return best;
    },
    rebase(nowS) {
      if (nowS < REBASE_AFTER_S) return 0;
      trails.shiftTime(nowS);
      busyUntilS -= nowS;
      for (const mark of marks.values()) {
        mark.glide = { ...mark.glide, startS: mark.glide.startS - nowS };
        mark.reportedS -= nowS;
        write(mark);
      }
      return nowS;
    },
  };
}
