import { expect, test } from 'vitest';
import {
  COMPLETE_AFTER_MS,
  FRAME_EVERY_MS,
  NOTHING_FRAMED,
  nextFraming,
  QUIET_AFTER_MS,
  type Sighting,
} from './framing.ts';

/** The numbers of vehicles that were framed, and when it was over. */
function watch(sightings: Iterable<Sighting>): { frames: [number, number][]; overAtMs: number | null } {
  const frames: [number, number][] = [];
  let framing = NOTHING_FRAMED;
  for (const sighting of sightings) {
    const next = nextFraming(framing, sighting);
    framing = next.framing;
    if (next.frame) frames.push([sighting.nowMs, sighting.located]);
    if (framing.over) return { frames, overAtMs: sighting.nowMs };
  }
  return { frames, overAtMs: null };
}

/** Looks four times a second at a fleet whose vehicles report at the given times. */
function* fleet(reportedAtMs: number[], { silent = 0, untilMs = 120_000 } = {}): Generator<Sighting> {
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 250) {
    const located = reportedAtMs.filter((atMs) => atMs <= nowMs).length;
    yield { located, everyone: silent === 0 && located === reportedAtMs.length, nowMs };
  }
}

test('a fleet that is all there is framed once, and the view is soon the operator’s', () => {
  const { frames, overAtMs } = watch(fleet([0, 0, 0]));
  expect(frames).toEqual([[0, 3]]);
  expect(overAtMs).toBe(COMPLETE_AFTER_MS);
});

test('vehicles that report after the page was opened are framed, too, and the last one is not left out', () => {
  const times = Array.from({ length: 40 }, (_, n) => n * 130);
  const { frames } = watch(fleet(times));
  expect(frames[0]).toEqual([0, 1]);
  expect(frames.at(-1)?.[1]).toBe(40);
});

test('it is not framed more than once a second, however many appear', () => {
  const { frames } = watch(fleet(Array.from({ length: 40 }, (_, n) => n * 130)));
  const gaps = frames.slice(1).map(([atMs], n) => atMs - (frames[n]?.[0] ?? 0));
  expect(gaps.length).toBeGreaterThan(3);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(FRAME_EVERY_MS);
});

test('a parked vehicle that reports after half a minute is framed, with one left that never does', () => {
  const { frames, overAtMs } = watch(fleet([0, 500, 30_000], { silent: 1 }));
  expect(frames.at(-1)).toEqual([30_000, 3]);
  expect(overAtMs).toBe(30_000 + QUIET_AFTER_MS);
});

test('a vehicle that appears after a long silence does not move the view', () => {
  const { frames, overAtMs } = watch(fleet([0, 60_000], { silent: 1 }));
  expect(frames).toEqual([[0, 1]]);
  expect(overAtMs).toBe(QUIET_AFTER_MS);
});

test('while nobody has reported there is nothing to frame, and no end to waiting', () => {
  expect(watch(fleet([], { silent: 3 }))).toEqual({ frames: [], overAtMs: null });
  expect(watch(fleet([100_000], { silent: 3 })).frames).toEqual([[100_000, 1]]);
});

test('once the operator has taken the map, nothing is framed any more', () => {
  const taken = { ...NOTHING_FRAMED, over: true };
  expect(nextFraming(taken, { located: 5, everyone: true, nowMs: 0 })).toEqual({
    framing: taken,
    frame: false,
  });
});
