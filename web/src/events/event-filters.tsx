import type { FleetStore } from '../live/fleet-store.ts';
import { VehicleInput } from '../ui/vehicle-input.tsx';
import { type FilterFields, isNarrowed, WHOLE } from './filter.ts';
import { KIND_WORDS, SEVERITIES, SEVERITY_NAMES } from './kind-words.ts';

const SPANS = [
  ['day', 'Last 24 hours'],
  ['week', 'Last 7 days'],
  ['month', 'Last 30 days'],
  ['any', 'Any time'],
  ['days', 'Days…'],
] as const;
const STATES = [
  ['any', 'Any state'],
  ['open', 'Open'],
  ['acknowledged', 'Acknowledged'],
  ['lasting', 'Lasting'],
] as const;
const RETRACTED = [
  ['exclude', 'Without retracted'],
  ['include', 'With retracted'],
  ['only', 'Only retracted'],
] as const;

interface EventFiltersProps {
  fields: FilterFields;
  fleet: FleetStore;
  onFields(fields: FilterFields): void;
}

export function EventFilters({ fields, fleet, onFields }: EventFiltersProps) {
  const set = (part: Partial<FilterFields>) => onFields({ ...fields, ...part });
  return (
    <div className="filters event-filters">
      <Choice
        label="Time"
        value={fields.span}
        usual={WHOLE.span}
        options={SPANS}
        testId="events-span"
        onChange={(span) => set({ span })}
      />
      {fields.span === 'days' && (
        <>
          <input
            type="date"
            value={fields.fromDay}
            aria-label="From the day"
            onChange={(event) => set({ fromDay: event.currentTarget.value })}
          />
          <input
            type="date"
            value={fields.toDay}
            aria-label="To the day"
            onChange={(event) => set({ toDay: event.currentTarget.value })}
          />
        </>
      )}
      <Choice
        label="Kind"
        value={fields.kind}
        options={[['', 'Any kind'], ...Object.entries(KIND_WORDS)]}
        testId="events-kind"
        onChange={(kind) => set({ kind })}
      />
      <Choice
        label="Severity"
        value={fields.severity}
        options={[
          ['', 'Any severity'],
          ...SEVERITIES.map((severity) => [severity, SEVERITY_NAMES[severity]] as const),
        ]}
        testId="events-severity"
        onChange={(severity) => set({ severity })}
      />
      <VehicleInput
        // Made anew when all filters are taken off, so that its text goes as well.
        key={String(isNarrowed(fields))}
        fleet={fleet}
        value={fields.vehicleId}
        label="Vehicle, by its label"
        testId="events-vehicle"
        onChange={(vehicleId) => set({ vehicleId })}
      />
      <Choice
        label="State"
        value={fields.state}
        options={STATES}
        testId="events-state"
        onChange={(state) => set({ state })}
      />
      <Choice
        label="Retracted"
        value={fields.retracted}
        options={RETRACTED}
        testId="events-retracted"
        onChange={(retracted) => set({ retracted })}
      />
      <label className="tick">
        <input
          type="checkbox"
          checked={fields.lateOnly}
          onChange={(event) => set({ lateOnly: event.currentTarget.checked })}
          data-testid="events-late"
        />
        Late only
      </label>
      {isNarrowed(fields) && (
        <button type="button" className="link" onClick={() => onFields({ ...WHOLE, span: fields.span })}>
          Show all
        </button>
      )}
    </div>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  /** What narrows nothing. */
  usual?: Value;
  options: readonly (readonly [value: Value, name: string])[];
  testId: string;
  onChange(value: Value): void;
}

function Choice<Value extends string>({
  label,
  value,
  usual,
  options,
  testId,
  onChange,
}: ChoiceProps<Value>) {
  return (
    <select
      value={value}
      aria-label={label}
      data-set={value !== (usual ?? options[0]?.[0])}
      onChange={(event) => onChange(event.currentTarget.value as Value)}
      data-testid={testId}
    >
      {options.map(([option, name]) => (
        <option key={option} value={option}>
          {name}
        </option>
      ))}
    </select>
  );
}
