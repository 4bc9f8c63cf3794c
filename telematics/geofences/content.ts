import type { GeofenceFieldsInput } from './antimeridian.ts';
import { attachedTwice, limitMissing } from './errors.ts';
import type { GeofenceFields } from './geofence.ts';
import { checkSchedule } from './schedule.ts';
import type { GeofenceContent } from './store.ts';
import { checkShape } from './validity.ts';

/**
 * What is stored of what a person set: checked, and its shape brought into the stored form.
 * @throws `geofence_attached_twice`, `geofence_limit_missing`, `schedule_invalid`, and the errors of
 * `checkShape`
 */
export function contentOf(fields: GeofenceFieldsInput): GeofenceContent {
  if (fields.schedule) checkSchedule(fields.schedule);
  return contentOfChecked({ ...fields, shape: checkShape(fields.shape) });
}

/**
 * The same of fields whose shape and schedule have been checked.
 * @throws `geofence_attached_twice`, `geofence_limit_missing`
 */
export function contentOfChecked(fields: GeofenceFields): GeofenceContent {
  const { groupId = null, vehicleId = null, schedule = null, speedLimitKmh = null, dwellS = null } = fields;
  if (groupId !== null && vehicleId !== null) throw attachedTwice();
  if (fields.kind === 'low_speed' && speedLimitKmh === null) throw limitMissing();
  return {
    name: fields.name,
    kind: fields.kind,
    shape: fields.shape,
    group_id: groupId,
    vehicle_id: vehicleId,
    schedule,
    speed_limit_kmh: speedLimitKmh,
    dwell_s: dwellS,
  };
}
