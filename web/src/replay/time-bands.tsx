import { headline } from '../events/words.ts';
import { bandsOf, marksOf } from './bands.ts';
import { clockMinute } from './day.ts';
import type { DayTold } from './use-trips.ts';

interface TimeBandsProps {
  told: DayTold;
  extent: { fromMs: number; toMs: number };
  onSeek(atMs: number): void;
}

/** Trips, stops and events along the time line of the replay. */
export function TimeBands({ told, extent, onSeek }: TimeBandsProps) {
  return (
    <div className="time-bands" data-testid="time-bands">
      {bandsOf(told.trips, extent).map(({ id, kind, startMs, left, width }) => (
        <i
          key={id}
          className={`time-band of-${kind}`}
          style={{ left: `${left}%`, width: `${width}%` }}
          title={`${kind === 'trip' ? 'Trip' : 'Stop'} from ${clockMinute(startMs)}`}
          data-testid={`band-${kind}`}
        />
      ))}
      {marksOf(told.events, extent).map(({ event, atMs, left }) => (
        <button
          key={event.id}
          type="button"
          className={`time-mark ${event.severity}`}
          style={{ left: `${left}%` }}
          title={`${clockMinute(atMs)} ${headline(event)}`}
          aria-label={`To ${clockMinute(atMs)}: ${headline(event)}`}
          onClick={() => onSeek(atMs)}
          data-testid="time-mark"
        />
      ))}
    </div>
  );
}
