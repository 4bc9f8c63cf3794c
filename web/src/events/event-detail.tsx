import { useEffect, useRef } from 'react';
import type { RiskEvent } from '../api/event-types.ts';
import { formatHash } from '../console/hash-state.ts';
import type { Permissions } from '../console/permissions.ts';
import { formatRoute } from '../console/route.ts';
import { dayOf, fullTime } from '../replay/day.ts';
import { Acknowledge } from './acknowledge.tsx';
import { figuresOf, geofenceOf, limitOf } from './details.ts';
import { EventIcon } from './event-icon.tsx';
import { EventMap } from './event-map.tsx';
import { explanation } from './explanation.ts';
import { RULE_WORDS, SEVERITY_NAMES } from './kind-words.ts';
import { headline, isLasting, lateWords, limitSourceWords, retractionWords } from './words.ts';

interface EventDetailProps {
  event: RiskEvent;
  may: Permissions;
  /** With a map of its own, where it is not shown on one already. */
  withMap: boolean;
  onChanged(event: RiskEvent): void;
}

/** Why there is this event: the rule in plain words, its figures, the fixes that made it, and what was done about it. */
export function EventDetail({ event, may, withMap, onChanged }: EventDetailProps) {
  const { id, kind, severity, vehicleLabel, vehicleId, occurredAt, rule, details } = event;
  const heading = useRef<HTMLHeadingElement>(null);
  // Made anew for each event, which is announced by its heading.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <div className="event-detail" data-testid="event-detail" data-event={id} data-kind={kind}>
      <header className="event-detail-head">
        <EventIcon kind={kind} severity={severity} />
        <div>
          <h2 ref={heading} tabIndex={-1} className={event.retractedAt === null ? '' : 'struck'}>
            {headline(event)}
          </h2>
          <p>
            <strong>{vehicleLabel ?? 'No vehicle'}</strong> · {fullTime(Date.parse(occurredAt))}
          </p>
        </div>
      </header>
      <p className="event-badges">
        <span className={`badge severity ${severity}`}>{SEVERITY_NAMES[severity]}</span>
        {isLasting(event) && <span className="badge waiting">Lasting</span>}
        {event.late && <span className="badge waiting">Late</span>}
        {event.retractedAt !== null && <span className="badge">Retracted</span>}
      </p>
      {event.retractedAt !== null && (
        <p className="notice" data-testid="event-retraction">
          Retracted on {fullTime(Date.parse(event.retractedAt))}. {retractionWords(event.retractionReason)}
          {event.supersededBy !== null && (
            <>
              {' '}
              <a href={formatRoute({ page: 'events', tab: 'list', eventId: event.supersededBy })}>
                What stands in its place
              </a>
            </>
          )}
        </p>
      )}
      {event.late && <p className="notice">{lateWords(event)}: the tracker told of it later.</p>}
      <p className="explanation" data-testid="event-explanation">
        {explanation(event)}
      </p>
      {withMap && <EventMap key={id} event={event} />}
      <dl className="facts">
        <div>
          <dt>Rule</dt>
          <dd>{RULE_WORDS[rule] ?? rule}</dd>
        </div>
        <LimitFact details={details} />
        <GeofenceFact details={details} />
        {figuresOf(details).map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Timeline event={event} />
      <Acknowledge key={`${id} ${event.acknowledgedAt}`} event={event} may={may} onChanged={onChanged} />
      {vehicleId !== null && (
        <p className="event-links">
          <a href={formatHash({ vehicleId, day: null, eventId: null, at: null })}>Vehicle on the map</a>
          <a
            href={formatHash({ vehicleId, day: dayOf(Date.parse(occurredAt)), eventId: null, at: null })}
            data-testid="event-replay"
          >
            Replay the day
          </a>
          {withMap && <a href={`#event=${id}`}>Event on the map</a>}
        </p>
      )}
    </div>
  );
}

function LimitFact({ details }: Pick<RiskEvent, 'details'>) {
  const limit = limitOf(details);
  if (!limit) return null;
  const from = limitSourceWords(limit);
  return (
    <div>
      <dt>Limit</dt>
      <dd>
        {Math.round(limit.limitKmh)} km/h{from && <span className="unknown"> {from}</span>}
      </dd>
    </div>
  );
}

function GeofenceFact({ details }: Pick<RiskEvent, 'details'>) {
  const about = geofenceOf(details);
  if (!about) return null;
  const name = about.name ?? (about.id === null ? 'Not named' : `Geofence ${about.id}`);
  return (
    <div>
      <dt>Geofence</dt>
      <dd>
        {about.id === null ? (
          name
        ) : (
          <a href={formatRoute({ page: 'geofences', tab: 'list', geofenceId: about.id })}>{name}</a>
        )}
        {about.version !== null && <span className="unknown"> version {about.version}</span>}
      </dd>
    </div>
  );
}

/** When it happened, when it was certain, when it was found, and what became of it. */
function Timeline({ event }: { event: RiskEvent }) {
  const { occurredAt, confirmedAt, detectedAt, endedAt, acknowledgedAt, retractedAt } = event;
  const isMoment = endedAt !== null && endedAt === occurredAt;
  const steps: readonly [name: string, at: string | null][] = [
    [isMoment ? 'Occurred' : 'Began', occurredAt],
    ['Certain', confirmedAt],
    ['Found', detectedAt],
    ['Ended', isMoment ? null : endedAt],
    ['Acknowledged', acknowledgedAt],
    ['Retracted', retractedAt],
  ];
  return (
    <ol className="event-times" aria-label="Times" data-testid="event-times">
      {steps
        .flatMap(([name, at]) => (at === null ? [] : [{ name, at, atMs: Date.parse(at) }]))
        .sort((a, b) => a.atMs - b.atMs)
        .map(({ name, at, atMs }) => (
          <li key={name}>
            <span>{name}</span>
            <time dateTime={at}>{fullTime(atMs)}</time>
          </li>
        ))}
      {isLasting(event) && (
        <li className="going-on">
          <span>Still going on</span>
        </li>
      )}
    </ol>
  );
}
