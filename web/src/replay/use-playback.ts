import { useCallback, useEffect, useState } from 'react';
import type { ReplayStore } from './replay-store.ts';

/** How many times faster than it was driven. */
export const PACES = [30, 120, 600] as const;
export type Pace = (typeof PACES)[number];

export interface Playback {
  playing: boolean;
  pace: Pace;
  setPace(pace: Pace): void;
  /** Plays from where it stands, and from the start again when it stands at the end. */
  toggle(): void;
  pause(): void;
}

/** Moves the replay on with the frames of the screen until its end. */
export function usePlayback(store: ReplayStore, extent: { fromMs: number; toMs: number } | null): Playback {
  const [playing, setPlaying] = useState(false);
  const [pace, setPace] = useState<Pace>(120);

  useEffect(() => {
    if (!playing || !extent) return;
    let lastMs = performance.now();
    let frame = requestAnimationFrame(function step(nowMs) {
      const atMs = (store.get().atMs ?? extent.fromMs) + Math.max(0, nowMs - lastMs) * pace;
      lastMs = nowMs;
      store.set({ atMs: Math.min(atMs, extent.toMs) });
      if (atMs >= extent.toMs) setPlaying(false);
      else frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [playing, pace, extent, store]);

  const toggle = useCallback(() => {
    if (!extent) return;
    const { atMs } = store.get();
    if (atMs === null || atMs >= extent.toMs) store.set({ atMs: extent.fromMs });
    setPlaying((before) => !before);
  }, [extent, store]);
  const pause = useCallback(() => setPlaying(false), []);
  return { playing, pace, setPace, toggle, pause };
}
