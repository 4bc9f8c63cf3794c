import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Geofence, GeofenceKind, VehicleGroup } from '../api/geofence-types.ts';
import { createGeofence, putGeofence } from '../api/geofences.ts';
import { ApiError, serverNowMs } from '../api/request.ts';
import { withToken } from '../api/session.ts';
import { geofenceOf } from '../events/details.ts';
import type { FleetStore } from '../live/fleet-store.ts';
import { dayOf } from '../replay/day.ts';
import { TryIt } from '../rules/try-it.tsx';
import { explain } from '../ui/use-query.ts';
import { VehicleInput } from '../ui/vehicle-input.tsx';
import { type Drawing, type DrawingAction, drawingHint } from './drawing.ts';
import {
  emptyForm,
  type FenceForm,
  type FieldName,
  fieldsOf,
  formOf,
  type Refusal,
  refusalOf,
} from './geofence-form.ts';
import { ScheduleInput } from './schedule-input.tsx';
import { ShapeInput } from './shape-input.tsx';
import { shapeOf } from './sketch.ts';
import { FENCE_KIND_NAMES, FENCE_KIND_NOTES, FENCE_KINDS } from './words.ts';

const SCOPES = [
  ['fleet', 'Whole fleet'],
  ['group', 'Group'],
  ['vehicle', 'Vehicle'],
] as const;

interface FenceEditorProps {
  /** The one that is changed; null for a new one. */
  fence: Geofence | null;
  drawing: Drawing;
  fleet: FleetStore;
  groups: readonly VehicleGroup[];
  refusal: Refusal | null;
  onAct(action: DrawingAction): void;
  onKind(kind: GeofenceKind): void;
  onRefused(refusal: Refusal | null): void;
  onSaved(fence: Geofence): void;
  onCancel(): void;
}

