import { storableJson } from './storable-text.ts';

export const MAX_ATTRIBUTES_BYTES = 8 * 1_024;
/** Deeper ones are made to hurt: whoever walks or writes JSON does so by recursion. */
export const MAX_ATTRIBUTES_DEPTH = 32;

/**
 * The keys under which adapters keep what many formats report, so that a series of fuel is one
 * query whatever the tracker. Everything else stays under the tracker's own key.
 */
export interface NamedAttributes {
  fuelPercent?: number;
  fuelL?: number;
  /** Of the tracker's own battery. */
  batteryPercent?: number;
  /** Of the tracker's own battery, volts. */
  deviceBatteryV?: number;
  charging?: boolean;
  /** Whether the device believes that it moves. */
  moving?: boolean;
  engineRpm?: number;
  coolantC?: number;
  /** As the format numbers it. */
  gsmSignal?: number;
  hdop?: number;
  pdop?: number;
  /** Why the tracker sent this, in the format's own terms. */
  event?: string | number;
  /** The tracker kept it while it had no network. */
  buffered?: boolean;
  /** An answer to a command. */
  commandAnswer?: string;
}

/** Whether objects and lists lie within one another more than `levels` deep. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const key in value) {
    if (isDeeperThan(levels - 1, (value as Record<string, unknown>)[key])) return true;
  }
  return false;
}

/**
 * Attributes as the database can hold them: without what PostgreSQL's text cannot carry, null for
 * none, and `too_long` beyond {@link MAX_ATTRIBUTES_BYTES} or {@link MAX_ATTRIBUTES_DEPTH}.
 */
export function storableAttributes(
  attributes: Record<string, unknown>,
): Record<string, unknown> | null | 'too_long' {
  if (isDeeperThan(MAX_ATTRIBUTES_DEPTH, attributes)) return 'too_long';
  const json = JSON.stringify(attributes);
  if (json === '{}') return null;
  // A character takes three bytes at the most for each unit of UTF-16: only long ones need counting.
  if (json.length > MAX_ATTRIBUTES_BYTES / 3 && Buffer.byteLength(json) > MAX_ATTRIBUTES_BYTES)
    return 'too_long';
  const storable = storableJson(json);
  return (storable === json ? attributes : JSON.parse(storable)) as Record<string, unknown>;
}
