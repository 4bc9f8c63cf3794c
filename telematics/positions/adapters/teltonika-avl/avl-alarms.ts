import { type Alarm, alarmText } from '../../alarms.ts';

/*
 * A tracker writes the state of a scenario (towing, jamming, ...) into every record while it lasts,
 * unless "Eventual Records" is on. An alarm is therefore raised by the record whose event id names
 * the parameter, once at each change, and the state of all others is an attribute only.
 */

/** What each raw value of a parameter raises, all of one byte. */
const RAISED: Readonly<Record<number, readonly (Alarm | null)[]>> = {
  175: ['geofenceExit', 'geofenceEnter'],
  236: [null, 'general'],
  246: [null, 'tow'],
  // 1 and 6: detected; 2 to 5: the trace of a crash, the only sign of it on some firmwares.
  247: [null, 'crash', 'crash', 'crash', 'crash', 'crash', 'crash'],
  249: [null, 'jamming'],
  251: [null, 'idling'],
  // "Unplug Detection": the external supply fell below 5.25 V, wherever the tracker itself is.
  252: [null, 'powerCut'],
  253: [null, 'harshAcceleration', 'harshBraking', 'harshCornering'],
  318: [null, 'gnssJamming', 'gnssJamming'],
};

/** 2 is the end of overspeeding in the zone. */
const GEOFENCE_ZONE: readonly (Alarm | null)[] = ['geofenceExit', 'geofenceEnter', null, 'overspeed'];

/** Geofence zones 1 to 50. */
const GEOFENCE_ZONES: readonly number[] = [
  155, 156, 157, 158, 159, 61, 62, 63, 64, 65, 70, 88, 91, 92, 93, 94, 95, 96, 97, 98, 99, 153, 154, 190, 191,
  192, 193, 194, 195, 196, 197, 198, 208, 209, 216, 217, 218, 219, 220, 221, 222, 223, 224, 225, 226, 227,
  228, 229, 230, 231,
];

const OVERSPEED_ID = 255;
const PANIC_PRIORITY = 2;
const MAX_DIGITAL_INPUT = 3;

const byId: (readonly (Alarm | null)[] | null)[] = Array.from({ length: 320 }, () => null);
for (const id of GEOFENCE_ZONES) byId[id] = GEOFENCE_ZONE;
for (const [id, raised] of Object.entries(RAISED)) byId[Number(id)] = raised;

/** What the parameter named by a record's event id raises with its value in that record, or null. */
export function eventAlarm(id: number, raw: number, priority: number): string | null {
  const alarm = raisedBy(id, raw) ?? wiredPanicButton(id, raw, priority);
  return alarm === null ? null : alarmText([alarm]);
}

/**
 * What a parameter raises as a state, for a record that does not say which event caused it: better
 * an alarm again and again than never. Geofences are left out, because 0 says "outside" there.
 */
export function stateAlarm(id: number, raw: number): Alarm | null {
  return id === 175 || byId[id] === GEOFENCE_ZONE ? null : raisedBy(id, raw);
}

function raisedBy(id: number, raw: number): Alarm | null {
  if (id === OVERSPEED_ID) return raw > 0 ? 'overspeed' : null;
  return byId[id]?.[raw] ?? null;
}

/**
 * Priority 2 alone only says that a record is to be sent at once, whatever it is about. On a
 * digital input that closes, it is how a panic button is set up.
 */
function wiredPanicButton(id: number, raw: number, priority: number): Alarm | null {
  return priority === PANIC_PRIORITY && id >= 1 && id <= MAX_DIGITAL_INPUT && raw === 1 ? 'sos' : null;
}
