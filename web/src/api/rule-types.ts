import type { Place, RiskEvent, Severity, Trip } from './event-types.ts';
import type { GeofenceFields } from './geofence-types.ts';
import type { VehicleKind } from './types.ts';

// What the API says of the rules and their settings, by hand as in types.ts.

export type EventRoute = 'queue' | 'live';

export interface EventHandling {
  severity: Severity;
  routes: EventRoute[];
}

/** An operator's settings of all rules; units are in the names. */
export interface RuleSettings {
  timeZone: string;
  night: { fromHour: number; toHour: number };
  geofence: {
    enabled: boolean;
    confirmFixes: number;
    confirmS: number;
    maxAccuracyM: number;
    crossing: boolean;
    crossingMaxGapS: number;
  };
  overspeed: {
    enabled: boolean;
    toleranceKmh: number;
    minDurationS: number;
    recoveryMarginKmh: number;
    maxGapS: number;
  };
  trips: {
    minTripM: number;
    minStopS: number;
    stopRadiusM: number;
    minSpeedKmh: number;
    maxGapS: number;
  };
  harshDriving: {
    enabled: boolean;
    accelerationMps2: number;
    brakingMps2: number;
    corneringMps2: number;
    maxIntervalS: number;
  };
  idling: { enabled: boolean; minDurationS: number };
  tow: { enabled: boolean; minDistanceM: number; confirmFixes: number };
  nightRelocation: { enabled: boolean; radiusM: number; minNights: number };
  odometerMismatch: { enabled: boolean; minDistanceM: number; tolerancePercent: number };
  alarms: { repeatWithinS: number };
  silence: { enabled: boolean; afterS: number; sleepHeartbeatS: number };
  /** By kind, or kind and variant, where they differ from the defaults. */
  events: Record<string, EventHandling>;
}

export interface SpeedLimit {
  id: string;
  scope: 'kind' | 'vehicle' | 'lease';
  kind: VehicleKind | null;
  vehicleId: string | null;
  lease: string | null;
  limitKmh: number;
  validFrom: string;
}

export type NewSpeedLimit =
  | { scope: 'kind'; kind: VehicleKind; limitKmh: number }
  | { scope: 'vehicle'; vehicleId: string; limitKmh: number }
  | { scope: 'lease'; vehicleId: string; lease: string; limitKmh: number };

export interface PreviewRequest {
  vehicleId: string;
  from: string;
  to: string;
  settings?: RuleSettings;
  geofences?: GeofenceFields[];
  speedLimitKmh?: number;
}

/** An event that would have been raised; it has no id and was told to nobody. */
export type PreviewedEvent = Pick<
  RiskEvent,
  'kind' | 'rule' | 'subject' | 'severity' | 'occurredAt' | 'confirmedAt' | 'endedAt' | 'lat' | 'lon'
> & { details: Record<string, unknown> };

export type PreviewedTrip = Pick<Trip, 'kind' | 'startedAt' | 'endedAt'> & {
  start: Place | null;
  details: Record<string, unknown>;
};

export interface Preview {
  events: PreviewedEvent[];
  trips: PreviewedTrip[];
  /** How many positions were run through the rules. */
  positions: number;
}
