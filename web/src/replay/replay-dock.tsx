import { useSyncExternalStore } from 'react';
import { Icon } from '../console/icons.tsx';
import { SPEED_BANDS_KMH } from '../map/speed-bands.ts';
import { Charts } from './charts.tsx';
import { clockTime } from './day.ts';
import type { ReplayStore } from './replay-store.ts';
import { TimeBands } from './time-bands.tsx';
import type { DayFigures } from './use-day.ts';
import { PACES, usePlayback } from './use-playback.ts';
import type { DayTold } from './use-trips.ts';

/** A step of the arrow keys on the slider. */
const STEP_MS = 10_000;

interface ReplayDockProps {
  store: ReplayStore;
  extent: { fromMs: number; toMs: number };
  figures: DayFigures | null;
  /** What the rules made of the day; null while it is read. */
  told: DayTold | null;
}

/** Where in the day the replay is, and what speed, fuel and battery were then. */
export function ReplayDock({ store, extent, figures, told }: ReplayDockProps) {
  const { fromMs, toMs } = extent;
  const scene = useSyncExternalStore(store.subscribe, store.get);
  const playback = usePlayback(store, extent);
  const atMs = Math.min(toMs, Math.max(fromMs, scene.atMs ?? toMs));
  const seek = (to: number) => {
    playback.pause();
    store.set({ atMs: Math.min(toMs, Math.max(fromMs, to)) });
  };

  return (
    <section className="replay-dock" aria-label="Replay" data-testid="replay-dock">
      <div className="transport">
        <button
          type="button"
          className="play"
          aria-label={playback.playing ? 'Pause' : 'Play'}
          onClick={playback.toggle}
          data-testid="replay-play"
        >
          <Icon name={playback.playing ? 'pause' : 'play'} />
        </button>
        <strong className="transport-time" data-testid="replay-time">
          {clockTime(atMs)}
        </strong>
        <fieldset className="segments" aria-label="Pace">
          {PACES.map((pace) => (
            <button
              key={pace}
              type="button"
              aria-pressed={playback.pace === pace}
              onClick={() => playback.setPace(pace)}
            >
              {pace}×
            </button>
          ))}
        </fieldset>
        <p
          className="bands"
          aria-label={`Colours of the track: speed below ${SPEED_BANDS_KMH.join(', ')} km/h and above`}
        >
          {[0, ...SPEED_BANDS_KMH].map((from, band) => (
            <span key={from} className={`band-${band}`}>
              {from}
            </span>
          ))}
          <span className="bands-unit">km/h</span>
        </p>
      </div>
      <div className="timeline">
        {told && <TimeBands told={told} extent={extent} onSeek={seek} />}
        <input
          type="range"
          className="slider"
          min={fromMs}
          max={toMs}
          step={1}
          value={atMs}
          aria-label="Time of the replay"
          aria-valuetext={clockTime(atMs)}
          onChange={(event) => seek(event.currentTarget.valueAsNumber)}
          onKeyDown={(event) => {
            const steps: Record<string, number> = {
              ArrowRight: STEP_MS,
              ArrowUp: STEP_MS,
              ArrowLeft: -STEP_MS,
              ArrowDown: -STEP_MS,
              PageUp: 60 * STEP_MS,
              PageDown: -60 * STEP_MS,
            };
            const step = steps[event.key];
            if (step === undefined) return;
            event.preventDefault();
            seek(atMs + step);
          }}
          data-testid="replay-slider"
        />
      </div>
      <Charts series={figures?.series ?? null} fromMs={fromMs} toMs={toMs} atMs={atMs} onSeek={seek} />
    </section>
  );
}
