import { type FormEvent, useState } from 'react';
import type { VehicleGroup } from '../api/geofence-types.ts';
import { createGroup, deleteGroup, renameGroup } from '../api/geofences.ts';
import { withToken } from '../api/session.ts';
import { Icon } from '../console/icons.tsx';
import type { Permissions } from '../console/permissions.ts';
import { count } from '../format/units.ts';
import type { FleetStore } from '../live/fleet-store.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Failed, Nothing, ReadingRows } from '../ui/page-state.tsx';
import { explain } from '../ui/use-query.ts';
import { GroupMembers } from './group-members.tsx';
import { useGroups } from './use-groups.ts';

interface GroupsTabProps {
  fleet: FleetStore;
  may: Permissions;
}

type Open =
  | { what: 'name'; group: VehicleGroup | null }
  | { what: 'members' | 'delete'; group: VehicleGroup };

/** Vehicles for which the same geofences hold. */
export function GroupsTab({ fleet, may }: GroupsTabProps) {
  const { query, again } = useGroups();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <div className="toolbar">
        <p className="lead">
          Vehicles for which the same geofences hold. A vehicle may be in several groups.
        </p>
        {may.write && (
          <button
            type="button"
            className="button primary"
            onClick={() => setOpen({ what: 'name', group: null })}
            data-testid="group-new"
          >
            <Icon name="plus" /> New group
          </button>
        )}
      </div>
      {query.phase === 'reading' && <ReadingRows rows={3} />}
      {query.phase === 'failed' && <Failed why={query.why} onAgain={again} />}
      {query.value?.length === 0 && (
        <Nothing title="No groups">
          <p>Geofences can also hold for the whole fleet, or for one vehicle.</p>
        </Nothing>
      )}
      <ul className="cards">
        {query.value?.map((group) => (
          <li key={group.id} className="card" data-testid="group" data-group={group.id}>
            <div className="card-what">
              <h2>{group.name}</h2>
              <p>
                {count(group.vehicles)} {group.vehicles === 1 ? 'vehicle' : 'vehicles'}
              </p>
            </div>
            <div className="card-actions">
              <button
                type="button"
                className="button small"
                onClick={() => setOpen({ what: 'members', group })}
                data-testid="group-members"
              >
                Vehicles
              </button>
              {may.write && (
                <>
                  <button
                    type="button"
                    className="button small"
                    onClick={() => setOpen({ what: 'name', group })}
                  >
                    Rename
                  </button>
                  <button
                    type="button"
                    className="button small grave"
                    onClick={() => setOpen({ what: 'delete', group })}
                  >
                    Delete
                  </button>
                </>
              )}
            </div>
          </li>
        ))}
      </ul>
      {open?.what === 'name' && <GroupName group={open.group} onSaved={again} onClose={close} />}
      {open?.what === 'members' && (
        <GroupMembers group={open.group} fleet={fleet} may={may} onChanged={again} onClose={close} />
      )}
      {open?.what === 'delete' && (
        <Confirm
          title={`Delete ${open.group.name}?`}
          action="Delete"
          grave
          onConfirm={async () => {
            await withToken((token) => deleteGroup(token, open.group.id));
            again();
          }}
          onClose={close}
        >
          <p>Its vehicles stay. A group that geofences hold for cannot be deleted before they are changed.</p>
        </Confirm>
      )}
    </>
  );
}

interface GroupNameProps {
  group: VehicleGroup | null;
  onSaved(): void;
  onClose(): void;
}

function GroupName({ group, onSaved, onClose }: GroupNameProps) {
  const [name, setName] = useState(group?.name ?? '');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await withToken((token) =>
        group ? renameGroup(token, group.id, name.trim()) : createGroup(token, name.trim()),
      );
      onSaved();
      onClose();
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={group ? `Rename ${group.name}` : 'New group'} onClose={onClose} testId="group-dialog">
      <form className="form" onSubmit={(event) => void submit(event)}>
        <label className="field">
          Name
          <input
            value={name}
            required
            maxLength={100}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
            data-testid="group-name"
          />
        </label>
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <footer className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className="button primary"
            disabled={busy || name.trim() === ''}
            data-testid="group-save"
          >
            Save
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
