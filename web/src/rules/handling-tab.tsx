import { useCallback, useState } from 'react';
import type { Severity } from '../api/event-types.ts';
import type { EventHandling, EventRoute, RuleSettings } from '../api/rule-types.ts';
import { putRuleSettings, ruleSettings as readRuleSettings } from '../api/rules.ts';
import { withToken } from '../api/session.ts';
import type { Permissions } from '../console/permissions.ts';
import { EventIcon } from '../events/event-icon.tsx';
import { handledName, SEVERITIES, SEVERITY_NAMES } from '../events/kind-words.ts';
import { Failed, ReadingRows } from '../ui/page-state.tsx';
import { explain, useQuery } from '../ui/use-query.ts';
import { defaultHandlingOf } from './defaults.ts';
import { handlingOf, handlingRows, withHandling } from './handling.ts';

const ROUTES: readonly { route: EventRoute; name: string; note: string }[] = [
  { route: 'live', name: 'Live', note: 'On the map and in the feed of this console as it happens' },
  { route: 'queue', name: 'Queue', note: 'To the systems behind: collections, notifications, recovery' },
];

/** How grave each kind of event is, and where it is told. */
export function HandlingTab({ may }: { may: Permissions }) {
  const { query, again, put } = useQuery(
    useCallback((token: string, signal: AbortSignal) => readRuleSettings(token, signal), []),
  );
  return (
    <section className="settings-part" aria-label="Severity and routes">
      <header>
        <h2>Severity and routes</h2>
        <p className="lead">
          Every event is in the list of events, whatever is set here. A line of its own counts before that of
          its kind: leaving a territory is not handled as leaving any geofence.
        </p>
      </header>
      {query.phase === 'reading' && <ReadingRows />}
      {query.phase === 'failed' && <Failed why={query.why} onAgain={again} />}
      {query.phase === 'read' && (
        <HandlingForm
          key={JSON.stringify(query.value.events)}
          saved={query.value}
          editable={may.administer}
          onSaved={(settings) => put(() => settings)}
        />
      )}
    </section>
  );
}

interface HandlingFormProps {
  saved: RuleSettings;
  editable: boolean;
  onSaved(settings: RuleSettings): void;
}

function HandlingForm({ saved, editable, onSaved }: HandlingFormProps) {
  const [events, setEvents] = useState(saved.events);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const dirty = JSON.stringify(events) !== JSON.stringify(saved.events);
  const set = (name: string, handling: EventHandling) => setEvents(withHandling(events, name, handling));

  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      onSaved(await withToken((token) => putRuleSettings(token, { ...saved, events })));
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return (
    <form
      className="handling"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <table className="table handling-table">
        <thead>
          <tr>
            <th scope="col">Event</th>
            <th scope="col">Severity</th>
            {ROUTES.map(({ route, name, note }) => (
              <th key={route} scope="col" title={note}>
                {name}
              </th>
            ))}
            <th scope="col">
              <span className="unseen">Back to default</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {handlingRows(events).map((name) => (
            <Row
              key={name}
              name={name}
              handling={handlingOf(events, name)}
              own={name in events}
              editable={editable}
              onChange={(handling) => set(name, handling)}
            />
          ))}
        </tbody>
      </table>
      {editable && (
        <footer className="save-bar" data-dirty={dirty}>
          <output className="hint">{dirty ? 'Not saved yet.' : ''}</output>
          {problem && (
            <p className="problem" role="alert">
              {problem}
            </p>
          )}
          {dirty && (
            <button type="button" className="button" onClick={() => setEvents(saved.events)}>
              Undo
            </button>
          )}
          <button
            type="submit"
            className="button primary"
            disabled={busy || !dirty}
            data-testid="handling-save"
          >
            Save
          </button>
        </footer>
      )}
    </form>
  );
}

interface RowProps {
  name: string;
  handling: EventHandling;
  own: boolean;
  editable: boolean;
  onChange(handling: EventHandling): void;
}

function Row({ name, handling, own, editable, onChange }: RowProps) {
  const [kind = ''] = name.split('.');
  return (
    <tr data-own={own} data-testid="handling-row" data-name={name}>
      <th scope="row">
        <span className="event-cell">
          <EventIcon kind={kind} severity={handling.severity} />
          {handledName(name)}
        </span>
      </th>
      <td>
        <select
          value={handling.severity}
          aria-label={`Severity of: ${handledName(name)}`}
          disabled={!editable}
          onChange={(event) => onChange({ ...handling, severity: event.currentTarget.value as Severity })}
        >
          {SEVERITIES.map((severity) => (
            <option key={severity} value={severity}>
              {SEVERITY_NAMES[severity]}
            </option>
          ))}
        </select>
      </td>
      {ROUTES.map(({ route, name: routeName }) => (
        <td key={route} data-name={routeName}>
          <input
            type="checkbox"
            className="tick-box"
            aria-label={`${routeName}: ${handledName(name)}`}
            checked={handling.routes.includes(route)}
            disabled={!editable}
            onChange={(event) => {
              const others = handling.routes.filter((each) => each !== route);
              onChange({ ...handling, routes: event.currentTarget.checked ? [...others, route] : others });
            }}
          />
        </td>
      ))}
      <td>
        {own && editable && (
          <button type="button" className="link" onClick={() => onChange(defaultHandlingOf(name))}>
            Default
          </button>
        )}
      </td>
    </tr>
  );
}
