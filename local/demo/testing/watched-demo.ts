import { layOutCity } from '@wayleave/device-sim/city/city.ts';
import { createCityItinerary } from '@wayleave/device-sim/city/itinerary.ts';
import { DEFAULT_SEED } from '@wayleave/device-sim/fleet/options.ts';
import type { SimulatedDevice } from '@wayleave/device-sim/fleet-file.ts';
import { formats } from '@wayleave/device-sim/formats/formats.ts';
import { createIncidents, type Part } from '@wayleave/device-sim/incidents/incidents.ts';
import { findSites } from '@wayleave/device-sim/incidents/sites.ts';
import type { Itinerary } from '@wayleave/device-sim/motion/vehicle.ts';
import { createRandom } from '@wayleave/device-sim/random.ts';
import { createTracker, nextTracker } from '@wayleave/device-sim/tracker/tracker.ts';
import type { GeofenceFields } from '@wayleave/telematics/geofences/geofence.ts';
import { createAdapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import type { Position } from '@wayleave/telematics/positions/position.ts';
import { ruleEngine } from '@wayleave/telematics/rules/rules.ts';
import { caseContext, contextsOf } from '@wayleave/telematics/rules/testing/case-context.ts';
import { judgedFixes } from '@wayleave/telematics/rules/testing/judged-fixes.ts';
import type { VehicleKind } from '@wayleave/telematics/vehicles/vehicle.ts';
import { demoRuleSettings, demoSpeedLimits } from '../demo-rules.ts';
import { plannedVehicle } from '../fleet-plan.ts';
import { demoZones } from '../zones.ts';

/** An event that the rules come to, once everything that trackers sent has come. */
export interface Watched {
  ident: string;
  kind: string;
  /** Of the geofence that it is about; '' if it is about none. */
  geofenceKind: string;
  /** From the start of the fleet until the fix that made it certain, seconds. */
  atS: number;
}

export interface WatchedDemo {
  events: Watched[];
  /** Fixes that rules saw, and how many of them were doubtful. */
  fixes: number;
  doubtful: number;
}

const REPORTING = { movingMs: 1_000, parkedMs: 30_000 };
/** A working morning: the market is open. */
const START_MS = Date.UTC(2026, 10, 20, 7);
const GROUPS = { motorcycle: 'm', truck: 't' } as const;

const adapters = createAdapters({
  traccarTopic: 'traccar/positions',
  flespiTopic: 'flespi/message/gw/devices/+',
});

/** The demonstration's fleet in its first so many seconds, without faults, as its rules see it. */
export function watchDemo(vehicles: number, seconds: number, incidents: number): WatchedDemo {
  const roads = createCityItinerary(layOutCity(DEFAULT_SEED));
  const stage = { roads, sites: findSites(roads.city) };
  const devices = Array.from({ length: vehicles }, (_, n): SimulatedDevice => {
    const { ident, kind, format } = plannedVehicle(n + 1);
    return { ident, kind, format, secret: 's' };
  });
  const partOf =
    incidents > 0 &&
    createIncidents({ seed: DEFAULT_SEED, devices, itinerary: roads, stage, frequency: incidents });
  const zones = demoZones({
    motorcyclesGroupId: GROUPS.motorcycle,
    lorriesGroupId: GROUPS.truck,
    ownVehicleId: null,
  });
  const watched: WatchedDemo = { events: [], fixes: 0, doubtful: 0 };
  for (const device of devices) {
    const part = partOf ? partOf(device, START_MS) : null;
    const fixes = judgedFixes(positionsOf(device, part?.itinerary ?? roads, part, seconds), device.kind);
    watched.fixes += fixes.length;
    watched.doubtful += fixes.filter(({ lat }) => lat === null).length;
    const contextAt = contextOf(device.kind, zones);
    let state = ruleEngine.initial;
    for (const fix of fixes) {
      const run = ruleEngine.next(state, fix, contextAt(fix.fixTimeMs));
      state = run.state;
      for (const { rule, kind, confirmedMs, details } of run.found) {
        // Told again with its end it is the same event.
        if (rule === 'trips' || confirmedMs !== fix.fixTimeMs) continue;
        const geofenceKind = typeof details.geofenceKind === 'string' ? details.geofenceKind : '';
        watched.events.push({
          ident: device.ident,
          kind,
          geofenceKind,
          atS: (confirmedMs - START_MS) / 1_000,
        });
      }
    }
  }
  watched.events.sort((a, b) => a.atS - b.atS);
  return watched;
}

function positionsOf(
  { ident, kind, format: name }: SimulatedDevice,
  itinerary: Itinerary,
  part: Part | null,
  seconds: number,
): Position[] {
  const format = formats[name];
  const random = createRandom(`${DEFAULT_SEED} ${ident}`);
  let state = createTracker(kind, itinerary, REPORTING, START_MS, random);
  const positions: Position[] = [];
  for (let s = 0; s < seconds; s++) {
    part?.at(state.timeMs + REPORTING.movingMs);
    const moment = nextTracker(state, itinerary, REPORTING, random);
    ({ state } = moment);
    const said = moment.observation && (part ? part.say(moment.observation) : moment.observation);
    if (!said) continue;
    const { topic, payload } = format.encode(ident, [said]);
    const decoded = adapters
      .forTopic(topic)
      ?.decode(Buffer.from(payload), { topic, receivedAtMs: state.timeMs });
    positions.push(...(decoded?.positions ?? []));
  }
  return positions;
}

function contextOf(kind: VehicleKind, zones: readonly GeofenceFields[]) {
  const limit = demoSpeedLimits.find((one) => one.scope === 'kind' && one.kind === kind);
  const groupId = kind === 'motorcycle' || kind === 'truck' ? GROUPS[kind] : null;
  return contextsOf(
    caseContext.parse({
      vehicle: { id: '1', kind },
      settings: demoRuleSettings,
      speedLimit: limit ? { limitKmh: limit.limitKmh, source: { scope: 'kind', id: kind } } : null,
      geofences: zones
        .filter((zone) => !zone.groupId || zone.groupId === groupId)
        .map(({ groupId: _group, vehicleId: _vehicle, ...zone }, at) => ({ ...zone, id: String(at + 1) })),
    }),
  );
}