/** The form beside the map on which the shape is drawn. */
export function FenceEditor(props: FenceEditorProps) {
  const { fence, drawing, fleet, groups, refusal, onAct, onKind, onRefused, onSaved, onCancel } = props;
  const ownZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [form, setForm] = useState<FenceForm>(() => (fence ? formOf(fence, ownZone) : emptyForm(ownZone)));
  const [busy, setBusy] = useState(false);
  /** What is wrong is told once somebody tried to save. */
  const [tried, setTried] = useState(false);
  const [general, setGeneral] = useState<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => onKind(form.kind), [onKind, form.kind]);

  const made = fieldsOf(form, shapeOf(drawing.sketch), dayOf(serverNowMs()));
  const problemOf = (field: FieldName) =>
    (tried ? made.problems?.[field] : undefined) ?? refusal?.problems[field];
  const set = (part: Partial<FenceForm>) => {
    setForm({ ...form, ...part });
    if (refusal) onRefused(null);
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    setGeneral(null);
    const { fields } = made;
    if (!fields) return;
    setBusy(true);
    try {
      onSaved(
        await withToken((token) =>
          fence ? putGeofence(token, fence.id, fields) : createGeofence(token, fields),
        ),
      );
    } catch (error) {
      if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 403) {
        const refused = refusalOf(error);
        onRefused(refused);
        setGeneral(refused.general);
      } else setGeneral(explain(error));
      setBusy(false);
    }
  };
  return (
    <form
      className="fence-editor"
      noValidate
      onSubmit={(event) => void save(event)}
      data-testid="geofence-form"
    >
      <header className="fences-head">
        <h1 ref={heading} tabIndex={-1}>
          {fence ? 'Change the geofence' : 'New geofence'}
        </h1>
      </header>
      <output className="drawing-hint" data-testid="drawing-hint">
        {drawingHint(drawing)}
      </output>
      <Labelled label="Name" problem={problemOf('name')}>
        <input
          className="text-input"
          value={form.name}
          maxLength={100}
          autoComplete="off"
          aria-label="Name"
          aria-invalid={problemOf('name') !== undefined}
          onChange={(event) => set({ name: event.currentTarget.value })}
          data-testid="geofence-name"
        />
      </Labelled>
      <Labelled label="Kind" problem={problemOf('kind')} note={FENCE_KIND_NOTES[form.kind]}>
        <select
          value={form.kind}
          aria-label="Kind"
          onChange={(event) => set({ kind: event.currentTarget.value as GeofenceKind })}
          data-testid="geofence-kind"
        >
          {FENCE_KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {FENCE_KIND_NAMES[kind]}
            </option>
          ))}
        </select>
      </Labelled>
      <Labelled label="Holds for" problem={problemOf('whom')}>
        <fieldset className="segments stretched" aria-label="Holds for">
          {SCOPES.map(([scope, name]) => (
            <button
              key={scope}
              type="button"
              aria-pressed={form.scope === scope}
              onClick={() => set({ scope })}
              data-testid={`holds-for-${scope}`}
            >
              {name}
            </button>
          ))}
        </fieldset>
        {form.scope === 'group' && (
          <select
            value={form.groupId}
            aria-label="Group"
            onChange={(event) => set({ groupId: event.currentTarget.value })}
          >
            <option value="">{groups.length === 0 ? 'There are no groups yet' : 'Choose a group'}</option>
            {groups.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        )}
        {form.scope === 'vehicle' && (
          <VehicleInput
            fleet={fleet}
            value={form.vehicleId}
            label="Vehicle"
            onChange={(vehicleId) => set({ vehicleId })}
          />
        )}
      </Labelled>
      <div className="pair">
        <Labelled label="Speed limit" problem={problemOf('limit')}>
          <span className="with-unit">
            <input
              inputMode="decimal"
              value={form.limitKmh}
              placeholder="none"
              aria-label="Speed limit, km/h"
              aria-invalid={problemOf('limit') !== undefined}
              onChange={(event) => set({ limitKmh: event.currentTarget.value })}
              data-testid="geofence-limit"
            />
            <span>km/h</span>
          </span>
        </Labelled>
        <Labelled label="Longest stay" problem={problemOf('dwell')}>
          <span className="with-unit">
            <input
              inputMode="decimal"
              value={form.dwellMin}
              placeholder="any"
              aria-label="Longest stay, minutes"
              aria-invalid={problemOf('dwell') !== undefined}
              onChange={(event) => set({ dwellMin: event.currentTarget.value })}
            />
            <span>min</span>
          </span>
        </Labelled>
      </div>
      <Labelled label="Active" problem={problemOf('schedule')}>
        <ScheduleInput value={form.schedule} onChange={(schedule) => set({ schedule })} />
      </Labelled>
      <Labelled label="Shape" problem={problemOf('shape')}>
        <ShapeInput
          drawing={drawing}
          onAct={(action) => {
            if (refusal) onRefused(null);
            onAct(action);
          }}
        />
      </Labelled>
      <details className="fence-try">
        <summary>Try it on a vehicle before it holds</summary>
        <TryIt
          fleet={fleet}
          tried={made.fields && { geofences: [made.fields] }}
          isMeant={({ details }) => geofenceOf(details) !== null}
        />
      </details>
      {general && (
        <p className="problem" role="alert">
          {general}
        </p>
      )}
      <footer className="save-bar" data-dirty="true">
        <span className="hint" />
        <button type="button" className="button" onClick={onCancel} data-testid="geofence-cancel">
          Cancel
        </button>
        <button type="submit" className="button primary" disabled={busy} data-testid="geofence-save">
          Save
        </button>
      </footer>
    </form>
  );
}

interface LabelledProps {
  label: string;
  problem?: string | undefined;
  note?: string;
  children: React.ReactNode;
}

/** A part of the form with its name, and what is wrong with it. */
function Labelled({ label, problem, note, children }: LabelledProps) {
  return (
    <div className="labelled" data-wrong={problem !== undefined}>
      <span className="labelled-name" aria-hidden="true">
        {label}
      </span>
      {children}
      {problem ? (
        <small className="problem" role="alert" data-testid={`problem-${label.toLowerCase()}`}>
          {problem}
        </small>
      ) : (
        note && <small>{note}</small>
      )}
    </div>
  );
}
