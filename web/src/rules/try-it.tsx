import { useEffect, useRef, useState } from 'react';
import { serverNowMs } from '../api/request.ts';
import type { Preview, PreviewedEvent, PreviewRequest } from '../api/rule-types.ts';
import { previewRules } from '../api/rules.ts';
import { withToken } from '../api/session.ts';
import { span } from '../events/details.ts';
import { EventIcon } from '../events/event-icon.tsx';
import { headline } from '../events/words.ts';
import { count } from '../format/units.ts';
import type { FleetStore } from '../live/fleet-store.ts';
import { fullTime } from '../replay/day.ts';
import { explain } from '../ui/use-query.ts';
import { VehicleInput } from '../ui/vehicle-input.tsx';
import { previewTally } from './preview-words.ts';

const SPANS = [
  { days: 1, name: 'Last 24 hours' },
  { days: 3, name: 'Last 3 days' },
  { days: 7, name: 'Last 7 days' },
] as const;
const DAY_MS = 24 * 3600_000;
/** Rows that are made of what was found. */
const MAX_ROWS = 200;

interface TryItProps {
  fleet: FleetStore;
  /** What is tried, saved or not; null while something of it is wrong. */
  tried: Pick<PreviewRequest, 'settings' | 'geofences'> | null;
  /** Which of the events are looked for; all of them if absent. */
  isMeant?(event: PreviewedEvent): boolean;
}

/** Runs rules over what a vehicle did, without storing or telling anything. */
export function TryIt({ fleet, tried, isMeant }: TryItProps) {
  const [vehicleId, setVehicleId] = useState('');
  const [days, setDays] = useState(1);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [found, setFound] = useState<Preview | null>(null);
  const abort = useRef<AbortController>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const run = async () => {
    if (!tried) return;
    const controller = new AbortController();
    abort.current?.abort();
    abort.current = controller;
    setBusy(true);
    setProblem(null);
    const toMs = serverNowMs();
    const range = { from: new Date(toMs - days * DAY_MS).toISOString(), to: new Date(toMs).toISOString() };
    try {
      const preview = await withToken((token) =>
        previewRules(token, { vehicleId, ...range, ...tried }, controller.signal),
      );
      setFound(isMeant ? { ...preview, events: preview.events.filter(isMeant) } : preview);
    } catch (error) {
      if (!controller.signal.aborted) setProblem(explain(error));
    }
    if (!controller.signal.aborted) setBusy(false);
  };
  return (
    <>
      <div className="inline-form">
        <VehicleInput
          fleet={fleet}
          value={vehicleId}
          label="Vehicle to try it on"
          testId="try-vehicle"
          onChange={setVehicleId}
        />
        <select
          value={days}
          aria-label="Time"
          onChange={(event) => setDays(Number(event.currentTarget.value))}
        >
          {SPANS.map((each) => (
            <option key={each.days} value={each.days}>
              {each.name}
            </option>
          ))}
        </select>
        <button
          type="button"
          className="button"
          disabled={busy || vehicleId === '' || !tried}
          onClick={() => void run()}
          data-testid="try-run"
        >
          {busy ? 'Running…' : 'Try it'}
        </button>
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
      </div>
      {found && <Found found={found} />}
    </>
  );
}

function Found({ found }: { found: Preview }) {
  const { events, positions } = found;
  const trips = found.trips.filter(({ kind }) => kind === 'trip').length;
  return (
    <div className="preview" data-testid="try-found" data-events={events.length}>
      <output>
        <strong>
          {count(events.length)} {events.length === 1 ? 'event' : 'events'}
        </strong>{' '}
        and {count(trips)} {trips === 1 ? 'trip' : 'trips'} in {count(positions)} positions
        {events.length > 0 && <span className="hint"> · {previewTally(events)}</span>}
      </output>
      <ol className="preview-rows">
        {events.slice(0, MAX_ROWS).map((event, at) => {
          const [startMs, endMs] = [Date.parse(event.occurredAt), Date.parse(event.endedAt ?? '')];
          return (
            // An event that was only tried has no id, and the list never changes.
            <li key={at} className="event">
              <EventIcon kind={event.kind} severity={event.severity} />
              <span className="event-words">
                <span className="event-what">{headline(event)}</span>
                <span className="event-who">
                  <time dateTime={event.occurredAt}>{fullTime(startMs)}</time>
                  {event.endedAt === null
                    ? 'goes on'
                    : endMs > startMs && `for ${span((endMs - startMs) / 1000)}`}
                </span>
              </span>
            </li>
          );
        })}
      </ol>
      {events.length > MAX_ROWS && <p className="hint">The first {MAX_ROWS} are listed.</p>}
    </div>
  );
}
