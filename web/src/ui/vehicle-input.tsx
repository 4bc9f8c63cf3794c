import { useId, useState, useSyncExternalStore } from 'react';
import type { FleetVehicle } from '../live/fleet.ts';
import type { FleetStore } from '../live/fleet-store.ts';

/** Suggestions; typing more narrows them. */
const MAX_SUGGESTED = 50;

/** Every vehicle by label; the same list until one is added or renamed. */
export const useVehicles = (fleet: FleetStore): readonly FleetVehicle[] =>
  useSyncExternalStore(fleet.subscribe, () => fleet.view().ordered);

interface VehicleInputProps {
  fleet: FleetStore;
  /** The id of the vehicle that is chosen; empty for none. */
  value: string;
  label: string;
  placeholder?: string;
  invalid?: boolean;
  testId?: string;
  onChange(vehicleId: string): void;
}

/** A vehicle, by its label. */
export function VehicleInput(props: VehicleInputProps) {
  const { fleet, value, label, placeholder = 'Vehicle', invalid = false, testId, onChange } = props;
  const listId = useId();
  const vehicles = useVehicles(fleet);
  const chosen = vehicles.find(({ id }) => id === value);
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? chosen?.label ?? '';
  const unknown = text !== '' && !vehicles.some((vehicle) => vehicle.label === text);
  const wanted = text.toLowerCase();
  return (
    <>
      <input
        type="search"
        list={listId}
        value={text}
        placeholder={placeholder}
        aria-label={label}
        aria-invalid={unknown || invalid}
        title={unknown ? 'There is no vehicle of this label' : undefined}
        autoComplete="off"
        onChange={({ currentTarget }) => {
          setTyped(currentTarget.value);
          const vehicle = vehicles.find((candidate) => candidate.label === currentTarget.value);
          if ((vehicle?.id ?? '') !== value) onChange(vehicle?.id ?? '');
        }}
        data-testid={testId}
      />
      <datalist id={listId}>
        {vehicles
          .filter((vehicle) => vehicle.label.toLowerCase().includes(wanted))
          .slice(0, MAX_SUGGESTED)
          .map((vehicle) => (
            <option key={vehicle.id} value={vehicle.label}>
              {vehicle.plate ?? ''}
            </option>
          ))}
      </datalist>
    </>
  );
}
