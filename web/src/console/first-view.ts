import type { FleetStore } from '../live/fleet-store.ts';
import { NOTHING_FRAMED, nextFraming } from '../map/framing.ts';

/** Between two looks at the fleet when nothing prompts one. */
const LOOK_EVERY_MS = 500;

/** Frames the fleet when it is first known, and again as further vehicles report. */
export interface FirstView {
  /** The fleet has changed, and a whole snapshot of it has come. */
  look(): void;
  /** The operator took the map in hand. */
  end(): void;
  readonly over: boolean;
  /** Leaves everything as it is. */
  stop(): void;
}

interface FirstViewOptions {
  store: FleetStore;
  /** Brings the whole fleet into view: at once the first time, smoothly from then on. */
  frame(first: boolean): void;
  /** The view is not framed any more. */
  onOver(): void;
}

export function createFirstView({ store, frame, onOver }: FirstViewOptions): FirstView {
  let framing = NOTHING_FRAMED;
  let timer: ReturnType<typeof setInterval> | undefined;

  const end = () => {
    clearInterval(timer);
    framing = { ...framing, over: true };
    onOver();
  };

  const look = () => {
    if (framing.over) return;
    timer ??= setInterval(look, LOOK_EVERY_MS);
    const { fleet, listed } = store.view();
    let located = 0;
    for (const { position } of fleet.vehicles.values()) if (position) located++;
    const everyone = listed && located === fleet.vehicles.size;
    const next = nextFraming(framing, { located, everyone, nowMs: performance.now() });
    const first = framing.framed === 0;
    framing = next.framing;
    if (next.frame) frame(first);
    if (framing.over) end();
  };

  return {
    look,
    end() {
      if (!framing.over) end();
    },
    get over() {
      return framing.over;
    },
    stop: () => clearInterval(timer),
  };
}
