import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { EventDraft } from '../events/draft.ts';
import type { EventChange } from '../events/event.ts';
import { recordFindings, retractEvents, standingEvents } from '../events/write-store.ts';
import { deleteTrips, recordTrips, standingTrips, type TripDraft } from '../trips/write-store.ts';
import { handlingOf } from './event-kinds.ts';
import { findingId } from './finding-id.ts';
import { isLate } from './late.ts';
import type { Reconciliation, ReplayedWindow, StandingFinding, ToldFinding } from './reconcile.ts';

/*
 * From what rules tell to what is stored of it: trips and stops in their table, everything else as
 * events; for connections under the roles `wayleave_ingest` and `wayleave_jobs` inside a transaction.
 */

/** What was told of a device's rules. */
export interface ToldOfDevice {
  deviceId: number;
  operatorId: number;
  /** Fix time of the device's newest position. */
  newestMs: number;
  told: Iterable<ToldFinding>;
}

/** Records what was told; what is stored already changes nothing. @returns what became of the events */
export async function recordTold(
  connection: Connection,
  devices: readonly ToldOfDevice[],
  nowMs: number,
): Promise<EventChange[]> {
  const events: EventDraft[] = [];
  const trips: TripDraft[] = [];
  for (const { deviceId, operatorId, newestMs, told } of devices) {
    for (const { finding, settledMs, vehicleId, settings } of told) {
      const draft = { finding, settledMs, operatorId, deviceId };
      if (finding.rule === 'trips') trips.push({ ...draft, vehicleId: vehicleId! });
      else {
        const late = isLate(finding, newestMs, nowMs);
        events.push({ ...draft, vehicleId, late, ...handlingOf(finding, settings.events) });
      }
    }
  }
  await recordTrips(connection, trips);
  return await recordFindings(connection, events, nowMs);
}

/** What stands of a device's findings in a window. */
export async function standingFindings(
  connection: Connection,
  deviceId: number,
  { afterMs, untilMs }: ReplayedWindow,
): Promise<StandingFinding[]> {
  const events = await standingEvents(connection, deviceId, afterMs, untilMs);
  return [...events, ...(await standingTrips(connection, deviceId, afterMs, untilMs))];
}

/** Makes what is stored what a replay found. @returns what became of the events */
export async function applyReconciliation(
  connection: Connection,
  { record, reopen, retract }: Reconciliation,
  device: Omit<ToldOfDevice, 'told'>,
  nowMs: number,
): Promise<EventChange[]> {
  const { deviceId, operatorId } = device;
  const recorded = await recordTold(connection, [{ ...device, told: record }], nowMs);
  const opened = reopen.map(({ finding, settledMs, vehicleId }) => ({
    severity: 'info' as const,
    routes: [],
    late: false,
    finding: { ...finding, endMs: null },
    settledMs,
    vehicleId,
    deviceId,
    operatorId,
  }));
  const isTrip = ({ finding }: { finding: { rule: string } }): boolean => finding.rule === 'trips';
  await recordTrips(
    connection,
    opened.filter(isTrip).map((draft) => ({ ...draft, vehicleId: draft.vehicleId! })),
  );
  const reopened = await recordFindings(
    connection,
    opened.filter((draft) => !isTrip(draft)),
    nowMs,
  );
  await deleteTrips(
    connection,
    retract.filter(({ standing }) => isTrip(standing)).map(({ standing }) => standing.id),
  );
  const retracted = await retractEvents(
    connection,
    retract
      .filter(({ standing }) => !isTrip(standing))
      .map(({ standing, reason, supersededBy }) => ({
        id: standing.id,
        reason,
        supersededBy: supersededBy && findingId(deviceId, supersededBy),
      })),
    nowMs,
  );
  return [...recorded, ...reopened, ...retracted];
}
