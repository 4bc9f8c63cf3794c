import { CodedError } from '@wayleave/runtime/errors.ts';
import { type GeofenceShapeInput } from '../antimeridian.ts';
import type { Coordinates } from '../geofence.ts';
import { checkSchedule } from '../schedule.ts';
import { checkShape, vertexCount } from '../validity.ts';
import {
  geometryMissing,
  type ImportReading,
  importTooLarge,
  importTooManyFeatures,
  importTooManySchedules,
  importTooManyVertices,
  MAX_IMPORT_BYTES,
  MAX_IMPORT_FEATURES,
  MAX_IMPORT_SCHEDULES,
  MAX_IMPORT_VERTICES,
  type ReadOptions,
  radiusMissing,
  widthMissing,
} from './format.ts';
import { type FeatureProperties, type Properties, readProperties } from './properties.ts';

const MAX_NAME_LENGTH = 100;

/** What files draw. Lines and points become corridors and circles by what is said of them. */
export type Drawn =
  | Extract<GeofenceShapeInput, { type: 'Polygon' | 'MultiPolygon' | 'Circle' }>
  | { type: 'LineString'; line: Coordinates[] }
  | { type: 'Point'; center: Coordinates };

/** Features of a file, one after the other, into geofences and refusals. */
export interface Collector {
  /** `draw` may throw a CodedError: it is what the feature is refused for. */
  add(name: unknown, properties: Properties, draw: () => Drawn[]): void;
  readonly reading: ImportReading;
}

/** Throws `import_too_large` for the text. */
export function createCollector(text: string, options: ReadOptions): Collector {
  if (text.length > MAX_IMPORT_BYTES || Buffer.byteLength(text) > MAX_IMPORT_BYTES) throw importTooLarge();
  const reading: ImportReading = { features: [], refused: [] };
  const verdicts = new Map<string, CodedError | null>();
  let index = -1;
  let vertices = 0;

  const check = (name: string, drawn: Drawn, of: FeatureProperties) => {
    const shape = shapeOf(drawn, of, options);
    vertices += vertexCount(shape);
    if (vertices > MAX_IMPORT_VERTICES) throw importTooManyVertices();
    const { kind, speedLimitKmh, dwellS, schedule } = of;
    reading.features.push({ index, name, kind, shape: checkShape(shape), speedLimitKmh, dwellS, schedule });
  };

  /** Runs what may be refused; what holds for the whole file goes through. */
  const attempt = (name: string, step: () => void) => {
    try {
      step();
    } catch (error) {
      if (!(error instanceof CodedError) || error.code.startsWith('import_too_many_v')) throw error;
      reading.refused.push({ index, name, code: error.code, detail: error.message });
    }
    if (reading.features.length + reading.refused.length > MAX_IMPORT_FEATURES) throw importTooManyFeatures();
  };

  return {
    reading,
    add(givenName, properties, draw) {
      index++;
      const name = nameOf(givenName) ?? `Geofence ${index + 1}`;
      attempt(name, () => {
        const of = readProperties(properties, options);
        if (of.schedule !== null) requireSchedule(of.schedule, verdicts);
        const drawn = merged(draw());
        if (drawn.length === 0) throw geometryMissing();
        for (const [i, one] of drawn.entries()) {
          const own = drawn.length === 1 ? name : numbered(name, i + 1);
          attempt(own, () => check(own, one, of));
        }
      });
    },
  };
}

/** Schedules repeat within a file, and a hard one takes its time. */
function requireSchedule(
  schedule: NonNullable<FeatureProperties['schedule']>,
  verdicts: Map<string, CodedError | null>,
): void {
  const key = JSON.stringify(schedule);
  let verdict = verdicts.get(key);
  if (verdict === undefined) {
    if (verdicts.size >= MAX_IMPORT_SCHEDULES) throw importTooManySchedules();
    verdict = scheduleVerdict(schedule);
    verdicts.set(key, verdict);
  }
  if (verdict !== null) throw verdict;
}

function scheduleVerdict(schedule: NonNullable<FeatureProperties['schedule']>): CodedError | null {
  try {
    checkSchedule(schedule);
    return null;
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
}

/** Several polygons of one feature are one area; anything else of several is a geofence each. */
function merged(drawn: Drawn[]): Drawn[] {
  if (drawn.length < 2) return drawn;
  const areas = drawn.flatMap((one) => {
    if (one.type === 'Polygon') return [one.coordinates];
    return one.type === 'MultiPolygon' ? one.coordinates : [];
  });
  const isAllAreas = drawn.every(({ type }) => type === 'Polygon' || type === 'MultiPolygon');
  return isAllAreas ? [{ type: 'MultiPolygon', coordinates: areas }] : drawn;
}

function shapeOf(drawn: Drawn, of: FeatureProperties, options: ReadOptions): GeofenceShapeInput {
  if (drawn.type === 'LineString') {
    const widthM = of.widthM ?? options.corridorWidthM;
    if (widthM === null || widthM === undefined) throw widthMissing();
    return { type: 'Corridor', line: drawn.line, widthM };
  }
  if (drawn.type === 'Point') {
    const radiusM = of.radiusM ?? options.pointRadiusM;
    if (radiusM === null || radiusM === undefined) throw radiusMissing();
    return { type: 'Circle', center: drawn.center, radiusM };
  }
  return drawn;
}

/** As a geofence may be called: without control characters and blank ends, cut to the length. */
function nameOf(given: unknown): string | null {
  if (typeof given !== 'string') return null;
  const name = cutTo(
    given
      .slice(0, 10 * MAX_NAME_LENGTH)
      .replace(/\p{Cc}+/gu, ' ')
      .trim(),
    MAX_NAME_LENGTH,
  );
  return name === '' ? null : name;
}

function numbered(name: string, number: number): string {
  const suffix = ` ${number}`;
  return cutTo(name, MAX_NAME_LENGTH - suffix.length) + suffix;
}

/** Not within a character that takes two code units. */
function cutTo(text: string, length: number): string {
  return (
    /[\uD800-\uDBFF]/.test(text[length - 1] ?? '') && text.length > length
      ? text.slice(0, length - 1)
      : text.slice(0, length)
  ).trim();
}
