import { isMoving, type Observation } from '../tracker/observation.ts';
import { orZero } from './format.ts';

/** An I/O element of a Teltonika record; `bytes` is its width in the binary codecs. */
export interface IoElement {
  id: number;
  bytes: 1 | 2 | 4;
  value: number;
}

/** What Teltonika's trackers put into a record, whichever way it is written. */
export interface TeltonikaRecord {
  timestampMs: number;
  priority: number;
  /** Degrees, zeros without a fix. */
  lat: number;
  lon: number;
  altitudeM: number;
  headingDeg: number;
  satellites: number;
  speedKmh: number;
  /** The id of the element that caused the record; 0 for none. */
  event: number;
  elements: readonly IoElement[];
}

const IGNITION = 239;
/** The element of each alarm. A panic button is wired to an input; a cut supply is told as being unplugged. */
const ALARM_ELEMENT = { sos: 1, jamming: 249, powerCut: 252, unplug: 252 } as const;
const LOW = 0;
const HIGH = 1;
const PANIC = 2;

/** The elements are the usual ones (https://wiki.teltonika-gps.com/view/Teltonika_Data_Sending_Parameters_ID). */
export function teltonikaRecord(observed: Observation): TeltonikaRecord {
  return {
    timestampMs: observed.timeMs,
    lat: observed.lat ?? 0,
    lon: observed.lon ?? 0,
    altitudeM: orZero(observed.altitudeM),
    headingDeg: orZero(observed.headingDeg),
    satellites: observed.satellites,
    speedKmh: orZero(observed.speedKmh),
    ...causeOf(observed),
    elements: [
      { id: IGNITION, bytes: 1, value: observed.ignition ? 1 : 0 },
      { id: 240, bytes: 1, value: isMoving(observed) ? 1 : 0 },
      { id: 21, bytes: 1, value: 4 },
      ...alarmElement(observed),
      { id: 66, bytes: 2, value: Math.round(observed.batteryV * 1_000) },
      { id: 182, bytes: 2, value: Math.round((observed.hdop ?? 0) * 10) },
      { id: 16, bytes: 4, value: observed.odometerM },
    ],
  };
}

/** The input of a panic button has the priority of panic. */
function causeOf({ alarm, ignitionChanged }: Observation): { event: number; priority: number } {
  if (alarm !== null) return { event: ALARM_ELEMENT[alarm], priority: alarm === 'sos' ? PANIC : HIGH };
  return ignitionChanged ? { event: IGNITION, priority: HIGH } : { event: 0, priority: LOW };
}

function alarmElement({ alarm }: Observation): IoElement[] {
  if (alarm === null) return [];
  return [{ id: ALARM_ELEMENT[alarm], bytes: 1, value: 1 }];
}
