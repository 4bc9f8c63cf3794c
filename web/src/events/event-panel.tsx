import { useEffect } from 'react';
import type { RiskEvent } from '../api/event-types.ts';
import { Icon } from '../console/icons.tsx';
import type { Permissions } from '../console/permissions.ts';
import { Failed, ReadingRows } from '../ui/page-state.tsx';
import { EventDetail } from './event-detail.tsx';
import type { EventStore } from './event-store.ts';
import { useEvent } from './use-event.ts';

interface EventPanelProps {
  id: string;
  store: EventStore;
  may: Permissions;
  onRead(event: RiskEvent): void;
  onClose(): void;
}

/** An event beside the map that shows where it was. */
export function EventPanel({ id, store, may, onRead, onClose }: EventPanelProps) {
  const { event, query, again, changed } = useEvent(id, store);
  useEffect(() => {
    if (event) onRead(event);
  }, [event, onRead]);
  return (
    <section className="panel event-panel" aria-label="Event" data-testid="event-panel">
      <button
        type="button"
        className="icon-button detail-close"
        aria-label="Close"
        onClick={onClose}
        data-testid="event-close"
      >
        <Icon name="close" />
      </button>
      {!event && query.phase === 'reading' && <ReadingRows rows={4} />}
      {!event && query.phase === 'failed' && <Failed why={query.why} onAgain={again} />}
      {event && <EventDetail event={event} may={may} withMap={false} onChanged={changed} />}
    </section>
  );
}
