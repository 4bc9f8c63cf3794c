import type { DailyFigures, Trip } from '../api/event-types.ts';
import { useServerNow } from '../console/hooks.ts';
import { distance, numberOf, span } from '../events/details.ts';
import { EventRow } from '../events/event-row.tsx';
import { Failed } from '../ui/page-state.tsx';
import type { QueryResult } from '../ui/use-query.ts';
import { clockMinute } from './day.ts';
import { dayFacts, tripWords } from './trip-words.ts';
import type { DayTold } from './use-trips.ts';

interface TripListProps {
  result: QueryResult<DayTold>;
  onSeek(atMs: number): void;
}

/** A day's trips and stops one after the other, its events, and what it adds up to. */
export function TripList({ result, onSeek }: TripListProps) {
  const { query, again } = result;
  const nowMs = useServerNow(60_000);
  if (query.phase === 'reading') return <p className="hint">Reading the trips…</p>;
  if (query.phase === 'failed') return <Failed why={query.why} onAgain={again} />;
  const { trips, events, summary } = query.value;
  return (
    <>
      {summary && <DayFigures figures={summary.figures} timeZone={summary.timeZone} />}
      <section className="replay-part" aria-label="Trips and stops">
        <h3>Trips and stops</h3>
        {trips.length === 0 && <p className="hint">No trip and no stop is known of this day.</p>}
        <ol className="trips" data-testid="trips">
          {trips.map((trip) => (
            <TripRow key={trip.id} trip={trip} onSeek={onSeek} />
          ))}
        </ol>
      </section>
      {events.length > 0 && (
        <section className="replay-part" aria-label="Events of the day">
          <h3>Events</h3>
          <div className="day-events">
            {events.map((event) => (
              <EventRow
                key={event.id}
                event={event}
                nowMs={nowMs}
                unnamed
                onPick={() => onSeek(Date.parse(event.occurredAt))}
              />
            ))}
          </div>
        </section>
      )}
    </>
  );
}

function TripRow({ trip, onSeek }: { trip: Trip; onSeek(atMs: number): void }) {
  const { kind, startedAt, endedAt, details } = trip;
  const startMs = Date.parse(startedAt);
  // What lasts is told as it was when it became certain, which is not how far it has come.
  const lastedS = endedAt === null ? null : (Date.parse(endedAt) - startMs) / 1000;
  const run = endedAt === null ? null : numberOf(details, 'distanceM');
  return (
    <li>
      <button
        type="button"
        className={`trip ${kind}`}
        onClick={() => onSeek(startMs)}
        data-testid={`trip-${kind}`}
      >
        <span className="trip-times">
          {clockMinute(startMs)} – {endedAt === null ? 'now' : clockMinute(Date.parse(endedAt))}
        </span>
        <strong>{kind === 'trip' ? (run === null ? 'Trip' : distance(run)) : 'Stop'}</strong>
        <span className="trip-notes">
          {[
            lastedS === null ? '' : span(Math.round(lastedS / 60) * 60 || lastedS),
            ...(endedAt === null ? ['goes on'] : tripWords(trip)),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </button>
    </li>
  );
}

function DayFigures({ figures, timeZone }: { figures: DailyFigures; timeZone: string }) {
  return (
    <section className="replay-part" aria-label="Figures of the day" data-testid="day-figures">
      <h3>
        The day in figures <small>{timeZone}</small>
      </h3>
      <dl className="day-facts">
        {dayFacts(figures).map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
