import { layOutCity } from './city/city.ts';
import { createCityItinerary } from './city/itinerary.ts';
import { logLine } from './fleet/log.ts';
import { type FleetCommand, fleetHelp, readFleetCommand } from './fleet/options.ts';
import { type Fleet, startFleet } from './fleet/run-fleet.ts';
import { readFleetFile } from './fleet-file.ts';
import { findSites } from './incidents/sites.ts';
import { createRouteItinerary } from './routes/itinerary.ts';
import { readRouteFile } from './routes/route-file.ts';

/** Exit status of a process that was called wrongly (EX_CONFIG of sysexits.h). */
const EXIT_BAD_CONFIG = 78;
const STATUS_EVERY_MS = 10_000;
const STOP_DEADLINE_MS = 5_000;

async function start(command: FleetCommand): Promise<Fleet> {
  const devices = await readFleetFile(command.fleetFile);
  const roads = command.routeFile ? null : createCityItinerary(layOutCity(command.seed));
  const itinerary =
    roads ?? createRouteItinerary(await readRouteFile(command.routeFile ?? ''), command.routeSpeedKmh);
  const fleet = startFleet({
    mqttUrl: command.mqttUrl,
    devices,
    itinerary,
    reporting: { movingMs: command.movingMs, parkedMs: command.parkedMs },
    seed: command.seed,
    faults: command.faults,
    incidents: command.incidents,
    stage: roads && { roads, sites: findSites(roads.city) },
    startMs: Date.now() - command.hoursAgo * 3_600_000,
    timeScale: command.timeScale,
    log: logLine,
  });
  logLine('info', 'the fleet drives', { vehicles: devices.length, mqttUrl: command.mqttUrl });
  return fleet;
}

function stopOnSignals(fleet: Fleet, reporting: NodeJS.Timeout): void {
  let stopping = false;
  const stop = async (why: string) => {
    if (stopping) return;
    stopping = true;
    clearInterval(reporting);
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    await fleet.stop();
    logLine('info', 'stopped', { why, ...fleet.status() });
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(signal));
  // A launcher holds an IPC channel; when it is killed, nothing else would tell us.
  process.on('disconnect', () => void stop('the launcher is gone'));
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(fleetHelp());
    return;
  }
  const fleet = await start(readFleetCommand(args, process.env));
  const reporting = setInterval(() => logLine('info', 'fleet', { ...fleet.status() }), STATUS_EVERY_MS);
  stopOnSignals(fleet, reporting);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(EXIT_BAD_CONFIG);
});
