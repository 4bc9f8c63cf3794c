import type { NewSpeedLimit } from '../api/rule-types.ts';
import type { VehicleKind } from '../api/types.ts';

/** The fastest limit that the API takes. */
const MAX_LIMIT_KMH = 400;

export interface LimitFields {
  scope: NewSpeedLimit['scope'];
  kind: VehicleKind;
  vehicleId: string;
  lease: string;
  limit: string;
}

export const EMPTY_LIMIT: LimitFields = {
  scope: 'kind',
  kind: 'motorcycle',
  vehicleId: '',
  lease: '',
  limit: '',
};

/** The limit that the fields hold; null while something is missing or wrong. */
export function limitOf({ scope, kind, vehicleId, lease, limit }: LimitFields): NewSpeedLimit | null {
  const limitKmh = Number(limit);
  if (limit.trim() === '' || !(limitKmh > 0 && limitKmh <= MAX_LIMIT_KMH)) return null;
  if (scope === 'kind') return { scope, kind, limitKmh };
  if (vehicleId === '') return null;
  if (scope === 'vehicle') return { scope, vehicleId, limitKmh };
  return lease.trim() === '' ? null : { scope, vehicleId, lease: lease.trim(), limitKmh };
}
