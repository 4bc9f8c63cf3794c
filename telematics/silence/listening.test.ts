import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BIN_MS, type Heard, type ListeningMemory, listen, NOTHING_KNOWN } from './listening.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOW_MS = Date.UTC(2026, 10, 20, 12);
const listened: ListeningMemory = { ...NOTHING_KNOWN, lastSweepMs: NOW_MS - 30_000 };

/** `awake` devices of an operator that were last heard so long ago. */
const heardAgo = (operatorId: string, awake: number, agoMs: number) => ({
  operatorId,
  awake,
  bin: Math.floor((NOW_MS - agoMs) / BIN_MS),
});
const heard = (...bins: Heard['bins'][number][]): Heard => ({ bins, talking: 0, newestMs: NOW_MS - 1_000 });
const silentSince = (operatorId: string, agoMs: number) => ({ operatorId, sinceMs: NOW_MS - agoMs });
const isHeld = (memory: ListeningMemory, when: Heard, agoMs: number, operatorId = '1'): boolean => {
  const silent = silentSince(operatorId, agoMs);
  return listen(memory, when, [silent], NOW_MS).isHeld(silent.operatorId, silent.sinceMs);
};

describe('whether a silence is held back', () => {
  it('holds nothing of one device that fell silent minutes ago while the others go on', () => {
    const bins = [heardAgo('1', 1, 5 * MINUTE_MS), heardAgo('1', 8, 0), heardAgo('1', 31, MINUTE_MS)];
    expect(isHeld(listened, heard(...bins), 5 * MINUTE_MS)).toBe(false);
    const together = [heardAgo('1', 30, 5 * MINUTE_MS), heardAgo('1', 8, 0)];
    expect(isHeld(listened, heard(...together), 5 * MINUTE_MS)).toBe(true);
  });

  it('is so where most of an operator’s vehicles that drove were not heard since either', () => {
    const most = heard(heardAgo('1', 6, 3 * HOUR_MS), heardAgo('1', 5, 0));
    expect(isHeld(listened, most, 3 * HOUR_MS)).toBe(true);
    const half = heard(heardAgo('1', 6, 3 * HOUR_MS), heardAgo('1', 6, 0));
    expect(isHeld(listened, half, 3 * HOUR_MS)).toBe(false);
  });

  it('is not so for fewer than ten, of which nobody can tell', () => {
    expect(isHeld(listened, heard(heardAgo('1', 9, 3 * HOUR_MS)), 3 * HOUR_MS)).toBe(false);
  });

  it('is so for each of many small operators that fell silent together', () => {
    const bins = Array.from({ length: 12 }, (_, at) => heardAgo(String(at), 1, 3 * HOUR_MS));
    expect(isHeld(listened, heard(...bins), 3 * HOUR_MS)).toBe(true);
  });

  it('is not so for a vehicle that fell silent alone while its fleet is away for another reason', () => {
    const bins = [heardAgo('1', 20, 8 * HOUR_MS), heardAgo('1', 1, 3 * HOUR_MS), heardAgo('1', 12, 0)];
    expect(isHeld(listened, heard(...bins), 3 * HOUR_MS)).toBe(false);
    expect(isHeld(listened, heard(...bins), 8 * HOUR_MS)).toBe(true);
  });

  it('goes on for half an hour after most are back, for those that fell silent then', () => {
    const onsets = [{ operatorId: '1', bin: Math.floor((NOW_MS - 5 * HOUR_MS) / BIN_MS), untilMs: 0 }];
    const back = heard(heardAgo('1', 2, 5 * HOUR_MS), heardAgo('1', 20, 0));
    const since = (untilMs: number) => ({
      ...listened,
      onsets: onsets.map((onset) => ({ ...onset, untilMs })),
    });
    expect(isHeld(since(NOW_MS - 29 * MINUTE_MS), back, 5 * HOUR_MS)).toBe(true);
    expect(isHeld(since(NOW_MS - 29 * MINUTE_MS), back, 4 * HOUR_MS)).toBe(false);
    expect(isHeld(since(NOW_MS - 29 * MINUTE_MS), back, 5 * HOUR_MS, '2')).toBe(false);
    expect(isHeld(since(NOW_MS - 30 * MINUTE_MS), back, 5 * HOUR_MS)).toBe(false);
  });

  it('is so while nobody at all is heard of many that talked today', () => {
    const quiet = { bins: [], talking: 50, newestMs: NOW_MS - 10 * MINUTE_MS };
    expect(isHeld(listened, quiet, 24 * HOUR_MS)).toBe(true);
    expect(isHeld(listened, { ...quiet, talking: 49 }, 24 * HOUR_MS)).toBe(false);
    expect(isHeld(listened, { ...quiet, newestMs: NOW_MS - 9 * MINUTE_MS }, 24 * HOUR_MS)).toBe(false);
    expect(isHeld(listened, { ...quiet, newestMs: null }, 24 * HOUR_MS)).toBe(false);
  });

  it('is so after this schedule did not run, no longer than it was away, and no longer than half an hour', () => {
    const after = (awayMs: number, sinceMs: number): boolean => {
      const paused = { ...NOTHING_KNOWN, lastSweepMs: NOW_MS - sinceMs - awayMs };
      const { memory } = listen(paused, heard(), [], NOW_MS - sinceMs);
      return isHeld({ ...memory, lastSweepMs: NOW_MS - 30_000 }, heard(), HOUR_MS);
    };
    expect(after(4 * MINUTE_MS, 0)).toBe(false);
    expect(after(6 * MINUTE_MS, 5 * MINUTE_MS)).toBe(true);
    expect(after(6 * MINUTE_MS, 6 * MINUTE_MS)).toBe(false);
    expect(after(9 * HOUR_MS, 29 * MINUTE_MS)).toBe(true);
    expect(after(9 * HOUR_MS, 30 * MINUTE_MS)).toBe(false);
    expect(isHeld(NOTHING_KNOWN, heard(), HOUR_MS)).toBe(true);
  });

  it('is remembered in bounds, as JSON', () => {
    const bin = fc.record({
      operatorId: fc.nat(300).map(String),
      awake: fc.nat(40),
      bin: fc.nat(600).map((ago) => Math.floor(NOW_MS / BIN_MS) - ago),
    });
    fc.assert(
      fc.property(fc.array(bin, { maxLength: 600, size: 'max' }), (bins) => {
        const silent = bins.map(({ operatorId, bin: at }) => ({ operatorId, sinceMs: at * BIN_MS }));
        const { memory } = listen(listened, heard(...bins), silent, NOW_MS);
        expect(memory.onsets.length).toBeLessThanOrEqual(200);
        expect(JSON.parse(JSON.stringify(memory))).toEqual(memory);
      }),
      { numRuns: 30 },
    );
  });
});
