import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { EventDraft } from '../events/draft.ts';
import { handlingOf } from '../rules/event-kinds.ts';
import type { RuleSettings } from '../rules/settings.ts';
import { coverageCellsNear } from './coverage.ts';
import { holesAmong, type OperatorCell } from './coverage-store.ts';
import { classOf, isTamper, type SilenceFacts } from './silence-class.ts';
import { silenceFinding } from './silence-finding.ts';
import { type OperatorPatience, type SilentRow, silentDevices } from './silence-store.ts';

/** Silences told by one sweep; what is beyond follows with the next ones, those after an alarm first. */
const MAX_SILENT_PER_SWEEP = 2_000;

/** A silence that is about to be told. */
export interface Silent {
  operatorId: string;
  sinceMs: number;
  isTampered: boolean;
  draft: EventDraft;
}

/** The silences that nobody was told of and that are worth it. */
export async function silentFindings(
  connection: Connection,
  patience: readonly OperatorPatience[],
  settingsOf: (operatorId: string) => RuleSettings,
  nowMs: number,
): Promise<Silent[]> {
  const rows = await silentDevices(connection, patience, nowMs, MAX_SILENT_PER_SWEEP);
  const near = new Map(rows.map((row) => [row, cellsOf(row)]));
  const holes = await holesAmong(connection, [...near.values()].flat(), nowMs);
  const known = new Set(holes.map(keyOf));
  const silent: Silent[] = [];
  for (const row of rows) {
    const settings = settingsOf(row.operator_id);
    const isInCoverageHole = near.get(row)!.some((cell) => known.has(keyOf(cell)));
    const facts = factsOf(row, isInCoverageHole);
    const silenceClass = classOf(facts, settings.silence, nowMs);
    if (silenceClass === 'expected_sleep') continue;
    const finding = silenceFinding(facts, seenOf(row), settings.silence, silenceClass);
    const { severity, routes } = handlingOf(finding, settings.events);
    silent.push({
      operatorId: row.operator_id,
      sinceMs: facts.sinceMs,
      isTampered: isTamper(silenceClass),
      draft: {
        finding,
        settledMs: finding.confirmedMs,
        operatorId: Number(row.operator_id),
        deviceId: Number(row.device_id),
        vehicleId: row.vehicle_id,
        severity,
        routes,
        late: false,
      },
    });
  }
  return silent;
}

function cellsOf({ operator_id: operatorId, lat, lon }: SilentRow): OperatorCell[] {
  if (lat === null || lon === null) return [];
  return coverageCellsNear(lat, lon).map((cell) => ({ operatorId, cell }));
}

const keyOf = ({ operatorId, cell }: OperatorCell): string => `${operatorId} ${cell}`;

function factsOf(row: SilentRow, isInCoverageHole: boolean): SilenceFacts {
  return {
    sinceMs: row.since.getTime(),
    wasHeard: row.was_heard,
    wasParked: row.is_parked,
    batteryV: row.battery_v,
    deviceBatteryV: numberOf(row.device_battery_v),
    batteryPercent: numberOf(row.battery_percent),
    evidence: row.evidence,
    isInCoverageHole,
  };
}

/** An attribute of a tracker's own may be anything. */
function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function seenOf(row: SilentRow) {
  return {
    lat: row.lat,
    lon: row.lon,
    fixTimeMs: row.fix_time?.getTime() ?? null,
    ignition: row.ignition,
    speedKmh: row.speed_kmh,
  };
}
