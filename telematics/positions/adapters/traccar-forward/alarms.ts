import type { Alarm } from '../../alarms.ts';

/**
 * What Traccar's alarms are called here. The others of `Position.ALARM_*` (movement, fallDown,
 * fuelLeak, powerRestored …) have no name of their own here and stay in the attribute `alarm`.
 * Source: https://github.com/traccar/traccar, src/main/java/org/traccar/model/Position.java
 * (Apache-2.0, commit 9e5c458); `shock` is what releases before 6.0 called `vibration`.
 */
export const traccarAlarms: ReadonlyMap<string, Alarm> = new Map([
  ['general', 'general'],
  ['sos', 'sos'],
  ['vibration', 'vibration'],
  ['shock', 'vibration'],
  ['overspeed', 'overspeed'],
  ['lowPower', 'lowPower'],
  ['lowBattery', 'lowBattery'],
  ['powerOff', 'powerOff'],
  ['powerCut', 'powerCut'],
  ['door', 'door'],
  ['geofenceEnter', 'geofenceEnter'],
  ['geofenceExit', 'geofenceExit'],
  ['gpsAntennaCut', 'antennaCut'],
  ['accident', 'crash'],
  ['tow', 'tow'],
  ['idle', 'idling'],
  ['hardAcceleration', 'harshAcceleration'],
  ['hardBraking', 'harshBraking'],
  ['hardCornering', 'harshCornering'],
  ['fatigueDriving', 'fatigue'],
  ['jamming', 'jamming'],
  ['tampering', 'tamper'],
  ['removing', 'unplug'],
]);
