import type { Position } from '../api/types.ts';
import { EMPTY_JOURNEY, type Journey } from './journey.ts';

/** What of a vehicle's day is on the map; the panel writes it and the map draws it. */
export interface ReplayScene {
  journey: Journey;
  /** Only those with a place can be drawn. */
  doubtful: readonly PlacedFix[];
  /** Where in time the replay is, epoch milliseconds; null while there is nothing to replay. */
  atMs: number | null;
  /** Grows whenever the whole journey should be brought into view. */
  framed: number;
  /** The doubtful fix that was picked, by the time of its fix. */
  picked: string | null;
}

export type PlacedFix = Position & { lat: number; lon: number };

export interface ReplayStore {
  get(): ReplayScene;
  set(part: Partial<ReplayScene>): void;
  subscribe(listener: () => void): () => void;
}

export function createReplayStore(): ReplayStore {
  let scene: ReplayScene = { journey: EMPTY_JOURNEY, doubtful: [], atMs: null, framed: 0, picked: null };
  const listeners = new Set<() => void>();
  return {
    get: () => scene,
    set(part) {
      scene = { ...scene, ...part };
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Whether a position can be drawn on a map. */
export function isPlaced(position: Position): position is PlacedFix {
  const { lat, lon } = position;
  return lat !== null && lon !== null && Math.abs(lat) <= 85 && Math.abs(lon) <= 180;
}
