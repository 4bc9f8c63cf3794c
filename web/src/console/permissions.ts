import type { Role, User } from '../api/types.ts';

/** As the API grants it; it checks every request by itself. */
const READERS: readonly Role[] = ['agent', 'fleet', 'admin'];
const WRITERS: readonly Role[] = ['fleet', 'admin'];

/** What a person is shown controls for. */
export interface Permissions {
  /** Vehicles, trackers, positions and what could not be read. */
  read: boolean;
  /** Change gateways, replay quarantined messages. */
  write: boolean;
  /** Change what holds for the whole operator. */
  administer: boolean;
}

export function permissionsOf({ role }: Pick<User, 'role'>): Permissions {
  return { read: READERS.includes(role), write: WRITERS.includes(role), administer: role === 'admin' };
}
