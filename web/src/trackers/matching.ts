import type { Device } from '../api/types.ts';

/** What a tracker is doing, as far as its account and its last message tell. */
export type DeviceState = 'reporting' | 'silent' | 'never' | 'revoked';

/** Trackers of parked vehicles report twice an hour at the least; a day without a word is worth a look. */
const SILENT_AFTER_MS = 24 * 3_600_000;

export function stateOf({ status, lastSeenAt }: Device, nowMs: number): DeviceState {
  if (status === 'revoked') return 'revoked';
  if (lastSeenAt === null) return 'never';
  return nowMs - Date.parse(lastSeenAt) > SILENT_AFTER_MS ? 'silent' : 'reporting';
}

export const DEVICE_STATE_NAMES: Record<DeviceState, string> = {
  reporting: 'Reporting',
  silent: 'Silent',
  never: 'Never seen',
  revoked: 'Revoked',
};

/** Every word of `query` somewhere in ident, model or vehicle. */
export function matches({ ident, model, vehicle }: Device, query: string): boolean {
  const text = `${ident} ${model ?? ''} ${vehicle?.label ?? ''}`.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
