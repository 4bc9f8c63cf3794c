import { isMoving, type Observation } from '../tracker/observation.ts';
import { type Format, single, wholeSeconds } from './format.ts';

/** An ident as the topic writes it: operator and vehicle. */
export const HFP_IDENT = /^\d{4}-\d{5}$/;

/**
 * High-frequency positioning of a vehicle on no line: `deadrun`, whose topic ends with the vehicle
 * (https://digitransit.fi/en/developers/apis/5-realtime-api/vehicle-positions/high-frequency-positioning/).
 * It knows neither satellites nor ignition, battery or alarms, and `odo` counts from the start of the trip.
 */
export const hslHfp: Format = {
  maxPerMessage: 1,
  resolutionMs: 1,
  needsGateway: false,
  encode(ident, observations) {
    const [operator = '', vehicle = ''] = ident.split('-');
    return {
      topic: `/hfp/v2/deadrun/ongoing/vp/bus/${operator}/${vehicle}`,
      payload: JSON.stringify({ VP: positionOf(operator, vehicle, single(observations)) }),
    };
  },
};

function positionOf(operator: string, vehicle: string, observed: Observation) {
  const { lat, lon, speedKmh, headingDeg } = observed;
  return {
    oper: Number(operator),
    veh: Number(vehicle),
    tst: new Date(observed.timeMs).toISOString(),
    tsi: wholeSeconds(observed),
    spd: speedKmh === null ? null : Math.round((speedKmh / 3.6) * 100) / 100,
    hdg: headingDeg === null ? null : Math.round(headingDeg),
    lat,
    long: lon,
    odo: observed.tripM,
    drst: isMoving(observed) ? 0 : null,
    loc: lat === null ? 'N/A' : 'GPS',
  };
}
