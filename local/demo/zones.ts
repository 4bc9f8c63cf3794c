import { layOutCity } from '@wayleave/device-sim/city/city.ts';
import { DEFAULT_SEED } from '@wayleave/device-sim/fleet/options.ts';
import { moved, type Place } from '@wayleave/device-sim/geo.ts';
import { findSites, middleOf } from '@wayleave/device-sim/incidents/sites.ts';
import type { GeofenceFields } from '@wayleave/telematics/geofences/geofence.ts';

/** Whom some of the geofences hold for. */
export interface ZoneOwners {
  motorcyclesGroupId: string;
  lorriesGroupId: string;
  /** The vehicle that is left to the user. */
  ownVehicleId: string | null;
}

const TIME_ZONE = 'Africa/Kampala';
/** All roads of the city lie within; the road into the country leads out of it. */
const TERRITORY_MARGIN_M = 700;
const KAMPALA: [number, number] = [32.5825, 0.3476];
/** Of the zone around the school, and of a customer's home. */
const SCHOOL_RADIUS_M = 190;
const HOME_RADIUS_M = 120;
/** Where the banner of `npm start` puts the user's vehicle. */
const HOME: [number, number] = [32.5811, 0.3136];
const YARD_HALF_M = 60;
const PIER_HALF_WIDTH_M = 160;
const CORRIDOR_WIDTH_M = 160;
/** A visit to the depot that takes longer is an event. */
const DEPOT_DWELL_S = 300;
const SCHOOL_LIMIT_KMH = 35;
/** Corners of the bypass that a corridor needs to follow it. */
const CORRIDOR_EVERY = 3;

/** The geofences of the demonstration: where the simulated vehicles drive, and where they ought not to. */
export function demoZones({
  motorcyclesGroupId,
  lorriesGroupId,
  ownVehicleId,
}: ZoneOwners): GeofenceFields[] {
  const city = layOutCity(DEFAULT_SEED);
  const sites = findSites(city);
  const placeOf = (node: number): Place => city.places[node] ?? { lat: KAMPALA[1], lon: KAMPALA[0] };
  const yard = placeOf(sites.yard);
  return [
    {
      name: 'Greater Kampala',
      kind: 'territory',
      shape: { type: 'Circle', center: KAMPALA, radiusM: Math.round(sites.reachM + TERRITORY_MARGIN_M) },
    },
    {
      name: 'Depot',
      kind: 'depot',
      dwellS: DEPOT_DWELL_S,
      shape: polygon(
        [
          [-YARD_HALF_M, -YARD_HALF_M],
          [YARD_HALF_M, -YARD_HALF_M],
          [YARD_HALF_M, YARD_HALF_M],
          [-YARD_HALF_M, YARD_HALF_M],
        ].map(([east = 0, north = 0]) => moved(yard, east, north)),
      ),
    },
    { name: 'Harbour pier', kind: 'forbidden', shape: around(sites.pier) },
    {
      name: 'School',
      kind: 'low_speed',
      shape: { type: 'Circle', center: lonLat(placeOf(middleOf(sites.street))), radiusM: SCHOOL_RADIUS_M },
      speedLimitKmh: SCHOOL_LIMIT_KMH,
    },
    {
      name: 'Market at night',
      kind: 'forbidden',
      groupId: motorcyclesGroupId,
      shape: { type: 'Circle', center: KAMPALA, radiusM: HOME_RADIUS_M },
      schedule: {
        start: '2026-01-01T23:00:00',
        durationS: 6 * 3_600,
        rrule: 'FREQ=DAILY',
        exdates: [],
        timeZone: TIME_ZONE,
      },
    },
    {
      name: 'Lorries on the bypass',
      kind: 'other',
      groupId: lorriesGroupId,
      shape: {
        type: 'Corridor',
        line: sites.bypass.filter((_, at) => at % CORRIDOR_EVERY === 0).map((node) => lonLat(placeOf(node))),
        widthM: CORRIDOR_WIDTH_M,
      },
    },
    ...(ownVehicleId === null
      ? []
      : [
          {
            name: 'Customer’s home',
            kind: 'home' as const,
            vehicleId: ownVehicleId,
            shape: { type: 'Circle' as const, center: HOME, radiusM: HOME_RADIUS_M },
          },
        ]),
  ];
}

const lonLat = ({ lat, lon }: Place): [number, number] => [Number(lon.toFixed(6)), Number(lat.toFixed(6))];

function polygon(corners: readonly Place[]): GeofenceFields['shape'] {
  const ring = corners.map(lonLat);
  return { type: 'Polygon', coordinates: [[...ring, ...ring.slice(0, 1)]] };
}

/** The water around a pier, from its first place to beyond its last. */
function around(pier: readonly Place[]): GeofenceFields['shape'] {
  const [first, last] = [pier[0], pier.at(-1)];
  if (!first || !last) throw new RangeError('a pier has two ends');
  const [northM, eastM] = [(last.lat - first.lat) * 111_195, (last.lon - first.lon) * 111_195];
  const lengthM = Math.hypot(northM, eastM);
  const [north, east] = [northM / lengthM, eastM / lengthM];
  const corner = (from: Place, onM: number, rightM: number): Place =>
    moved(from, onM * east + rightM * north, onM * north - rightM * east);
  return polygon([
    corner(first, 0, -PIER_HALF_WIDTH_M),
    corner(first, 0, PIER_HALF_WIDTH_M),
    corner(last, PIER_HALF_WIDTH_M, PIER_HALF_WIDTH_M),
    corner(last, PIER_HALF_WIDTH_M, -PIER_HALF_WIDTH_M),
  ]);
}
