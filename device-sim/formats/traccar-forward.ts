import { isMoving, type Observation } from '../tracker/observation.ts';
import { type Format, single } from './format.ts';

const KMH_PER_KNOT = 1.852;
/** What Traccar calls alarms, where that is another name. */
const ALARM = { powerCut: 'powerCut', unplug: 'removing', jamming: 'jamming', sos: 'sos' } as const;

/**
 * What a Traccar server forwards of its trackers (https://github.com/traccar/traccar,
 * src/main/java/org/traccar/forward): one position at a time, with its device.
 */
export const traccarForward: Format = {
  maxPerMessage: 1,
  resolutionMs: 1,
  needsGateway: true,
  encode: (ident, observations) => ({
    topic: 'traccar/positions',
    payload: JSON.stringify({
      position: positionOf(single(observations)),
      device: { id: 0, uniqueId: ident, name: ident, status: 'online', attributes: {} },
    }),
  }),
};

function positionOf(observed: Observation) {
  const time = new Date(observed.timeMs).toISOString().replace('Z', '+00:00');
  return {
    id: 0,
    deviceId: 0,
    protocol: 'gt06',
    deviceTime: time,
    fixTime: time,
    valid: observed.lat !== null,
    // Java's fields begin at zero.
    latitude: observed.lat ?? 0,
    longitude: observed.lon ?? 0,
    altitude: observed.altitudeM ?? 0,
    speed: (observed.speedKmh ?? 0) / KMH_PER_KNOT,
    course: observed.headingDeg ?? 0,
    accuracy: observed.accuracyM ?? 0,
    attributes: {
      sat: observed.satellites,
      hdop: observed.hdop ?? undefined,
      ignition: observed.ignition,
      motion: isMoving(observed),
      odometer: observed.odometerM,
      power: observed.batteryV,
      alarm: observed.alarm === null ? undefined : ALARM[observed.alarm],
    },
  };
}
