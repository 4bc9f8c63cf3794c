// What the API says of events, trips and days, by hand as in types.ts, and held against its schemas the same way.

export type Severity = 'info' | 'warning' | 'critical';

/** A value of `details`: whatever JSON holds. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface RiskEvent {
  id: string;
  kind: string;
  rule: string;
  severity: Severity;
  /** What tells it from others of its kind that began at the same instant, such as a geofence's id. */
  subject: string;
  vehicleId: string | null;
  deviceId: string;
  vehicleLabel: string | null;
  occurredAt: string;
  /** When the fix was made that made it certain. */
  confirmedAt: string;
  /** Null while it lasts. */
  endedAt: string | null;
  /** When the system found it. */
  detectedAt: string;
  changedAt: string;
  late: boolean;
  /** Grows with each change. */
  revision: number;
  retractedAt: string | null;
  retractionReason: string | null;
  supersededBy: string | null;
  lat: number | null;
  lon: number | null;
  details: Record<string, Json>;
  acknowledgedAt: string | null;
  acknowledgedBy: string | null;
  acknowledgementNote: string | null;
}

export interface DeadLetter {
  jobId: string;
  name: string;
  eventId: string | null;
  failedAt: string;
  attempts: number;
  reason: string;
  payload: unknown;
}

export interface Place {
  lat: number;
  lon: number;
}

export interface Trip {
  id: string;
  kind: 'trip' | 'stop';
  deviceId: string;
  startedAt: string;
  /** Null while it lasts. */
  endedAt: string | null;
  /** When the fix was made that made it certain. */
  confirmedAt: string;
  start: Place;
  end: Place | null;
  details: Record<string, Json>;
}

/** The figures of a vehicle's day; units are in the names. */
export interface DailyFigures {
  positions: number;
  firstFixAt: string | null;
  lastFixAt: string | null;
  distanceM: number;
  odometerM: number | null;
  /** The best of both. */
  bestM: number;
  bestSource: 'odometer' | 'distance';
  drivingS: number;
  idleS: number;
  trips: number;
  towedTrips: number;
  stops: number;
  nightS: number;
  nightDistanceM: number;
  maxSpeedKmh: number | null;
  harsh: { acceleration: number; braking: number; cornering: number };
  overspeeds: number;
  overspeedS: number;
  territoryExits: number;
  forbiddenEntries: number;
  tamperEvents: number;
  tows: number;
  silenceS: number;
  parkedOvernightH3: string | null;
  isComplete: boolean;
}

export interface DailySummary {
  /** `2026-11-20`, in its operator's time zone. */
  day: string;
  /** Stored, and not computed for this answer. */
  isFinal: boolean;
  version: number;
  computedAt: string;
  timeZone: string;
  figures: DailyFigures;
}
