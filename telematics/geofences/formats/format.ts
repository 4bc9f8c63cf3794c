import { CodedError } from '@wayleave/runtime/errors.ts';
import type { GeofenceKind, GeofenceSchedule, GeofenceShape, GeofenceView } from '../geofence.ts';

/** Of a file; the route that takes it has the same bound on its body. */
export const MAX_IMPORT_BYTES = 5 * 1_024 * 1_024;
/** Geofences and refusals of one file. */
export const MAX_IMPORT_FEATURES = 5_000;
/** Over all shapes of a file, so that checking them takes a second and not a minute. */
export const MAX_IMPORT_VERTICES = 250_000;
/** Collections in collections, folders in folders. */
export const MAX_IMPORT_DEPTH = 64;
/** Different ones of one file: some milliseconds each. */
export const MAX_IMPORT_SCHEDULES = 50;

/** What a file does not say. */
export interface ReadOptions {
  /** For what names no kind of ours. */
  kind: GeofenceKind;
  /** For lines without `widthM`. */
  corridorWidthM?: number | null | undefined;
  /** For points without `radiusM`. */
  pointRadiusM?: number | null | undefined;
  /** Of WKT alone: latitude comes first, as Traccar writes it. */
  isLatLon?: boolean | undefined;
}

/** A geofence of a file; its shape has been through `checkShape`, its schedule through `checkSchedule`. */
export interface ImportedGeofence {
  /** Position of the feature in the file, from 0; several share it that were one collection. */
  index: number;
  name: string;
  kind: GeofenceKind;
  shape: GeofenceShape;
  speedLimitKmh: number | null;
  dwellS: number | null;
  schedule: GeofenceSchedule | null;
}

/** Why a feature of a file is no geofence: a code of import-errors, `shape_…` or `schedule_invalid`. */
export interface RefusedFeature {
  index: number;
  name: string;
  code: string;
  detail: string;
}

export interface ImportReading {
  features: ImportedGeofence[];
  refused: RefusedFeature[];
}

/** What a file can hold of a geofence. */
export type ExportedGeofence = Pick<GeofenceView, 'name' | 'kind' | 'shape'> &
  Partial<Pick<GeofenceView, 'id' | 'speedLimitKmh' | 'dwellS' | 'schedule'>>;

/** A format in both directions. What is written reads the same again. */
export interface GeofenceFormat {
  contentType: string;
  fileExtension: string;
  /**
   * What fails of a feature is told beside the others. Throws a CodedError for the file as a whole:
   * `import_unreadable`, `import_too_large`, `import_too_many_features`, `import_too_many_vertices`.
   */
  read(text: string, options: ReadOptions): ImportReading;
  head: string;
  /** Between two items. */
  separator: string;
  write(geofence: ExportedGeofence): string;
  tail: string;
}

/** The file is not of the format. */
export const importUnreadable = (detail: string) => new CodedError('import_unreadable', 422, detail);

/** More than `MAX_IMPORT_BYTES`. */
export const importTooLarge = () =>
  new CodedError('import_too_large', 413, `The file is larger than ${MAX_IMPORT_BYTES} bytes.`);

/** More than `MAX_IMPORT_FEATURES`. */
export const importTooManyFeatures = () =>
  new CodedError('import_too_many_features', 422, `The file has more than ${MAX_IMPORT_FEATURES} features.`);

/** More than `MAX_IMPORT_VERTICES`. */
export const importTooManyVertices = () =>
  new CodedError('import_too_many_vertices', 422, `The file has more than ${MAX_IMPORT_VERTICES} points.`);

/** More than `MAX_IMPORT_SCHEDULES`: told of each feature beyond. */
export const importTooManySchedules = () =>
  new CodedError(
    'import_too_many_schedules',
    422,
    `The file has more than ${MAX_IMPORT_SCHEDULES} different schedules; import it in parts.`,
  );

/** A feature without anything drawn. */
export const geometryMissing = () => new CodedError('geometry_missing', 422, 'The feature has no geometry.');

/** A kind of geometry that is no area, line or point. */
export const geometryUnsupported = (type: string) =>
  new CodedError(
    'geometry_unsupported',
    422,
    `A geofence cannot be made of ${JSON.stringify(type.slice(0, 40))}.`,
  );

/** Coordinates that cannot be read. */
export const geometryInvalid = (detail: string) => new CodedError('geometry_invalid', 422, detail);

/** A point is the centre of a circle, and neither the file nor the caller says of which radius. */
export const radiusMissing = () =>
  new CodedError('radius_missing', 422, 'A point needs radiusM, its own or one for all points.');

/** A line is the middle of a corridor, and neither the file nor the caller says of which width. */
export const widthMissing = () =>
  new CodedError('width_missing', 422, 'A line needs widthM, its own or one for all lines.');

/** A property that has a meaning here and a value that has none. */
export const propertyInvalid = (name: string) =>
  new CodedError('property_invalid', 422, `The property ${name} has a value that it cannot have.`);

/** Coordinates are WGS 84, and nothing else is converted. */
export const crsUnsupported = (crs: string) =>
  new CodedError(
    'crs_unsupported',
    422,
    `Coordinates are WGS 84 (EPSG:4326), not ${JSON.stringify(crs.slice(0, 80))}.`,
  );
