import { useServerNow } from '../console/hooks.ts';
import { Icon } from '../console/icons.tsx';
import { formatRoute } from '../console/route.ts';
import { count } from '../format/units.ts';
import { useRemembered } from '../ui/use-remembered.ts';
import { EventRow } from './event-row.tsx';
import { type Feed, isUrgent } from './feed.ts';

/** Rows that are made; the page of events has the rest. */
const MAX_ROWS = 60;

interface FeedPanelProps {
  feed: Feed;
  onPick(eventId: string): void;
}

/** What happened of late, newest first, beside the map. */
export function FeedPanel({ feed, onPick }: FeedPanelProps) {
  const [open, setOpen] = useRemembered('feed', matchMedia('(min-width: 1024px)').matches);
  const nowMs = useServerNow(5_000);
  const urgent = feed.events.filter(isUrgent).length;
  const shown = open && feed.events.length > 0;
  return (
    <section className="feed" aria-label="Events" data-open={shown} data-testid="feed">
      <button
        type="button"
        className="feed-head"
        aria-expanded={shown}
        disabled={feed.events.length === 0}
        onClick={() => setOpen(!open)}
        data-testid="feed-toggle"
      >
        <Icon name="events" />
        <strong>Events</strong>
        {urgent > 0 ? (
          <span className="tally" title="Critical, and not acknowledged">
            {count(urgent)}
            <span className="unseen"> critical</span>
          </span>
        ) : (
          <span className="hint">{feed.events.length === 0 ? 'none today' : ''}</span>
        )}
      </button>
      {shown && (
        <>
          <ol className="feed-rows" aria-live="off">
            {feed.events.slice(0, MAX_ROWS).map((event) => (
              <li key={event.id}>
                <EventRow event={event} nowMs={nowMs} onPick={() => onPick(event.id)} />
              </li>
            ))}
          </ol>
          <a className="feed-all" href={formatRoute({ page: 'events', tab: 'list', eventId: null })}>
            All events
          </a>
        </>
      )}
    </section>
  );
}
