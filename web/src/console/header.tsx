import type { ReactNode } from 'react';
import { signOut } from '../api/session.ts';
import type { User } from '../api/types.ts';
import type { ConnectionStatus } from '../live/live-connection.ts';
import { ConnectionBadge } from './connection-badge.tsx';
import { Icon, Mark } from './icons.tsx';

interface HeaderProps {
  user: User;
  /** Of the live positions, on a page that shows them. */
  status?: ConnectionStatus;
  /** What the page puts in its middle. */
  children?: ReactNode;
}

export function Header({ user, status, children }: HeaderProps) {
  return (
    <header className="header">
      <div className="brand">
        <Mark size={26} />
        <span className="brand-name">Wayleave</span>
        <span className="brand-operator">{user.operator.name}</span>
      </div>
      {children ?? <span className="header-gap" />}
      {status && <ConnectionBadge status={status} />}
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
