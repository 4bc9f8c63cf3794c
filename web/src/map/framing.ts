/** Vehicles that appear shortly one after the other are framed together. */
export const FRAME_EVERY_MS = 1000;
/** With every vehicle on the map nothing more is waited for than what is just being added. */
export const COMPLETE_AFTER_MS = 3000;
/** A tracker at rest reports every half minute or so: after this long without a new one, none is expected. */
export const QUIET_AFTER_MS = 35_000;

/**
 * How the first view of a fleet comes about. A page that is opened right after the trackers were
 * switched on knows few of their positions, so the fleet is framed again as further ones come.
 */
export interface Framing {
  /** Vehicles with a position, when it was last framed, and when it was last looked at. */
  framed: number;
  located: number;
  /** Milliseconds of any one clock. */
  framedAtMs: number;
  grewAtMs: number;
  /** From here on the view is the operator's. */
  over: boolean;
}

export const NOTHING_FRAMED: Framing = {
  framed: 0,
  located: 0,
  framedAtMs: Number.NEGATIVE_INFINITY,
  grewAtMs: Number.NEGATIVE_INFINITY,
  over: false,
};

export interface Sighting {
  /** Vehicles with a position; it never falls. */
  located: number;
  /** The whole fleet is known, and each of its vehicles has a position. */
  everyone: boolean;
  nowMs: number;
}

/** Looks at the fleet again: whether to frame it now, and what to remember. */
export function nextFraming(
  framing: Framing,
  { located, everyone, nowMs }: Sighting,
): { framing: Framing; frame: boolean } {
  if (framing.over || located === 0) return { framing, frame: false };
  const grewAtMs = located > framing.located ? nowMs : framing.grewAtMs;
  const grown = { ...framing, located, grewAtMs };
  if (located > framing.framed) {
    if (nowMs - framing.framedAtMs < FRAME_EVERY_MS) return { framing: grown, frame: false };
    return { framing: { ...grown, framed: located, framedAtMs: nowMs }, frame: true };
  }
  const over = nowMs - grewAtMs >= (everyone ? COMPLETE_AFTER_MS : QUIET_AFTER_MS);
  return { framing: { ...grown, over }, frame: false };
}
