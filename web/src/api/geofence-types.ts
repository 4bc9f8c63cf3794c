// What the API says of geofences and groups, by hand as in types.ts.

/** [lon, lat], degrees. */
export type LonLat = [lon: number, lat: number];

export type GeofenceShape =
  | { type: 'Circle'; center: LonLat; radiusM: number }
  /** The outer ring, then holes; each closed. */
  | { type: 'Polygon'; coordinates: LonLat[][] }
  | { type: 'MultiPolygon'; coordinates: LonLat[][][] }
  | { type: 'Corridor'; line: LonLat[]; widthM: number };

export type GeofenceKind = 'depot' | 'home' | 'territory' | 'forbidden' | 'border' | 'low_speed' | 'other';

export interface GeofenceSchedule {
  /** Local time of the first occurrence in `timeZone`, `2026-11-20T22:00:00`. */
  start: string;
  durationS: number;
  /** RFC 5545, without its name; null for one occurrence. */
  rrule: string | null;
  exdates: string[];
  timeZone: string;
}

/** What a person sets of a geofence. */
export interface GeofenceFields {
  name: string;
  kind: GeofenceKind;
  shape: GeofenceShape;
  groupId: string | null;
  vehicleId: string | null;
  schedule: GeofenceSchedule | null;
  speedLimitKmh: number | null;
  dwellS: number | null;
}

export interface Geofence extends GeofenceFields {
  id: string;
  version: number;
  validFrom: string;
  /** Null while it holds. */
  validTo: string | null;
}

export type GeofenceFormat = 'geojson' | 'kml' | 'wkt';

export interface GeofenceImport {
  format: GeofenceFormat;
  text: string;
  kind: GeofenceKind;
  groupId?: string;
  vehicleId?: string;
  corridorWidthM?: number;
  pointRadiusM?: number;
  /** Of WKT: latitude comes first. */
  isLatLon: boolean;
}

/** A feature that was not taken in, and why. */
export interface RefusedFeature {
  index: number;
  name: string;
  code: string;
  detail: string;
}

export interface Imported {
  created: Geofence[];
  refused: RefusedFeature[];
}

export interface VehicleGroup {
  id: string;
  name: string;
  /** How many are in it. */
  vehicles: number;
  createdAt: string;
}
