import { useState } from 'react';
import type { Device } from '../api/types.ts';
import { formatHash } from '../console/hash-state.ts';
import { useServerNow } from '../console/hooks.ts';
import { Icon } from '../console/icons.tsx';
import { count } from '../format/units.ts';
import { Age } from '../ui/age.tsx';
import { Failed, Nothing, ReadingRows } from '../ui/page-state.tsx';
import { DEVICE_STATE_NAMES, type DeviceState, matches, stateOf } from './matching.ts';
import { useDevices } from './use-devices.ts';

/** Rows that are made at once, and more with each press. */
const ROWS = 100;
const STATES: readonly DeviceState[] = ['reporting', 'silent', 'never', 'revoked'];

export function DeviceTable() {
  const { query, again } = useDevices();
  const [search, setSearch] = useState('');
  const [wanted, setWanted] = useState<DeviceState | null>(null);
  const [rows, setRows] = useState(ROWS);
  const nowMs = useServerNow(5_000);

  if (query.phase === 'failed') return <Failed why={query.why} onAgain={again} />;
  if (query.phase === 'reading') return <ReadingRows />;
  const { items, complete, isCut } = query.value;
  if (items.length === 0) {
    return (
      <Nothing title="No trackers yet">
        <p>
          A tracker is registered with <code>POST /api/v1/devices</code>; the <a href="/docs">API’s pages</a>{' '}
          show how.
        </p>
      </Nothing>
    );
  }
  const counts = new Map<DeviceState, number>();
  for (const device of items) {
    const state = stateOf(device, nowMs);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  const shown = items.filter(
    (device) => matches(device, search) && (wanted === null || stateOf(device, nowMs) === wanted),
  );
  return (
    <>
      <div className="toolbar">
        <div className="field-search">
          <Icon name="search" />
          <input
            type="search"
            value={search}
            placeholder="Search ident, model or vehicle"
            aria-label="Search trackers by ident, model or vehicle"
            onChange={(event) => setSearch(event.currentTarget.value)}
            data-testid="device-search"
          />
        </div>
        <fieldset className="segments" aria-label="Show only">
          <button type="button" aria-pressed={wanted === null} onClick={() => setWanted(null)}>
            All <b>{count(items.length)}</b>
          </button>
          {STATES.filter((state) => counts.has(state)).map((state) => (
            <button
              key={state}
              type="button"
              aria-pressed={wanted === state}
              onClick={() => setWanted(wanted === state ? null : state)}
            >
              {DEVICE_STATE_NAMES[state]} <b>{count(counts.get(state) ?? 0)}</b>
            </button>
          ))}
        </fieldset>
      </div>
      {!complete && <p className="hint">Reading further trackers…</p>}
      {isCut && <p className="hint">Only the first {count(items.length)} are read here.</p>}
      {shown.length === 0 ? (
        <Nothing title="No tracker matches" />
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Ident</th>
              <th scope="col">Model</th>
              <th scope="col">Vehicle</th>
              <th scope="col">Last seen</th>
              <th scope="col">Status</th>
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, rows).map((device) => (
              <DeviceRow key={device.id} device={device} nowMs={nowMs} />
            ))}
          </tbody>
        </table>
      )}
      {shown.length > rows && (
        <button type="button" className="button more" onClick={() => setRows(rows + ROWS)}>
          Show more of {count(shown.length)}
        </button>
      )}
    </>
  );
}

function DeviceRow({ device, nowMs }: { device: Device; nowMs: number }) {
  const { ident, model, vehicle, lastSeenAt } = device;
  const state = stateOf(device, nowMs);
  return (
    <tr data-testid="device-row" data-device={device.id}>
      <th scope="row" className="ident">
        {ident}
      </th>
      <td data-name="Model">{model ?? <span className="unknown">Not known</span>}</td>
      <td data-name="Vehicle">
        {vehicle ? (
          <a href={formatHash({ vehicleId: vehicle.id, day: null, eventId: null, at: null })}>
            {vehicle.label}
          </a>
        ) : (
          <span className="unknown">Not installed</span>
        )}
      </td>
      <td data-name="Last seen">
        {lastSeenAt ? <Age at={lastSeenAt} nowMs={nowMs} /> : <span className="unknown">Never</span>}
      </td>
      <td data-name="Status">
        <span className={`badge ${state}`}>{DEVICE_STATE_NAMES[state]}</span>
      </td>
    </tr>
  );
}
