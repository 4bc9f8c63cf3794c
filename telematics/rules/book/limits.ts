import type { VehicleKind } from '../../vehicles/vehicle.ts';
import type { SpeedLimit } from '../rule.ts';
import type { Span } from './spans.ts';

/** A limit of a kind of vehicle, or of one vehicle by itself or while leased. */
export interface Limit extends Span {
  id: string;
  scope: 'kind' | 'vehicle' | 'lease';
  kind: VehicleKind | null;
  vehicleId: string | null;
  lease: string | null;
  limitKmh: number;
}

/** The narrower scope of two equal limits is the one to name. */
const NARROWNESS = { lease: 0, vehicle: 1, kind: 2 } as const;

/** The lowest of the limits that hold, and what it is of; null if none does. */
export function lowestLimit(limits: readonly Limit[]): SpeedLimit | null {
  let lowest: Limit | null = null;
  for (const limit of limits) {
    if (
      lowest === null ||
      limit.limitKmh < lowest.limitKmh ||
      (limit.limitKmh === lowest.limitKmh && NARROWNESS[limit.scope] < NARROWNESS[lowest.scope])
    )
      lowest = limit;
  }
  if (lowest === null) return null;
  const { scope, limitKmh } = lowest;
  const id = scope === 'kind' ? lowest.kind! : scope === 'vehicle' ? lowest.vehicleId! : lowest.lease!;
  return { limitKmh, source: { scope, id } };
}
