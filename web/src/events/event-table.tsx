import type { RiskEvent } from '../api/event-types.ts';
import { fullTime } from '../replay/day.ts';
import { span } from './details.ts';
import { EventIcon } from './event-icon.tsx';
import { headline, lateWords, retractionWords } from './words.ts';

interface EventTableProps {
  events: readonly RiskEvent[];
  openId: string | null;
  addressOf(eventId: string): string;
}

export function EventTable({ events, openId, addressOf }: EventTableProps) {
  return (
    <table className="table event-table">
      <thead>
        <tr>
          <th scope="col">What happened</th>
          <th scope="col">Vehicle</th>
          <th scope="col">When</th>
          <th scope="col">Lasted</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <Row key={event.id} event={event} open={event.id === openId} address={addressOf(event.id)} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ event, open, address }: { event: RiskEvent; open: boolean; address: string }) {
  const { id, kind, severity, vehicleLabel, occurredAt, retractedAt, retractionReason, late } = event;
  return (
    <tr
      aria-current={open ? 'true' : undefined}
      data-testid="event-row"
      data-event={id}
      data-kind={kind}
      data-retracted={retractedAt !== null}
      // The link is what a keyboard reaches; a row is easier to hit.
      onClick={(clicked) => {
        if (!(clicked.target instanceof HTMLAnchorElement)) location.hash = address;
      }}
    >
      <th scope="row">
        <span className="event-cell">
          <EventIcon kind={kind} severity={severity} />
          <span>
            <a href={address} className="event-what">
              {headline(event)}
            </a>
            {late && <small className="event-late">Late. {lateWords(event)}</small>}
            {retractedAt !== null && (
              <small className="event-retracted">Retracted. {retractionWords(retractionReason)}</small>
            )}
          </span>
        </span>
      </th>
      <td data-name="Vehicle">{vehicleLabel ?? <span className="unknown">none</span>}</td>
      <td data-name="When">
        <time dateTime={occurredAt}>{fullTime(Date.parse(occurredAt))}</time>
      </td>
      <td data-name="Lasted">{lastedWords(event)}</td>
      <td data-name="State">
        <State event={event} />
      </td>
    </tr>
  );
}

function lastedWords({ occurredAt, endedAt, retractedAt }: RiskEvent): string {
  if (endedAt === null) return retractedAt === null ? 'Goes on' : '';
  const passedS = (Date.parse(endedAt) - Date.parse(occurredAt)) / 1000;
  return passedS > 0 ? span(passedS) : '';
}

function State({ event }: { event: RiskEvent }) {
  if (event.retractedAt !== null) return <span className="badge">Retracted</span>;
  if (event.acknowledgedAt !== null) return <span className="badge replayed">Acknowledged</span>;
  return <span className={`badge severity ${event.severity}`}>Open</span>;
}
