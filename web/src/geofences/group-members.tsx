import { useCallback, useState } from 'react';
import type { VehicleGroup } from '../api/geofence-types.ts';
import { groupMemberPage, putGroupMember } from '../api/geofences.ts';
import { readPages } from '../api/request.ts';
import { withToken } from '../api/session.ts';
import type { Permissions } from '../console/permissions.ts';
import { count } from '../format/units.ts';
import type { FleetStore } from '../live/fleet-store.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Failed, ReadingRows } from '../ui/page-state.tsx';
import { explain, useQuery } from '../ui/use-query.ts';
import { useVehicles } from '../ui/vehicle-input.tsx';

const MAX_PAGES = 40;
/** Rows that are made; a search narrows them. */
const MAX_ROWS = 200;

interface GroupMembersProps {
  group: VehicleGroup;
  fleet: FleetStore;
  may: Permissions;
  onChanged(): void;
  onClose(): void;
}

/** Who is in a group; a tick counts at once. */
export function GroupMembers({ group, fleet, may, onChanged, onClose }: GroupMembersProps) {
  const { id, name } = group;
  const vehicles = useVehicles(fleet);
  const [search, setSearch] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { query, again, put } = useQuery(
    useCallback(
      async (token: string, signal: AbortSignal) => {
        const { items } = await readPages((cursor) => groupMemberPage(token, id, cursor, signal), MAX_PAGES);
        return new Set(items.map((member) => member.id));
      },
      [id],
    ),
  );
  const members = query.value;
  const wanted = search.trim().toLowerCase();
  const found = vehicles.filter(
    (vehicle) =>
      `${vehicle.label} ${vehicle.plate ?? ''}`.toLowerCase().includes(wanted) &&
      (may.write || members?.has(vehicle.id)),
  );
  const set = async (vehicleId: string, isIn: boolean) => {
    setBusy(true);
    setProblem(null);
    put(
      (before) => new Set(isIn ? [...before, vehicleId] : [...before].filter((each) => each !== vehicleId)),
    );
    try {
      await withToken((token) => putGroupMember(token, id, vehicleId, isIn));
      onChanged();
    } catch (error) {
      setProblem(explain(error));
      again();
    }
    setBusy(false);
  };
  return (
    <Dialog title={`Vehicles of ${name}`} onClose={onClose} testId="group-members-dialog">
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {query.phase === 'reading' && <ReadingRows rows={4} />}
      {query.phase === 'failed' && <Failed why={query.why} onAgain={again} />}
      {members && (
        <section className="checklist" aria-label="Vehicles">
          <header>
            <h3>{count(members.size)} in the group</h3>
            <input
              type="search"
              value={search}
              placeholder="Search"
              aria-label="Search vehicles"
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
          </header>
          <ul>
            {found.slice(0, MAX_ROWS).map((vehicle) => (
              <li key={vehicle.id}>
                <label>
                  <input
                    type="checkbox"
                    checked={members.has(vehicle.id)}
                    disabled={!may.write || busy}
                    onChange={(event) => void set(vehicle.id, event.currentTarget.checked)}
                    data-testid="group-vehicle"
                  />
                  <span>{vehicle.label}</span>
                  <small>{vehicle.plate}</small>
                </label>
              </li>
            ))}
          </ul>
          {found.length === 0 && <p className="hint">No vehicle matches.</p>}
          {found.length > MAX_ROWS && (
            <p className="hint">{count(found.length)} match; a search narrows them.</p>
          )}
        </section>
      )}
    </Dialog>
  );
}
