import { useEffect } from 'react';
import { Icon } from '../console/icons.tsx';
import type { Permissions } from '../console/permissions.ts';
import { formatRoute, type Route } from '../console/route.ts';
import type { FleetStore } from '../live/fleet-store.ts';
import { Failed, ReadingRows } from '../ui/page-state.tsx';
import { DeadLetters } from './dead-letters.tsx';
import { EventDetail } from './event-detail.tsx';
import { EventList } from './event-list.tsx';
import type { EventStore } from './event-store.ts';
import { useEvent } from './use-event.ts';

interface EventsPageProps {
  route: Extract<Route, { page: 'events' }>;
  fleet: FleetStore;
  events: EventStore;
  may: Permissions;
}

const LIST = formatRoute({ page: 'events', tab: 'list', eventId: null });

/** What the rules found, why, and what was done about it. */
export function EventsPage({ route, fleet, events, may }: EventsPageProps) {
  const { tab, eventId } = route;
  return (
    <div className="page-inner wide" data-testid="events-page">
      <header className="page-head">
        <h1>Events</h1>
        {may.administer && (
          <nav className="tabs" aria-label="Events">
            <a href={LIST} aria-current={tab === 'list' ? 'page' : undefined}>
              Events
            </a>
            <a
              href={formatRoute({ page: 'events', tab: 'dead-letters', eventId: null })}
              aria-current={tab === 'dead-letters' ? 'page' : undefined}
              data-testid="tab-dead-letters"
            >
              Not delivered
            </a>
          </nav>
        )}
      </header>
      {tab === 'dead-letters' ? (
        <DeadLetters />
      ) : (
        <EventList fleet={fleet} events={events} openId={eventId}>
          {eventId !== null && <OpenEvent key={eventId} id={eventId} store={events} may={may} />}
        </EventList>
      )}
    </div>
  );
}

function OpenEvent({ id, store, may }: { id: string; store: EventStore; may: Permissions }) {
  const { event, query, again, changed } = useEvent(id, store);
  useEffect(() => {
    const onKey = (pressed: KeyboardEvent) => {
      if (pressed.key === 'Escape') location.hash = LIST;
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <section className="detail" aria-label="Event">
      <a className="icon-button detail-close" href={LIST} aria-label="Close" data-testid="event-close">
        <Icon name="close" />
      </a>
      {!event && query.phase === 'reading' && <ReadingRows />}
      {!event && query.phase === 'failed' && <Failed why={query.why} onAgain={again} />}
      {event && <EventDetail event={event} may={may} withMap onChanged={changed} />}
    </section>
  );
}
