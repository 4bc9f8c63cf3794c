import { useId, useState } from 'react';
import type { QuarantineFilter } from '../api/quarantine.ts';
import { useDevices } from '../trackers/use-devices.ts';
import { REASONS } from './words.ts';

/** Suggestions of a device; typing more narrows them. */
const MAX_SUGGESTED = 50;

interface QuarantineFiltersProps {
  filter: QuarantineFilter;
  onFilter(filter: QuarantineFilter): void;
}

export function QuarantineFilters({ filter, onFilter }: QuarantineFiltersProps) {
  const listId = useId();
  const devices = useDevices().query.value?.items ?? [];
  const [ident, setIdent] = useState('');
  const [topic, setTopic] = useState('');
  const unknown = ident !== '' && !devices.some((device) => device.ident === ident);

  const set = (part: Partial<Record<keyof QuarantineFilter, string>>) => {
    const next = { ...filter, ...part };
    onFilter(Object.fromEntries(Object.entries(next).filter(([, value]) => value !== '')));
  };
  return (
    <div className="filters">
      <select
        value={filter.reason ?? ''}
        aria-label="Reason"
        onChange={(event) => set({ reason: event.currentTarget.value })}
        data-testid="quarantine-reason"
      >
        <option value="">Any reason</option>
        {Object.entries(REASONS).map(([reason, { name }]) => (
          <option key={reason} value={reason}>
            {name}
          </option>
        ))}
      </select>
      <input
        type="search"
        list={listId}
        value={ident}
        placeholder="Device"
        aria-label="Device, by its ident"
        aria-invalid={unknown}
        title={unknown ? 'There is no device of this ident' : undefined}
        onChange={({ currentTarget: { value } }) => {
          setIdent(value);
          const device = devices.find((candidate) => candidate.ident === value);
          set({ deviceId: device?.id ?? '' });
        }}
        data-testid="quarantine-device"
      />
      <datalist id={listId}>
        {devices
          .filter((device) => device.ident.includes(ident))
          .slice(0, MAX_SUGGESTED)
          .map((device) => (
            <option key={device.id} value={device.ident}>
              {device.vehicle?.label ?? device.model ?? ''}
            </option>
          ))}
      </datalist>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          set({ topic });
        }}
      >
        <input
          type="search"
          value={topic}
          placeholder="Topic, such as +/codec"
          aria-label="Topic, or a filter with + and #"
          onChange={({ currentTarget: { value } }) => {
            setTopic(value);
            if (value === '') set({ topic: '' });
          }}
          onBlur={() => topic !== (filter.topic ?? '') && set({ topic })}
        />
      </form>
    </div>
  );
}
