import { alarmsRule } from './alarms/alarms.ts';
import { createEngine } from './engine.ts';
import { geofence as geofenceRule } from './geofence/geofence.ts';
import { harshDrivingRule } from './harsh-driving/harsh-driving.ts';
import { idlingRule } from './idling/idling.ts';
import { nightRelocationRule } from './night-relocation/night-relocation.ts';
import { odometerMismatchRule } from './odometer-mismatch/odometer-mismatch.ts';
import { overspeed as overspeedRule } from './overspeed/overspeed.ts';
import { towRule } from './tow/tow.ts';
import { tripsRule } from './trips/trips.ts';

/** Every rule that runs over positions, under the name of what it finds. A further rule is a folder and a line here. */
export const rules = {
  alarms: alarmsRule,
  geofence: geofenceRule,
  overspeed: overspeedRule,
  trips: tripsRule,
  harsh_driving: harshDrivingRule,
  idling: idlingRule,
  tow: towRule,
  night_relocation: nightRelocationRule,
  odometer_mismatch: odometerMismatchRule,
};

export const ruleEngine = createEngine(rules);
