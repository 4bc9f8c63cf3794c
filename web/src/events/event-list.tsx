import { type ReactNode, useCallback, useState, useSyncExternalStore } from 'react';
import type { RiskEvent } from '../api/event-types.ts';
import { type EventFilter, eventPage } from '../api/events.ts';
import { serverNowMs } from '../api/request.ts';
import { withToken } from '../api/session.ts';
import { formatRoute } from '../console/route.ts';
import type { FleetStore } from '../live/fleet-store.ts';
import { Failed, Nothing, ReadingRows } from '../ui/page-state.tsx';
import { explain, useQuery } from '../ui/use-query.ts';
import { EventFilters } from './event-filters.tsx';
import type { EventStore } from './event-store.ts';
import { EventTable } from './event-table.tsx';
import { type FilterFields, filterOf, isNarrowed, WHOLE } from './filter.ts';

const PER_PAGE = 50;

interface EventListProps {
  fleet: FleetStore;
  events: EventStore;
  openId: string | null;
  /** The event that is open, beside the list. */
  children: ReactNode;
}

interface Listed {
  /** What was asked for, for the pages that follow. */
  filter: EventFilter;
  items: readonly RiskEvent[];
  nextCursor: string | null;
}

export function EventList({ fleet, events, openId, children }: EventListProps) {
  const [fields, setFields] = useState<FilterFields>(WHOLE);
  const feed = useSyncExternalStore(events.subscribe, events.view);
  const { query, again, put } = useQuery(
    useCallback(
      async (token: string, signal: AbortSignal): Promise<Listed> => {
        const filter = filterOf(fields, serverNowMs());
        const page = await eventPage(token, filter, { limit: PER_PAGE, cursor: null }, signal);
        return { filter, ...page };
      },
      [fields],
    ),
  );
  // What the live feed knows of later is shown as it now is.
  const later = new Map(feed.events.map((event) => [event.id, event]));
  const asNow = (event: RiskEvent) => {
    const held = later.get(event.id);
    return held && held.revision >= event.revision ? held : event;
  };
  const listed = query.value;
  const newer = listed ? feed.events.filter((event) => isMissing(event, listed)).length : 0;
  return (
    <>
      <div className="toolbar">
        <EventFilters fields={fields} fleet={fleet} onFields={setFields} />
        <button type="button" className="button" onClick={again} data-testid="events-refresh">
          {newer > 0 && !isNarrowed(fields) ? `Show ${newer} new` : 'Refresh'}
        </button>
      </div>
      <div className="split" data-detail={openId !== null}>
        <div className="split-list">
          {query.phase === 'reading' && <ReadingRows />}
          {query.phase === 'failed' && <Failed why={query.why} onAgain={again} />}
          {listed?.items.length === 0 && (
            <Nothing title={isNarrowed(fields) ? 'No event matches' : 'Nothing happened'}>
              <p>What the rules find in the positions of your vehicles is listed here.</p>
            </Nothing>
          )}
          {listed && listed.items.length > 0 && (
            <>
              <EventTable
                events={listed.items.map(asNow)}
                openId={openId}
                addressOf={(eventId) => formatRoute({ page: 'events', tab: 'list', eventId })}
              />
              <More listed={listed} onMore={put} />
            </>
          )}
        </div>
        {children}
      </div>
    </>
  );
}

const isMissing = (event: RiskEvent, { items }: Listed) =>
  event.retractedAt === null &&
  Date.parse(event.detectedAt) > Date.parse(items[0]?.detectedAt ?? '1970-01-01T00:00:00Z') &&
  !items.some(({ id }) => id === event.id);

interface MoreProps {
  listed: Listed;
  onMore(change: (listed: Listed) => Listed): void;
}

function More({ listed, onMore }: MoreProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { filter, nextCursor } = listed;
  if (nextCursor === null) return null;
  const more = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const next = await withToken((token) =>
        eventPage(token, filter, { limit: PER_PAGE, cursor: nextCursor }),
      );
      onMore((before) => ({
        filter,
        items: [...before.items, ...next.items],
        nextCursor: next.nextCursor,
      }));
    } catch (error) {
      setProblem(explain(error));
    }
    setBusy(false);
  };
  return (
    <>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <button
        type="button"
        className="button more"
        disabled={busy}
        onClick={() => void more()}
        data-testid="events-more"
      >
        Show older
      </button>
    </>
  );
}
