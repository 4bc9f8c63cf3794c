import {
  type GeofenceKind,
  type GeofenceSchedule,
  geofenceFields,
  geofenceKind,
  geofenceSchedule,
} from '../geofence.ts';
import { scheduleInvalid } from '../shape-errors.ts';
import { type ExportedGeofence, propertyInvalid, type ReadOptions } from './format.ts';

/** What a feature says of itself: values of JSON, or all of them texts. */
export type Properties = Readonly<Record<string, unknown>>;

/** Read of a feature's properties; null for what it does not say. */
export interface FeatureProperties {
  kind: GeofenceKind;
  speedLimitKmh: number | null;
  dwellS: number | null;
  schedule: GeofenceSchedule | null;
  radiusM: number | null;
  widthM: number | null;
}

/** Throws `property_invalid` or `schedule_invalid`. A kind that is none of ours counts as none. */
export function readProperties(properties: Properties, options: ReadOptions): FeatureProperties {
  const kind = geofenceKind.safeParse(properties.kind);
  return {
    kind: kind.success ? kind.data : options.kind,
    speedLimitKmh: fieldOf(properties, 'speedLimitKmh'),
    dwellS: fieldOf(properties, 'dwellS'),
    schedule: scheduleOf(properties.schedule),
    radiusM: numberOf(properties, 'radiusM') ?? numberOf(properties, 'radius'),
    widthM: numberOf(properties, 'widthM') ?? numberOf(properties, 'width'),
  };
}

function fieldOf(properties: Properties, name: 'speedLimitKmh' | 'dwellS'): number | null {
  const value = numberOf(properties, name);
  if (!geofenceFields.shape[name].safeParse(value).success) throw propertyInvalid(name);
  return value;
}

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?\s*$/;

function numberOf(properties: Properties, name: string): number | null {
  const value = properties[name];
  if (value === undefined || value === null || value === '') return null;
  const number = typeof value === 'string' && NUMBER.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw propertyInvalid(name);
  return number;
}

function scheduleOf(value: unknown): GeofenceSchedule | null {
  if (value === undefined || value === null || value === '') return null;
  const parsed = geofenceSchedule.safeParse(typeof value === 'string' ? fromJson(value) : value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw scheduleInvalid(`The schedule's ${issue?.path.join('.') || 'value'}: ${issue?.message}.`);
  }
  return parsed.data;
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw scheduleInvalid(`The schedule is not JSON: ${(error as Error).message}.`);
  }
}

/** What a file says of a geofence beside name and geometry; what is not set is left out. */
export function propertiesOf(geofence: ExportedGeofence): Record<string, unknown> {
  const { kind, shape, speedLimitKmh, dwellS, schedule } = geofence;
  return {
    kind,
    ...(typeof speedLimitKmh === 'number' && { speedLimitKmh }),
    ...(typeof dwellS === 'number' && { dwellS }),
    ...(schedule !== null && schedule !== undefined && { schedule }),
    ...(shape.type === 'Circle' && { radiusM: shape.radiusM }),
    ...(shape.type === 'Corridor' && { widthM: shape.widthM }),
  };
}
