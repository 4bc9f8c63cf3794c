import type { Observation, SimulatedAlarm } from '../tracker/observation.ts';

/** What happens to a tracker rather than to its vehicle. Milliseconds from its beginning. */
export interface Outage {
  alarm: SimulatedAlarm | null;
  /** The vehicle's supply is gone: from its beginning, and until it is over. */
  isWithoutSupply: boolean;
  /** From then on the network does not reach it; it keeps what it measures. */
  unreachableAfterMs: number;
  /** From then on it measures nothing. */
  deadAfterMs: number;
  endsAfterMs: number;
}

const NEVER = Number.POSITIVE_INFINITY;
/** An alarm leaves before the network is jammed altogether, or the tracker torn off. */
const ALARM_LEAVES_MS = 4_000;

/** What may happen to a tracker, by name. */
export const outages = {
  /** Somebody cuts a wire; the tracker goes on for a while on its own cell. */
  powerCut: {
    alarm: 'powerCut',
    isWithoutSupply: true,
    unreachableAfterMs: NEVER,
    deadAfterMs: 50_000,
    endsAfterMs: 900_000,
  },
  /** Pulled off its connector, soon thrown away, found hours later perhaps. */
  unplug: {
    alarm: 'unplug',
    isWithoutSupply: true,
    unreachableAfterMs: NEVER,
    deadAfterMs: 20_000,
    endsAfterMs: 1_200_000,
  },
  /** A jammer drowns the network; what is measured meanwhile comes later. */
  jamming: {
    alarm: 'jamming',
    isWithoutSupply: false,
    unreachableAfterMs: ALARM_LEAVES_MS,
    deadAfterMs: NEVER,
    endsAfterMs: 150_000,
  },
  /** Falls silent on the road, and nobody knows why. */
  dark: {
    alarm: null,
    isWithoutSupply: false,
    unreachableAfterMs: 0,
    deadAfterMs: 0,
    endsAfterMs: 660_000,
  },
  /** No network, long enough that what happens meanwhile is told late. */
  hidden: {
    alarm: null,
    isWithoutSupply: false,
    unreachableAfterMs: 0,
    deadAfterMs: NEVER,
    endsAfterMs: 130_000,
  },
} as const satisfies Record<string, Outage>;
export type OutageName = keyof typeof outages;

/** A tracker that suffers from outages, one at a time. */
export interface Sufferer {
  begin(name: OutageName, atMs: number): void;
  isSuffering(timeMs: number): boolean;
  isReachable(timeMs: number): boolean;
  /** What the tracker says instead of what it observed; null for nothing. */
  say(observed: Observation, timeMs: number): Observation | null;
}

export function createSufferer(): Sufferer {
  let outage: Outage = outages.hidden;
  let sinceMs = Number.NEGATIVE_INFINITY;
  let hasAlarmed = false;
  const isOn = (timeMs: number): boolean => timeMs >= sinceMs && timeMs < sinceMs + outage.endsAfterMs;
  return {
    begin(name, atMs) {
      outage = outages[name];
      sinceMs = atMs;
      hasAlarmed = false;
    },
    isSuffering: isOn,
    isReachable: (timeMs) =>
      !isOn(timeMs) ||
      timeMs < sinceMs + Math.min(outage.unreachableAfterMs, outage.deadAfterMs + ALARM_LEAVES_MS),
    say(observed, timeMs) {
      if (!isOn(timeMs)) return observed;
      if (timeMs >= sinceMs + outage.deadAfterMs) return null;
      const said = outage.isWithoutSupply ? { ...observed, batteryV: 0 } : observed;
      // A fault of the tracker may have taken the place of its alarm; it is raised with the next report.
      if (hasAlarmed || outage.alarm === null || said.alarm !== null) return said;
      hasAlarmed = true;
      return { ...said, alarm: outage.alarm };
    },
  };
}
