import type { Connection } from '@wayleave/runtime/postgres.ts';
import { type VehicleKind, vehicleKind } from '../../vehicles/vehicle.ts';
import { thresholdsOf } from './threshold-row.ts';
import { defaultThresholds, type Thresholds, type ThresholdsView } from './thresholds.ts';
import { deleteThresholds, listThresholds, putThresholds } from './thresholds-store.ts';

/** What holds for the transaction's operator: for each kind of vehicle its own thresholds, or the defaults. */
export async function effectiveThresholds(connection: Connection): Promise<ThresholdsView[]> {
  const own = new Map((await listThresholds(connection)).map((row) => [row.kind, thresholdsOf(row)]));
  return vehicleKind.options.map((kind) => viewOf(kind, own.get(kind)));
}

/** Takes effect with the next fixes; what is stored keeps the verdict that it has. */
export async function setThresholds(
  connection: Connection,
  kind: VehicleKind,
  set: Thresholds,
): Promise<ThresholdsView> {
  await putThresholds(connection, kind, set);
  return viewOf(kind, set);
}

/** Back to the defaults, also if nothing was set. */
export async function resetThresholds(connection: Connection, kind: VehicleKind): Promise<ThresholdsView> {
  await deleteThresholds(connection, kind);
  return viewOf(kind, undefined);
}

function viewOf(kind: VehicleKind, own: Thresholds | undefined): ThresholdsView {
  return { kind, ...(own ?? defaultThresholds[kind]), isDefault: own === undefined };
}
