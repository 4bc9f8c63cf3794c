// The API as this console uses it, by hand: what generates types from OpenAPI documents needs the compiler of
// TypeScript 5, which this repository has not. local/console-contract.ts holds them against the API's schemas.

import type { RiskEvent } from './event-types.ts';

export type Role = 'customer' | 'agent' | 'fleet' | 'admin';
export type VehicleKind = 'motorcycle' | 'car' | 'van' | 'truck';

export interface User {
  id: string;
  email: string;
  name: string;
  role: Role;
  operator: { id: string; name: string };
}

export interface Session {
  accessToken: string;
  expiresInS: number;
  user: User;
}

export interface Position {
  fixTime: string;
  receivedAt: string;
  /** Null without a fix; a good position has a place. */
  lat: number | null;
  lon: number | null;
  speedKmh: number | null;
  headingDeg: number | null;
  altitudeM: number | null;
  accuracyM: number | null;
  satellites: number | null;
  ignition: boolean | null;
  odometerM: number | null;
  batteryV: number | null;
  alarm: string | null;
  h3: string | null;
  verdict: 'good' | 'doubtful';
  doubts: DoubtName[];
  remarks: RemarkName[];
  distanceM: number | null;
  attributes: Record<string, unknown>;
}

export type DoubtName =
  | 'no_fix'
  | 'out_of_range'
  | 'null_island'
  | 'future'
  | 'clock_unset'
  | 'inaccurate'
  | 'few_satellites'
  | 'impossible_jump'
  | 'frozen'
  | 'duplicate';

export type RemarkName =
  | 'week_rollover_corrected'
  | 'placed_at_receipt'
  | 'odometer_regressed'
  | 'odometer_replaced'
  | 'moved_unseen'
  | 'same_place';

/** One line of a simplified track; the properties have an entry for each vertex. */
export interface TrackFeature {
  type: 'Feature';
  geometry:
    | { type: 'LineString'; coordinates: [lon: number, lat: number][] }
    | { type: 'Point'; coordinates: [lon: number, lat: number] };
  properties: { deviceId: string; coordTimes: string[]; speedsKmh: (number | null)[] };
}

export interface SeriesPoint {
  time: string;
  min: number;
  max: number;
  mean: number;
  last: number;
  count: number;
}

export interface Series {
  from: string;
  to: string;
  bucketS: number;
  series: { metric: string; unit: string; points: SeriesPoint[] }[];
}

export interface Mileage {
  from: string;
  to: string;
  distanceM: number;
  odometerM: number | null;
  positions: number;
}

export interface Device {
  id: string;
  ident: string;
  model: string | null;
  status: 'active' | 'revoked';
  createdAt: string;
  lastSeenAt: string | null;
  vehicle: { id: string; label: string } | null;
}

export type SpeaksFor = 'listed' | 'all';

export interface Gateway {
  id: string;
  ident: string;
  model: string | null;
  status: 'active' | 'revoked';
  createdAt: string;
  speaksFor: SpeaksFor;
  listedDevices: number;
}

export type ListedDevice = Pick<Device, 'id' | 'ident' | 'status'>;

export type QuarantineState = 'open' | 'replayed';

export interface QuarantineEntry {
  id: string;
  receivedAt: string;
  deviceId: string;
  topic: string;
  reason: string;
  detail: string;
  /** Length of the whole payload. */
  payloadBytes: number;
  /** Its beginning; all of it unless it is truncated. */
  payloadBase64: string;
  payloadTruncated: boolean;
  replayRequestedAt: string | null;
  replayFailedAt: string | null;
  replayedAt: string | null;
}

export interface Thresholds {
  maxAheadS: number;
  maxAccuracyM: number;
  minSatellites: number;
  maxSpeedKmh: number;
  maxAccelerationMps2: number;
  jumpSlackM: number;
  frozenOdometerM: number;
  duplicateM: number;
}

export interface ThresholdsOfKind extends Thresholds {
  kind: VehicleKind;
  isDefault: boolean;
}

export interface RetentionSetting {
  keepDays: number;
  compressAfterDays: number;
}

export interface Retention extends RetentionSetting {
  updatedAt: string | null;
}

export interface Vehicle {
  id: string;
  label: string;
  kind: VehicleKind;
  plate: string | null;
  createdAt: string;
  device: { id: string; ident: string } | null;
  latest: Position | null;
}

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

export interface MapConfig {
  styleUrl: string | null;
}

/** RFC 9457; `code` is stable and what decisions are made on. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  code: string;
  errors?: { path: string; message: string }[];
}

export interface LiveVehicle {
  vehicleId: string;
  label: string;
  kind: VehicleKind;
  plate: string | null;
  deviceId: string | null;
  fixTime: string;
  receivedAt: string;
  lat: number;
  lon: number;
  speedKmh: number | null;
  headingDeg: number | null;
  ignition: boolean | null;
  alarm: string | null;
}

/** [west, south, east, north] in degrees; west > east crosses the antimeridian. */
export type Bounds = [west: number, south: number, east: number, north: number];

export type LiveRequest = { type: 'authenticate'; token: string } | { type: 'subscribe'; bounds?: Bounds };

export type LiveMessage =
  /** Raised, changed, ended or retracted; each as it now is. */
  | { type: 'events'; events: RiskEvent[] }
  | { type: 'ready'; operator: { id: string; name: string } }
  | { type: 'snapshot'; vehicles: LiveVehicle[]; total?: number; complete?: boolean }
  | { type: 'changes'; vehicles: LiveVehicle[]; left?: string[] }
  | { type: 'error'; code: string; detail?: string };
