import { useCallback, useState } from 'react';
import { readPages } from '../api/request.ts';
import { withToken } from '../api/session.ts';
import {
  addToGateway,
  DEVICES_PER_REQUEST,
  listedDevicePage,
  removeFromGateway,
  setSpeaksFor,
} from '../api/trackers.ts';
import type { Device, Gateway, ListedDevice, SpeaksFor } from '../api/types.ts';
import type { Permissions } from '../console/permissions.ts';
import { count } from '../format/units.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Failed, ReadingRows } from '../ui/page-state.tsx';
import { explain, useQuery } from '../ui/use-query.ts';
import { matches } from './matching.ts';
import { SpeaksForChoice } from './speaks-for-choice.tsx';
import { useDevices } from './use-devices.ts';

/** As many as are read of the devices themselves. */
const MAX_PAGES = 20;
/** Rows that are made; a search narrows them. */
const MAX_ROWS = 200;

interface GatewayDevicesProps {
  gateway: Gateway;
  may: Permissions;
  onChanged(gateway: Gateway): void;
  onClose(): void;
}

/** For whom a gateway may speak; a tick counts at once, as the broker goes by it at once. */
export function GatewayDevices({ gateway, may, onChanged, onClose }: GatewayDevicesProps) {
  const { id, ident } = gateway;
  const editable = may.write && gateway.status === 'active';
  const [speaksFor, setShownSpeaksFor] = useState(gateway.speaksFor);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const listed = useQuery(
    useCallback(
      async (token: string, signal: AbortSignal) =>
        (await readPages((cursor) => listedDevicePage(token, id, cursor, signal), MAX_PAGES)).items,
      [id],
    ),
  );
  const devices = useDevices();

  const change = async (work: (token: string) => Promise<Gateway>): Promise<boolean> => {
    setBusy(true);
    setProblem(null);
    try {
      const changed = await withToken(work);
      onChanged(changed);
      setShownSpeaksFor(changed.speaksFor);
      return true;
    } catch (error) {
      setProblem(explain(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  const choose = (value: SpeaksFor) => change((token) => setSpeaksFor(token, id, value));
  const put = async (some: readonly ListedDevice[], on: boolean) => {
    const bounded = some.slice(0, DEVICES_PER_REQUEST);
    const ids = bounded.map((device) => device.id);
    // The tick is shown at once, and the list read again should it not have counted.
    listed.put((before) => {
      const others = before.filter((device) => !ids.includes(device.id));
      return on ? [...others, ...bounded] : others;
    });
    const counted = await change((token) =>
      on ? addToGateway(token, id, ids) : removeFromGateway(token, id, ids),
    );
    if (!counted) listed.again();
  };

  return (
    <Dialog title={`Devices of ${ident}`} onClose={onClose} testId="gateway-devices-dialog">
      <SpeaksForChoice
        value={speaksFor}
        disabled={!editable || busy}
        onChange={(value) => void choose(value)}
      />
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {listed.query.phase === 'failed' && <Failed why={listed.query.why} onAgain={listed.again} />}
      {devices.query.phase === 'failed' && <Failed why={devices.query.why} onAgain={devices.again} />}
      {(listed.query.phase === 'reading' || devices.query.phase === 'reading') && <ReadingRows rows={4} />}
      {listed.query.phase === 'read' && devices.query.phase === 'read' && (
        <Checklist
          devices={devices.query.value.items}
          listed={listed.query.value}
          editable={editable}
          busy={busy}
          dormant={speaksFor === 'all'}
          onPut={(some, on) => void put(some, on)}
        />
      )}
    </Dialog>
  );
}

interface ChecklistProps {
  devices: readonly Device[];
  listed: readonly ListedDevice[];
  editable: boolean;
  busy: boolean;
  /** The list is kept, and not gone by while the gateway speaks for all. */
  dormant: boolean;
  onPut(some: readonly ListedDevice[], on: boolean): void;
}

function Checklist({ devices, listed, editable, busy, dormant, onPut }: ChecklistProps) {
  const [search, setSearch] = useState('');
  const onList = new Set(listed.map(({ id }) => id));
  const found = devices
    .filter((device) => (device.status === 'active' || onList.has(device.id)) && matches(device, search))
    .filter((device) => editable || onList.has(device.id));
  const toAdd = found.filter(({ id, status }) => !onList.has(id) && status === 'active');
  return (
    <section className="checklist" aria-label="The list of devices">
      <header>
        <h3>
          {count(listed.length)} on the list
          {dormant && <small> – not gone by while it speaks for all</small>}
        </h3>
        <input
          type="search"
          value={search}
          placeholder="Search"
          aria-label="Search devices"
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      </header>
      <ul>
        {found.slice(0, MAX_ROWS).map((device) => (
          <li key={device.id}>
            <label>
              <input
                type="checkbox"
                checked={onList.has(device.id)}
                disabled={!editable || busy}
                onChange={(event) => onPut([device], event.currentTarget.checked)}
                data-testid="gateway-device"
              />
              <span className="ident">{device.ident}</span>
              <small>
                {device.status === 'revoked' ? 'Revoked' : (device.vehicle?.label ?? device.model ?? '')}
              </small>
            </label>
          </li>
        ))}
      </ul>
      {found.length === 0 && (
        <p className="hint">{search ? 'No device matches.' : 'No device is on the list.'}</p>
      )}
      {found.length > MAX_ROWS && <p className="hint">{count(found.length)} match; a search narrows them.</p>}
      {editable && search !== '' && toAdd.length > 1 && toAdd.length <= DEVICES_PER_REQUEST && (
        <button type="button" className="button small" disabled={busy} onClick={() => onPut(toAdd, true)}>
          Add all {count(toAdd.length)} found
        </button>
      )}
    </section>
  );
}
