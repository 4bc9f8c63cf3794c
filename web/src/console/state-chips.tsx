import { count } from '../format/units.ts';
import type { VehicleState } from '../live/classify.ts';
import { StateGlyph } from './icons.tsx';
import { STATE_NAMES } from './words.ts';

const CHIP_ORDER: readonly VehicleState[] = ['moving', 'idling', 'parked', 'offline', 'alarm'];

interface StateChipsProps {
  counts: Record<VehicleState, number>;
  wanted: ReadonlySet<VehicleState>;
  onToggle(state: VehicleState): void;
}

/** How many vehicles are in each state; pressing one shows only these. */
export function StateChips({ counts, wanted, onToggle }: StateChipsProps) {
  return (
    <fieldset className="chips" aria-label="Vehicles by state; press to show only these">
      {CHIP_ORDER.map((state) => (
        <button
          type="button"
          key={state}
          className={`chip ${state}`}
          aria-pressed={wanted.has(state)}
          data-empty={counts[state] === 0}
          data-testid={`count-${state}`}
          onClick={() => onToggle(state)}
        >
          <StateGlyph state={state} />
          <span className="chip-name">{STATE_NAMES[state]}</span>
          <strong>{count(counts[state])}</strong>
        </button>
      ))}
    </fieldset>
  );
}
