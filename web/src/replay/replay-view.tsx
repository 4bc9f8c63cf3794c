import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useServerNow } from '../console/hooks.ts';
import { Icon, KindIcon } from '../console/icons.tsx';
import { count, kilometresExact } from '../format/units.ts';
import type { FleetVehicle } from '../live/fleet.ts';
import { Failed } from '../ui/page-state.tsx';
import { clockMinute, type Day, dayName, dayOf } from './day.ts';
import { DayPicker } from './day-picker.tsx';
import { DoubtfulFixes } from './doubtful-fixes.tsx';
import { Exports } from './exports.tsx';
import { extentOf } from './journey.ts';
import { ReplayDock } from './replay-dock.tsx';
import type { ReplayStore } from './replay-store.ts';
import { TripList } from './trip-list.tsx';
import { type DayFigures, useDoubtful, useFigures, useJourney } from './use-day.ts';
import { useDayTold } from './use-trips.ts';

interface ReplayViewProps {
  vehicle: FleetVehicle;
  day: Day;
  store: ReplayStore;
  onDay(day: Day): void;
  /** Back to the live map. */
  onClose(): void;
}

/** A day of one vehicle: its way on the map, a timeline to replay it, its figures, doubtful fixes and exports. */
export function ReplayView({ vehicle, day, store, onDay, onClose }: ReplayViewProps) {
  const { id, label, plate, kind } = vehicle;
  const [withDoubtful, setWithDoubtful] = useState(false);
  const today = dayOf(useServerNow(30_000));
  const way = useJourney(id, day, store);
  const { query } = way;
  const read = query.phase === 'read' ? query.value : null;
  const journey = read?.journey ?? null;
  const complete = read?.complete ?? false;
  const extent = useMemo(() => (journey && complete ? extentOf(journey) : null), [journey, complete]);
  const figures = useFigures(id, day, extent);
  const told = useDayTold(id, day);
  const doubtful = useDoubtful(id, day, withDoubtful, store);
  const picked = useSyncExternalStore(store.subscribe, () => store.get().picked);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const seek = useCallback(
    (atMs: number) => {
      if (extent) store.set({ atMs: Math.min(extent.toMs, Math.max(extent.fromMs, atMs)) });
    },
    [extent, store],
  );
  const pick = useCallback((fixTime: string | null) => store.set({ picked: fixTime }), [store]);

  return (
    <div className="replay" data-testid="replay" data-day={day} data-vertices={journey?.vertices ?? 0}>
      <section className="panel replay-panel" aria-label={`A day of ${label}`}>
        <header className="panel-head">
          <span className="panel-kind">
            <KindIcon kind={kind} />
          </span>
          <div>
            <h2 ref={heading} tabIndex={-1}>
              {label}
            </h2>
            <p>
              {plate && <span className="plate">{plate}</span>} {dayName(day, today)}
            </p>
          </div>
          {day === today && (
            <button
              type="button"
              className="icon-button"
              aria-label="Read the day again"
              title="Read the day again"
              onClick={way.again}
            >
              <Icon name="again" />
            </button>
          )}
          <button
            type="button"
            className="icon-button"
            aria-label="Back to the live map"
            title="Back to the live map"
            onClick={onClose}
            data-testid="replay-close"
          >
            <Icon name="close" />
          </button>
        </header>
        <DayPicker day={day} today={today} onDay={onDay} />
        {query.phase === 'failed' && <Failed why={query.why} onAgain={way.again} />}
        {(query.phase === 'reading' || (read && !complete)) && (
          <output className="hint">Reading the day…</output>
        )}
        {complete && !extent && (
          <p className="hint" data-testid="replay-empty">
            {label} has no good fix on this day.
          </p>
        )}
        {extent && (
          <Figures
            figures={figures.query.value}
            failed={figures.query.phase === 'failed' ? figures.query.why : null}
            extent={extent}
            onAgain={figures.again}
          />
        )}
        {read?.isCut && (
          <p className="hint">The day has more bends than can be drawn; its end is left out.</p>
        )}
        {complete && (
          <>
            {extent && <TripList result={told} onSeek={seek} />}
            <DoubtfulFixes
              result={doubtful}
              wanted={withDoubtful}
              picked={picked}
              onWanted={setWithDoubtful}
              onPick={pick}
            />
            <Exports key={day} id={id} label={label} day={day} withDoubtful={withDoubtful} />
          </>
        )}
      </section>
      {extent && extent.toMs > extent.fromMs && (
        <ReplayDock store={store} extent={extent} figures={figures.query.value} told={told.query.value} />
      )}
    </div>
  );
}

interface FiguresProps {
  figures: DayFigures | null;
  failed: string | null;
  extent: { fromMs: number; toMs: number };
  onAgain(): void;
}

function Figures({ figures, failed, extent, onAgain }: FiguresProps) {
  if (failed !== null) return <Failed why={failed} onAgain={onAgain} />;
  const ran = figures?.mileage;
  return (
    <dl className="facts" aria-busy={figures === null}>
      <div>
        <dt>Distance</dt>
        <dd className="fact-large" data-testid="replay-distance">
          {ran ? kilometresExact(ran.distanceM) : '…'}
        </dd>
      </div>
      <div>
        <dt>Odometer</dt>
        <dd className="fact-large">
          {ran ? (
            ran.odometerM === null ? (
              <span className="unknown">Not reported</span>
            ) : (
              kilometresExact(ran.odometerM)
            )
          ) : (
            '…'
          )}
        </dd>
      </div>
      <div>
        <dt>First and last fix</dt>
        <dd>
          {clockMinute(extent.fromMs)} – {clockMinute(extent.toMs)}
        </dd>
      </div>
      <div>
        <dt>Good fixes</dt>
        <dd>{ran ? count(ran.positions) : '…'}</dd>
      </div>
    </dl>
  );
}
