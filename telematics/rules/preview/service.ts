import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Connection } from '@wayleave/runtime/postgres.ts';
import { contentOf } from '../../geofences/content.ts';
import { findSegments } from '../../positions/history.ts';
import { portionsOf } from '../../positions/history-portions.ts';
import { positionsOfDevice } from '../../positions/history-store.ts';
import { MISDATED } from '../../positions/quality/verdict.ts';
import { getVehicle } from '../../vehicles/service.ts';
import { fenceVersion } from '../book/applied-fence.ts';
import type { Limit } from '../book/limits.ts';
import { loadBook } from '../book/load-book.ts';
import { OperatorBook } from '../book/operator-book.ts';
import { DeviceRun } from '../device-run.ts';
import type { Engine } from '../engine.ts';
import { handlingOf } from '../event-kinds.ts';
import type { ToldFinding } from '../reconcile.ts';
import type { RuleFix, RuleVehicle } from '../rule.ts';
import { ruleFixOfRow } from '../rule-fix.ts';
import { checkRuleSettings } from '../settings-service.ts';
import { previewTooLong } from './errors.ts';
import { boundsOf, isNear } from './near.ts';
import {
  MAX_PREVIEW_DAYS,
  MAX_PREVIEW_POSITIONS,
  type PreviewedEvent,
  type PreviewedTrip,
  type PreviewRequest,
  type PreviewView,
} from './preview.ts';

const DAY_MS = 86_400_000;
const POSITIONS_PER_PORTION = 1_000;
const ALWAYS = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };

/**
 * What the rules would have found over a vehicle's stored history. Nothing is stored or told, and what
 * came before the range is unknown: a vehicle that stood in a geofence then is first seen there.
 * @throws `vehicle_not_found`, `empty_time_range`, `preview_too_long`, and what geofences and settings are
 * refused for
 */
export async function previewRules(
  connection: Connection,
  operatorId: number,
  engine: Engine,
  request: PreviewRequest,
): Promise<PreviewView> {
  const range = {
    vehicleId: request.vehicleId,
    fromMs: Date.parse(request.from),
    toMs: Date.parse(request.to),
  };
  if (range.toMs - range.fromMs > MAX_PREVIEW_DAYS * DAY_MS) throw previewTooLong();
  if (request.settings) checkRuleSettings(request.settings);
  const { id, kind } = await getVehicle(connection, request.vehicleId);
  const vehicle: RuleVehicle = { id, kind };
  const fixes = await readFixes(connection, range);
  const book = await bookFor(connection, operatorId, vehicle, request, fixes);
  const run = new DeviceRun({ engine, book, vehicles: [{ vehicle, ...ALWAYS }] }, engine.initial);
  for (const [at, fix] of fixes.entries()) {
    run.passFix(fix);
    if (at % POSITIONS_PER_PORTION === 0) await nextTurn();
  }
  const told = [...(run.told?.values() ?? [])].sort((a, b) => a.finding.startMs - b.finding.startMs);
  return {
    positions: fixes.length,
    events: told.filter(({ finding }) => finding.rule !== 'trips').map(eventOf),
    trips: told.filter(({ finding }) => finding.rule === 'trips').map(tripOf),
  };
}

async function readFixes(
  connection: Connection,
  range: { vehicleId: string; fromMs: number; toMs: number },
): Promise<RuleFix[]> {
  const portions = portionsOf(
    async (work) => await work(connection),
    await findSegments(connection, range),
    async (_connection, part) => await positionsOfDevice(connection, { ...part, verdict: 'all' }),
    { portionRows: POSITIONS_PER_PORTION, limit: MAX_PREVIEW_POSITIONS + 1 },
  );
  const fixes: RuleFix[] = [];
  for await (const { rows } of portions) {
    for (const row of rows) if ((row.doubts & MISDATED) === 0) fixes.push(ruleFixOfRow(row));
    if (fixes.length > MAX_PREVIEW_POSITIONS) throw previewTooLong();
  }
  return fixes;
}

/** What held then, with what is tried in its place. */
async function bookFor(
  connection: Connection,
  operatorId: number,
  vehicle: RuleVehicle,
  { settings, geofences, speedLimitKmh }: PreviewRequest,
  fixes: readonly RuleFix[],
): Promise<OperatorBook> {
  const firstMs = fixes[0]?.fixTimeMs ?? Date.now();
  const book = new OperatorBook(firstMs);
  const track = boundsOf(placesOf(fixes));
  const limit = speedLimitKmh && triedLimit(vehicle, speedLimitKmh);
  await loadBook(connection, operatorId, book, {
    // Of thousands of geofences few are where the vehicle was; a territory counts wherever it is.
    isWanted: ({ kind, shape }) =>
      geofences === undefined && track !== null && (kind === 'territory' || isNear(shape, track)),
    tried: { settings: settings && [{ ...ALWAYS, settings }], limits: limit ? [limit] : undefined },
  });
  for (const [at, fields] of (geofences ?? []).entries()) {
    const content = contentOf(fields);
    book.putVersion(
      fenceVersion({
        key: at,
        geofenceId: `tried-${at + 1}`,
        version: 1,
        name: content.name,
        kind: content.kind,
        shape: content.shape,
        groupId: null,
        vehicleId: null,
        schedule: content.schedule,
        speedLimitKmh: content.speed_limit_kmh,
        dwellS: content.dwell_s,
        validFrom: new Date(firstMs),
        validTo: null,
      }),
    );
  }
  return book;
}

function* placesOf(fixes: readonly RuleFix[]): Generator<[lon: number, lat: number]> {
  for (const { lat, lon } of fixes) if (lat !== null && lon !== null) yield [lon, lat];
}

function triedLimit({ id }: RuleVehicle, limitKmh: number): Limit {
  return { ...ALWAYS, id: 'tried', scope: 'vehicle', kind: null, vehicleId: id, lease: null, limitKmh };
}

function eventOf({ finding, settings }: ToldFinding): PreviewedEvent {
  const { rule, kind, subject, lat, lon, details } = finding;
  return {
    kind,
    rule,
    subject,
    lat,
    lon,
    details,
    severity: handlingOf(finding, settings.events).severity,
    occurredAt: new Date(finding.startMs).toISOString(),
    confirmedAt: new Date(finding.confirmedMs).toISOString(),
    endedAt: finding.endMs === null ? null : new Date(finding.endMs).toISOString(),
  };
}

function tripOf({ finding }: ToldFinding): PreviewedTrip {
  const { kind, lat, lon, details } = finding;
  return {
    kind: kind === 'trip' ? 'trip' : 'stop',
    startedAt: new Date(finding.startMs).toISOString(),
    endedAt: finding.endMs === null ? null : new Date(finding.endMs).toISOString(),
    start: lat === null || lon === null ? null : { lat, lon },
    details,
  };
}
