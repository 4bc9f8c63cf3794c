import { type FormEvent, useCallback, useState } from 'react';
import type { SpeedLimit } from '../api/rule-types.ts';
import { deleteSpeedLimit, putSpeedLimit, speedLimits as readSpeedLimits } from '../api/rules.ts';
import { withToken } from '../api/session.ts';
import type { VehicleKind } from '../api/types.ts';
import { Icon } from '../console/icons.tsx';
import type { Permissions } from '../console/permissions.ts';
import { KIND_NAMES } from '../console/words.ts';
import type { FleetStore } from '../live/fleet-store.ts';
import { fullTime } from '../replay/day.ts';
import { Failed, ReadingRows } from '../ui/page-state.tsx';
import { explain, useQuery } from '../ui/use-query.ts';
import { useVehicles, VehicleInput } from '../ui/vehicle-input.tsx';
import { EMPTY_LIMIT, type LimitFields, limitOf } from './limit-form.ts';

const SCOPES = {
  kind: 'Every vehicle of a kind',
  vehicle: 'One vehicle',
  lease: 'One vehicle while leased',
} as const;

interface SpeedLimitsTabProps {
  fleet: FleetStore;
  may: Permissions;
}

/** Limits beside those of geofences; of all that apply the lowest counts. */
export function SpeedLimitsTab({ fleet, may }: SpeedLimitsTabProps) {
  const { query, again } = useQuery(
    useCallback(
      async (token: string, signal: AbortSignal) => (await readSpeedLimits(token, signal)).items,
      [],
    ),
  );
  const vehicles = useVehicles(fleet);
  const labelOf = (id: string | null) =>
    vehicles.find((vehicle) => vehicle.id === id)?.label ?? `vehicle ${id}`;
  return (
    <section className="settings-part" aria-label="Speed limits">
      <header>
        <h2>Speed limits</h2>
        <p className="lead">
          Of all limits that apply to a vehicle the lowest counts, those of geofences among them. The event
          says which one it was.
        </p>
      </header>
      {query.phase === 'reading' && <ReadingRows rows={2} />}
      {query.phase === 'failed' && <Failed why={query.why} onAgain={again} />}
      {query.value?.length === 0 && <p className="hint">No limit is set; only those of geofences hold.</p>}
      {query.value && query.value.length > 0 && (
        <table className="table limits-table">
          <thead>
            <tr>
              <th scope="col">For</th>
              <th scope="col">Limit</th>
              <th scope="col">Since</th>
              <th scope="col">
                <span className="unseen">Remove</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {query.value.map((limit) => (
              <Row
                key={limit.id}
                limit={limit}
                forWhom={forWhom(limit, labelOf)}
                may={may}
                onChanged={again}
              />
            ))}
          </tbody>
        </table>
      )}
      {may.administer && <NewLimit fleet={fleet} onChanged={again} />}
    </section>
  );
}

function forWhom(
  { scope, kind, vehicleId, lease }: SpeedLimit,
  labelOf: (id: string | null) => string,
): string {
  if (scope === 'kind') return `Every ${kind === null ? 'vehicle' : KIND_NAMES[kind].toLowerCase()}`;
  return scope === 'lease' ? `${labelOf(vehicleId)}, lease ${lease}` : labelOf(vehicleId);
}

interface RowProps {
  limit: SpeedLimit;
  forWhom: string;
  may: Permissions;
  onChanged(): void;
}

function Row({ limit, forWhom: whom, may, onChanged }: RowProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const remove = async () => {
    try {
      await withToken((token) => deleteSpeedLimit(token, limit.id));
      onChanged();
    } catch (error) {
      setProblem(explain(error));
    }
  };
  return (
    <tr data-testid="speed-limit">
      <th scope="row">
        {whom}
        {problem && (
          <span className="problem" role="alert">
            {' '}
            {problem}
          </span>
        )}
      </th>
      <td data-name="Limit">{limit.limitKmh} km/h</td>
      <td data-name="Since">{fullTime(Date.parse(limit.validFrom))}</td>
      <td data-name="Remove">
        {may.administer && (
          <button
            type="button"
            className="icon-button"
            aria-label={`Remove the limit for ${whom}`}
            title="Remove"
            onClick={() => void remove()}
          >
            <Icon name="trash" />
          </button>
        )}
      </td>
    </tr>
  );
}

function NewLimit({ fleet, onChanged }: { fleet: FleetStore; onChanged(): void }) {
  const [fields, setFields] = useState<LimitFields>(EMPTY_LIMIT);
  const [round, setRound] = useState(0);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const limit = limitOf(fields);
  const set = (part: Partial<LimitFields>) => setFields({ ...fields, ...part });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!limit) return;
    setBusy(true);
    setProblem(null);
    try {
      await withToken((token) => putSpeedLimit(token, limit));
      setFields({ ...EMPTY_LIMIT, scope: fields.scope });
      setRound((before) => before + 1);
      onChanged();
    } catch (error) {
      setProblem(explain(error));
    }
    setBusy(false);
  };
  return (
    <form className="inline-form" onSubmit={(event) => void submit(event)} data-testid="limit-form">
      <select
        value={fields.scope}
        aria-label="For whom"
        onChange={(event) => set({ scope: event.currentTarget.value as LimitFields['scope'] })}
      >
        {Object.entries(SCOPES).map(([scope, name]) => (
          <option key={scope} value={scope}>
            {name}
          </option>
        ))}
      </select>
      {fields.scope === 'kind' ? (
        <select
          value={fields.kind}
          aria-label="Kind of vehicle"
          onChange={(event) => set({ kind: event.currentTarget.value as VehicleKind })}
        >
          {Object.entries(KIND_NAMES).map(([kind, name]) => (
            <option key={kind} value={kind}>
              {name}
            </option>
          ))}
        </select>
      ) : (
        <VehicleInput
          key={round}
          fleet={fleet}
          value={fields.vehicleId}
          label="Vehicle"
          onChange={(vehicleId) => set({ vehicleId })}
        />
      )}
      {fields.scope === 'lease' && (
        <input
          className="text-input"
          value={fields.lease}
          maxLength={100}
          placeholder="Lease"
          aria-label="What the lease is known by"
          onChange={(event) => set({ lease: event.currentTarget.value })}
        />
      )}
      <span className="with-unit">
        <input
          inputMode="decimal"
          value={fields.limit}
          aria-label="Limit, km/h"
          aria-invalid={fields.limit !== '' && limit === null}
          onChange={(event) => set({ limit: event.currentTarget.value })}
          data-testid="limit-kmh"
        />
        <span>km/h</span>
      </span>
      <button type="submit" className="button primary" disabled={busy || !limit} data-testid="limit-save">
        Set
      </button>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}
