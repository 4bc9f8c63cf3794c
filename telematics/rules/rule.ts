import type { VehicleKind } from '../vehicles/vehicle.ts';
import type { AppliedFence, VehicleFences } from './fences.ts';
import type { Finding } from './finding.ts';
import type { RuleSettings } from './settings.ts';

/**
 * A position as rules see it: without when it came, which must change nothing, and with numbers as the
 * database keeps them, so that a replay of stored positions sees the very same.
 */
export interface RuleFix {
  /** Epoch milliseconds. Never of a clock that was in doubt. */
  fixTimeMs: number;
  /** Degrees; null together when the fix is doubtful: then nothing is known but what was reported beside it. */
  lat: number | null;
  lon: number | null;
  speedKmh: number | null;
  headingDeg: number | null;
  accuracyM: number | null;
  /** From the good fix before it, metres; null if doubtful, or nothing to measure from. */
  distanceM: number | null;
  /** Whatever the verdict, what the tracker reported beside the fix. */
  ignition: boolean | null;
  odometerM: number | null;
  batteryV: number | null;
  /** Names with commas (positions/alarms.ts); null for none. */
  alarm: string | null;
  /** Bits of positions/quality/remarks.ts. */
  remarks: number;
  attributes: Readonly<Record<string, unknown>> | null;
}

/** A fix without doubt. */
export interface GoodFix extends RuleFix {
  lat: number;
  lon: number;
}

/** A good fix as it is remembered: without what was reported beside it only once. */
export type PreviousFix = Omit<GoodFix, 'alarm' | 'attributes'>;

/** What a rule sees besides its own state. */
export interface Moment {
  fix: RuleFix;
  /** The same fix if it is good, otherwise null. */
  good: GoodFix | null;
  /** The good fix before this one, of the same vehicle; null if there is none. */
  previous: PreviousFix | null;
  /** The last ignition that was reported up to and with this fix; null if none was. */
  ignition: boolean | null;
  /** The vehicle that the device is in; rules other than `alarms` run only while it is in one. */
  vehicle: RuleVehicle | null;
  settings: RuleSettings;
  /** The lowest limit beside those of geofences; null for none. */
  speedLimit: SpeedLimit | null;
  fences: VehicleFences;
  /** The fences that hold the good fix, whether active or not; empty for a doubtful one. */
  inside: readonly AppliedFence[];
}

export interface RuleVehicle {
  id: string;
  kind: VehicleKind;
}

/** A speed limit and where it comes from. */
export interface SpeedLimit {
  limitKmh: number;
  source: { scope: 'kind' | 'vehicle' | 'lease' | 'geofence'; id: string };
}

export interface Step<State> {
  /** The very same object if nothing changed. */
  state: State;
  found: readonly Finding[];
}

/** Why rules stop watching a vehicle. */
export type CloseReason = 'uninstalled' | 'disabled';

/**
 * A rule over the positions of one device in fix time. Pure: no clock, no I/O. `State` is JSON, bounded,
 * and says no more than what matters for what comes.
 */
export interface Rule<State> {
  initial: State;
  next(state: State, moment: Moment): Step<State>;
  /** Ends what lasts, at the instant of the last fix of the vehicle. The state is `initial` afterwards. */
  close(state: State, atMs: number, reason: CloseReason): readonly Finding[];
}

export const NOTHING_FOUND: readonly Finding[] = [];
