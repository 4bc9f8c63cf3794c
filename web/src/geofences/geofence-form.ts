import type { GeofenceFields, GeofenceKind, GeofenceShape, LonLat } from '../api/geofence-types.ts';
import { type ScheduleFields, scheduleDefaults, scheduleFieldsOf, scheduleOf } from './schedule-form.ts';

const MAX_NAME_LENGTH = 100;
const MAX_LIMIT_KMH = 400;
const MAX_DWELL_MIN = 31 * 24 * 60;

/** What the form holds beside the shape. */
export interface FenceForm {
  name: string;
  kind: GeofenceKind;
  scope: 'fleet' | 'group' | 'vehicle';
  groupId: string;
  vehicleId: string;
  limitKmh: string;
  dwellMin: string;
  schedule: ScheduleFields;
}

export const emptyForm = (timeZone: string): FenceForm => ({
  name: '',
  kind: 'territory',
  scope: 'fleet',
  groupId: '',
  vehicleId: '',
  limitKmh: '',
  dwellMin: '',
  schedule: scheduleDefaults(timeZone),
});

export function formOf(fence: GeofenceFields, timeZone: string): FenceForm {
  const { name, kind, groupId, vehicleId, speedLimitKmh, dwellS, schedule } = fence;
  return {
    name,
    kind,
    scope: groupId !== null ? 'group' : vehicleId !== null ? 'vehicle' : 'fleet',
    groupId: groupId ?? '',
    vehicleId: vehicleId ?? '',
    limitKmh: speedLimitKmh === null ? '' : String(speedLimitKmh),
    dwellMin: dwellS === null ? '' : String(Number((dwellS / 60).toFixed(2))),
    schedule: scheduleFieldsOf(schedule, timeZone),
  };
}

export type FieldName = 'name' | 'kind' | 'whom' | 'limit' | 'dwell' | 'schedule' | 'shape';
export type Problems = Partial<Record<FieldName, string>>;

/** What the form and the shape make together, or what is still wrong, field by field. */
export function fieldsOf(
  form: FenceForm,
  shape: GeofenceShape | null,
  today: string,
): { fields: GeofenceFields; problems: null } | { fields: null; problems: Problems } {
  const problems: Problems = {};
  const name = form.name.trim();
  if (name === '') problems.name = 'Give it a name.';
  else if (name.length > MAX_NAME_LENGTH) problems.name = `At most ${MAX_NAME_LENGTH} characters.`;
  if (form.scope === 'group' && form.groupId === '') problems.whom = 'Choose a group.';
  if (form.scope === 'vehicle' && form.vehicleId === '') problems.whom = 'Choose a vehicle.';
  const limitKmh = numberOf(form.limitKmh);
  if (limitKmh !== null && !(limitKmh > 0 && limitKmh <= MAX_LIMIT_KMH)) {
    problems.limit = `More than 0, at most ${MAX_LIMIT_KMH} km/h.`;
  } else if (form.kind === 'low_speed' && limitKmh === null) {
    problems.limit = 'A low-speed zone needs its limit.';
  }
  const dwellMin = numberOf(form.dwellMin);
  if (dwellMin !== null && !(dwellMin > 0 && dwellMin <= MAX_DWELL_MIN)) {
    problems.dwell = 'More than 0 minutes, at most 31 days.';
  }
  const scheduled = scheduleOf(form.schedule, today);
  if ('problem' in scheduled) problems.schedule = scheduled.problem;
  if (!shape) problems.shape = 'Draw where it is.';
  if (!shape || 'problem' in scheduled || Object.keys(problems).length > 0) return { fields: null, problems };
  return {
    problems: null,
    fields: {
      name,
      kind: form.kind,
      shape,
      groupId: form.scope === 'group' ? form.groupId : null,
      vehicleId: form.scope === 'vehicle' ? form.vehicleId : null,
      schedule: scheduled.schedule,
      speedLimitKmh: limitKmh,
      dwellS: dwellMin === null ? null : Math.max(1, Math.round(dwellMin * 60)),
    },
  };
}

/** Not a number is one that no bound holds. */
const numberOf = (text: string): number | null => (text.trim() === '' ? null : Number(text));

const FIELD_OF_PATH: readonly [start: string, field: FieldName][] = [
  ['/name', 'name'],
  ['/kind', 'kind'],
  ['/groupId', 'whom'],
  ['/vehicleId', 'whom'],
  ['/speedLimitKmh', 'limit'],
  ['/dwellS', 'dwell'],
  ['/schedule', 'schedule'],
  ['/shape', 'shape'],
];
const FIELD_OF_CODE: Readonly<Record<string, FieldName>> = {
  schedule_invalid: 'schedule',
  vehicle_not_found: 'whom',
  vehicle_group_not_found: 'whom',
  geofence_attached_twice: 'whom',
  geofence_limit_missing: 'limit',
};

export interface Refusal {
  problems: Problems;
  /** What concerns no field. */
  general: string | null;
  /** The place on the map that is meant. */
  place: LonLat | null;
}

/** What the API refused, at the fields that it concerns. */
export function refusalOf(error: {
  code: string;
  message: string;
  fields: readonly { path: string; message: string }[];
}): Refusal {
  const problems: Problems = {};
  const general: string[] = [];
  for (const { path, message } of error.fields) {
    const field = FIELD_OF_PATH.find(([start]) => path.startsWith(start))?.[1];
    if (field) problems[field] ??= message;
    else general.push(message);
  }
  if (error.fields.length === 0) {
    const field = error.code.startsWith('shape_') ? 'shape' : FIELD_OF_CODE[error.code];
    if (field) problems[field] = error.message;
    else general.push(error.message);
  }
  return { problems, general: general.join(' ') || null, place: placeIn(error.message) };
}

/** A place that a message names as `[lon, lat]`. */
function placeIn(message: string): LonLat | null {
  const found = /\[(-?\d+(?:\.\d+)?), ?(-?\d+(?:\.\d+)?)\]/.exec(message);
  return found ? [Number(found[1]), Number(found[2])] : null;
}
