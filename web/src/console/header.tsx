import { signOut } from '../api/session.ts';
import type { User } from '../api/types.ts';
import { count } from '../format/units.ts';
import type { VehicleState } from '../live/classify.ts';
import type { FleetView } from '../live/fleet-store.ts';
import { ConnectionBadge } from './connection-badge.tsx';
import { Icon, Mark, StateGlyph } from './icons.tsx';
import { STATE_NAMES } from './words.ts';

const CHIP_ORDER: readonly VehicleState[] = ['moving', 'idling', 'parked', 'offline', 'alarm'];

interface HeaderProps {
  user: User;
  view: FleetView;
  wanted: ReadonlySet<VehicleState>;
  onToggle(state: VehicleState): void;
}

export function Header({ user, view, wanted, onToggle }: HeaderProps) {
  return (
    <header className="header">
      <div className="brand">
        <Mark size={26} />
        <span className="brand-name">Wayleave</span>
        <span className="brand-operator">{user.operator.name}</span>
      </div>
      <fieldset className="chips" aria-label="Vehicles by state; press to show only these">
        {CHIP_ORDER.map((state) => (
          <button
            type="button"
            key={state}
            className={`chip ${state}`}
            aria-pressed={wanted.has(state)}
            data-empty={view.counts[state] === 0}
            data-testid={`count-${state}`}
            onClick={() => onToggle(state)}
          >
            <StateGlyph state={state} />
            <span className="chip-name">{STATE_NAMES[state]}</span>
            <strong>{count(view.counts[state])}</strong>
          </button>
        ))}
      </fieldset>
      <ConnectionBadge status={view.status} />
      <div className="account">
        <span className="account-name" title={user.email}>
          {user.name}
        </span>
        <button
          type="button"
          className="icon-button"
          aria-label="Log out"
          title="Log out"
          onClick={() => void signOut()}
        >
          <Icon name="exit" />
        </button>
      </div>
    </header>
  );
}
