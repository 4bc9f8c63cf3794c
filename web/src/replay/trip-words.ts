import type { DailyFigures, Trip } from '../api/event-types.ts';
import { distance, numberOf, span } from '../events/details.ts';

/** What else is worth saying of a trip or a stop: `top 62 km/h`, `towed`, `engine on for 8 min`. */
export function tripWords({ kind, details }: Pick<Trip, 'kind' | 'details'>): string[] {
  if (kind === 'stop') {
    const engineS = numberOf(details, 'ignitionOnS');
    return engineS !== null && engineS >= 60 ? [`engine on for ${span(minutes(engineS))}`] : [];
  }
  const top = numberOf(details, 'maxSpeedKmh');
  return [
    ...(top === null ? [] : [`top ${Math.round(top)} km/h`]),
    ...(details.towed === true ? ['towed'] : []),
    ...(details.gap === null || details.gap === undefined ? [] : ['with a gap']),
  ];
}

const minutes = (seconds: number) => Math.floor(seconds / 60) * 60;

/** A day's figures in the order in which they are asked for; of what did not happen nothing is said. */
export function dayFacts(figures: DailyFigures): { name: string; value: string }[] {
  const { harsh } = figures;
  const harshTotal = harsh.acceleration + harsh.braking + harsh.cornering;
  const facts: readonly [name: string, value: string | null][] = [
    ['Mileage', `${distance(figures.bestM)}, by ${figures.bestSource === 'odometer' ? 'odometer' : 'fixes'}`],
    ['Driving', figures.drivingS > 0 ? span(figures.drivingS) : null],
    ['Idling', figures.idleS > 0 ? span(figures.idleS) : null],
    ['Trips', figures.trips > 0 ? String(figures.trips) : null],
    ['Towed', figures.towedTrips > 0 ? String(figures.towedTrips) : null],
    ['Highest speed', figures.maxSpeedKmh === null ? null : `${Math.round(figures.maxSpeedKmh)} km/h`],
    ['Speeding', figures.overspeeds > 0 ? `${figures.overspeeds} × in ${span(figures.overspeedS)}` : null],
    ['Harsh driving', harshTotal > 0 ? `${harshTotal} ×` : null],
    ['At night', figures.nightDistanceM > 0 ? distance(figures.nightDistanceM) : null],
    ['Left its territory', figures.territoryExits > 0 ? `${figures.territoryExits} ×` : null],
    ['Forbidden zones', figures.forbiddenEntries > 0 ? `${figures.forbiddenEntries} ×` : null],
    ['Tampering', figures.tamperEvents > 0 ? `${figures.tamperEvents} ×` : null],
    ['Silent', figures.silenceS > 0 ? span(figures.silenceS) : null],
  ];
  return facts.flatMap(([name, value]) => (value === null ? [] : [{ name, value }]));
}
