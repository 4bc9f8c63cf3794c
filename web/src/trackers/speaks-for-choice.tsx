import type { SpeaksFor } from '../api/types.ts';

const CHOICES: readonly { value: SpeaksFor; name: string; note: string }[] = [
  {
    value: 'listed',
    name: 'Listed devices',
    note: 'Only those on its list. What it brings of others is quarantined.',
  },
  { value: 'all', name: 'All devices', note: 'Every device of yours, also those that are added later.' },
];

interface SpeaksForChoiceProps {
  value: SpeaksFor;
  disabled?: boolean;
  onChange(value: SpeaksFor): void;
}

export function SpeaksForChoice({ value, disabled = false, onChange }: SpeaksForChoiceProps) {
  return (
    <fieldset className="choices" disabled={disabled}>
      <legend>It may speak for</legend>
      {CHOICES.map((choice) => (
        <label key={choice.value} className="choice">
          <input
            type="radio"
            name="speaks-for"
            value={choice.value}
            checked={value === choice.value}
            onChange={() => onChange(choice.value)}
            data-testid={`speaks-for-${choice.value}`}
          />
          <span>{choice.name}</span>
          <small>{choice.note}</small>
        </label>
      ))}
    </fieldset>
  );
}
