import { useEffect, useState } from 'react';
import type { RiskEvent } from '../api/event-types.ts';
import { Icon } from '../console/icons.tsx';
import { EventIcon } from './event-icon.tsx';
import type { EventStore } from './event-store.ts';
import { headline } from './words.ts';

const MAX_SHOWN = 3;
const SHOWN_FOR_MS = 15_000;

/** Tells of critical events as they come, on whichever page, and leaves by itself. */
export function CriticalToasts({ store }: { store: EventStore }) {
  const [shown, setShown] = useState<readonly RiskEvent[]>([]);
  const dismiss = (id: string) => setShown((before) => before.filter((event) => event.id !== id));

  useEffect(() => {
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const stop = store.onCritical((events) => {
      setShown((before) => [...events, ...before].slice(0, MAX_SHOWN));
      const ids = new Set(events.map(({ id }) => id));
      const timer = setTimeout(() => {
        timers.delete(timer);
        setShown((before) => before.filter(({ id }) => !ids.has(id)));
      }, SHOWN_FOR_MS);
      timers.add(timer);
    });
    return () => {
      stop();
      for (const timer of timers) clearTimeout(timer);
    };
  }, [store]);

  return (
    <output className="toasts" aria-label="Critical events">
      {shown.map((event) => (
        <div key={event.id} className="toast" data-testid="toast">
          <a href={`#event=${event.id}`} onClick={() => dismiss(event.id)}>
            <EventIcon kind={event.kind} severity={event.severity} />
            <span>
              <strong>{event.vehicleLabel ?? 'No vehicle'}</strong>
              <span>{headline(event)}</span>
            </span>
          </a>
          <button
            type="button"
            className="icon-button"
            aria-label="Dismiss"
            onClick={() => dismiss(event.id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </output>
  );
}
