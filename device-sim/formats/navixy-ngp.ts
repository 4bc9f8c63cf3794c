import { isMoving, type Observation } from '../tracker/observation.ts';
import { type Format, single } from './format.ts';

/** Predefined event identifiers of the Navixy Generic Protocol. */
const EVENT = {
  powerCut: 2,
  unplug: 103,
  jamming: 117,
  sos: 202,
  byTime: 403,
  ignitionOff: 604,
  ignitionOn: 605,
} as const;

/**
 * The Navixy Generic Protocol 1.2 (https://github.com/SquareGPS/navixy-api,
 * docs/iot-logic-api/Technologies/navixy-generic-protocol). Its ignition is told by events alone.
 */
export const navixyNgp: Format = {
  maxPerMessage: 1,
  resolutionMs: 1,
  needsGateway: false,
  encode: (ident, observations) => ({
    topic: `ngp/${ident}`,
    payload: JSON.stringify(messageOf(ident, single(observations))),
  }),
};

function messageOf(ident: string, observed: Observation) {
  const time = new Date(observed.timeMs).toISOString();
  return {
    message_time: time,
    device_id: ident,
    location: locationOf(observed, time),
    event_id: eventOf(observed),
    is_moving: isMoving(observed),
    hardware_mileage: observed.odometerM / 1_000,
    board_voltage: observed.batteryV,
  };
}

function locationOf(observed: Observation, time: string) {
  const { lat, lon, satellites } = observed;
  if (lat === null || lon === null) return { fix_type: 'NO_FIX', satellites };
  return {
    gnss_time: time,
    latitude: lat,
    longitude: lon,
    altitude: observed.altitudeM,
    satellites,
    speed: observed.speedKmh,
    heading: observed.headingDeg,
    precision: observed.accuracyM,
    hdop: observed.hdop,
    fix_type: 'HAS_FIX',
    source_type: 'GNSS',
  };
}

function eventOf({ alarm, ignition, ignitionChanged }: Observation): number {
  if (alarm !== null) return EVENT[alarm];
  if (ignitionChanged) return ignition ? EVENT.ignitionOn : EVENT.ignitionOff;
  return EVENT.byTime;
}
