import type { RiskEvent } from '../api/event-types.ts';
import { ago } from '../format/units.ts';
import { fullTime } from '../replay/day.ts';
import { EventIcon } from './event-icon.tsx';
import { headline, isLasting, lateWords, retractionWords } from './words.ts';

interface EventRowProps {
  event: RiskEvent;
  nowMs: number;
  /** Its address, for a link; without one it is a button. */
  href?: string;
  current?: boolean;
  /** Of one vehicle only, whose name then goes without saying. */
  unnamed?: boolean;
  onPick?(): void;
}

/** An event in a list: what happened to whom, how long ago, and what else must not be missed about it. */
export function EventRow({ event, nowMs, href, current = false, unnamed = false, onPick }: EventRowProps) {
  const { id, kind, severity, vehicleLabel, occurredAt, late, retractedAt, retractionReason } = event;
  const atMs = Date.parse(occurredAt);
  const content = (
    <>
      <EventIcon kind={kind} severity={severity} />
      <span className="event-words">
        <span className="event-what">{headline(event)}</span>
        <span className="event-who">
          {!unnamed && <strong>{vehicleLabel ?? 'No vehicle'}</strong>}
          <time dateTime={occurredAt} title={fullTime(atMs)}>
            {ago(nowMs - atMs)}
          </time>
          {isLasting(event) && <span className="badge waiting">Lasting</span>}
          {event.acknowledgedAt !== null && <span className="badge">Acknowledged</span>}
        </span>
        {late && <span className="event-late">Late. {lateWords(event)}</span>}
        {retractedAt !== null && (
          <span className="event-retracted">Retracted. {retractionWords(retractionReason)}</span>
        )}
      </span>
    </>
  );
  const attributes = {
    className: 'event',
    'aria-current': current ? ('true' as const) : undefined,
    'data-testid': 'event',
    'data-event': id,
    'data-kind': kind,
    'data-retracted': retractedAt !== null,
    'data-open': event.acknowledgedAt === null && retractedAt === null,
  };
  if (href !== undefined) {
    return (
      <a href={href} {...attributes} onClick={onPick}>
        {content}
      </a>
    );
  }
  return (
    <button type="button" {...attributes} onClick={onPick}>
      {content}
    </button>
  );
}
