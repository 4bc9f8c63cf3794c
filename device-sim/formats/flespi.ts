import { isMoving, type Observation } from '../tracker/observation.ts';
import { type Format, oneOrList } from './format.ts';

/** Being unplugged is a cut supply there. */
const ALARM_PARAMETER = {
  powerCut: 'power.cut.alarm',
  unplug: 'power.cut.alarm',
  jamming: 'gsm.jamming.event',
  sos: 'sos.alarm',
} as const;

/** Messages as flespi publishes them (https://flespi.com/kb/messages-basic-information-units). */
export const flespi: Format = {
  maxPerMessage: 20,
  resolutionMs: 1,
  needsGateway: true,
  encode(ident, observations) {
    const deviceId = deviceIdOf(ident);
    const messages = observations.map((observed) => messageOf(ident, deviceId, observed));
    return {
      topic: `flespi/message/gw/devices/${deviceId}`,
      payload: JSON.stringify(oneOrList(messages)),
    };
  },
};

/** flespi numbers devices itself; here the number is the end of the ident. */
const deviceIdOf = (ident: string): number => Number(ident.replaceAll(/\D/g, '').slice(-7));

function messageOf(ident: string, deviceId: number, observed: Observation) {
  return {
    ident,
    'device.id': deviceId,
    'channel.id': 1,
    timestamp: observed.timeMs / 1_000,
    ...fixOf(observed),
    'position.satellites': observed.satellites,
    'engine.ignition.status': observed.ignition,
    'movement.status': isMoving(observed),
    'vehicle.mileage': observed.odometerM / 1_000,
    'external.powersource.voltage': observed.batteryV,
    ...(observed.alarm === null ? {} : { [ALARM_PARAMETER[observed.alarm]]: true }),
  };
}

function fixOf(observed: Observation) {
  if (observed.lat === null) return { 'position.valid': false };
  return {
    'position.valid': true,
    'position.latitude': observed.lat,
    'position.longitude': observed.lon,
    'position.altitude': observed.altitudeM,
    'position.speed': observed.speedKmh,
    'position.direction': observed.headingDeg,
    'position.hdop': observed.hdop,
  };
}
