import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { EventDraft } from '../events/draft.ts';
import type { Retraction } from '../events/write-store.ts';
import { handlingOf } from '../rules/event-kinds.ts';
import type { Finding } from '../rules/finding.ts';
import type { Json } from '../rules/json.ts';
import type { RuleSettings } from '../rules/settings.ts';
import { coverageCell } from './coverage.ts';
import type { OperatorCell } from './coverage-store.ts';
import {
  type OverSilence,
  silencesBufferedLater,
  silencesOver,
  silencesWorse,
  type ToldSilence,
} from './lasting-store.ts';
import { endedSilence, provedFalse, type SilenceEnd, worseSilence } from './silence-finding.ts';

/** Silences that one sweep ends, and those that it finds worse; the next ones follow with the next sweep. */
const MAX_REVISED_PER_SWEEP = 2_000;
/** Trackers send what they kept within this of coming back. */
const BUFFER_COMES_WITHIN_MS = 30 * 60_000;
/** A fix so much older than the first receipt was measured in the silence, not while the tracker woke. */
const BUFFERED_MARGIN_MS = 10 * 60_000;
/** An alarm that the rules find so long after a silence was told still has to do with it. */
const EVIDENCE_COMES_WITHIN_MS = 2 * 3_600_000;

export interface Ended {
  drafts: EventDraft[];
  retractions: Retraction[];
  /** Where trackers proved to have been well but without a network. */
  holes: OperatorCell[];
}

/** Silences that are over, and what came later of their time. */
export async function endSilences(
  connection: Connection,
  settingsOf: (operatorId: string) => RuleSettings,
  { own, operatorIds }: { own: ReadonlyMap<string, RuleSettings>; operatorIds: readonly string[] },
  nowMs: number,
): Promise<Ended> {
  const ended: Ended = { drafts: [], retractions: [], holes: [] };
  const disabled = [...own].filter(([, { silence }]) => !silence.enabled).map(([operatorId]) => operatorId);
  for (const row of await silencesOver(connection, disabled, nowMs, MAX_REVISED_PER_SWEEP)) {
    const finding = findingOf(row);
    const end = endOf(row, settingsOf(row.operator_id).silence.enabled, nowMs);
    if (provedFalse(finding, end)) {
      ended.retractions.push({ id: row.id, reason: 'heard_in_time', supersededBy: null });
      continue;
    }
    ended.drafts.push(draftOf(row, endedSilence(finding, end)));
    if (end.because === 'heard' && end.buffered) ended.holes.push(...holeOf(row));
  }
  const later = await silencesBufferedLater(
    connection,
    operatorIds,
    nowMs - BUFFER_COMES_WITHIN_MS,
    BUFFERED_MARGIN_MS / 1_000,
    MAX_REVISED_PER_SWEEP,
  );
  for (const row of later) {
    const finding = findingOf(row);
    ended.drafts.push(draftOf(row, { ...finding, details: { ...finding.details, buffered: true } }));
    ended.holes.push(...holeOf(row));
  }
  return ended;
}

/** Silences that turned out worse than they were told. */
export async function worsenSilences(
  connection: Connection,
  settingsOf: (operatorId: string) => RuleSettings,
  nowMs: number,
): Promise<EventDraft[]> {
  const sinceMs = nowMs - EVIDENCE_COMES_WITHIN_MS;
  const rows = await silencesWorse(connection, sinceMs, nowMs, MAX_REVISED_PER_SWEEP);
  return rows.flatMap((row) => {
    const worse = worseSilence(findingOf(row), row.evidence, nowMs);
    if (worse === null) return [];
    const handling = handlingOf(worse, settingsOf(row.operator_id).events);
    return [{ ...draftOf(row, worse), ...handling, isRestated: true }];
  });
}

function endOf(row: OverSilence, isEnabled: boolean, nowMs: number): SilenceEnd {
  const heard = row.last_received_at;
  if (heard === null || heard <= row.occurred_at)
    return { because: isEnabled ? 'uninstalled' : 'disabled', atMs: nowMs };
  const atMs = (row.first_at ?? heard).getTime();
  const marginMs = Math.min(BUFFERED_MARGIN_MS, (atMs - row.occurred_at.getTime()) / 2);
  const buffered = row.first_fix !== null && row.first_fix.getTime() < atMs - marginMs;
  return { because: 'heard', atMs, buffered };
}

/** Who was jammed or unplugged says nothing of the network where that happened. */
const TEACHING: readonly Json[] = ['unexplained', 'coverage_hole', 'low_battery'];

function holeOf({ operator_id: operatorId, lat, lon, details }: ToldSilence): OperatorCell[] {
  if (lat === null || lon === null || !TEACHING.includes(details.class ?? null)) return [];
  return [{ operatorId, cell: coverageCell(lat, lon) }];
}

function findingOf(row: ToldSilence): Finding {
  return {
    rule: 'silence',
    kind: 'silence',
    subject: '',
    startMs: row.occurred_at.getTime(),
    confirmedMs: row.confirmed_at.getTime(),
    endMs: row.ended_at?.getTime() ?? null,
    lat: row.lat,
    lon: row.lon,
    details: row.details,
  };
}

/** What is known already keeps how it was told. */
function draftOf(row: ToldSilence, finding: Finding): EventDraft {
  return {
    finding,
    settledMs: finding.endMs ?? finding.confirmedMs,
    operatorId: Number(row.operator_id),
    deviceId: Number(row.device_id),
    vehicleId: row.vehicle_id,
    severity: row.severity,
    routes: row.routes,
    late: false,
  };
}
