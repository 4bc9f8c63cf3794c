import type { nativePosition } from '@wayleave/telematics/positions/adapters/native-json/schema.ts';
import type { z } from 'zod';
import type { Observation } from '../tracker/observation.ts';
import { type Format, oneOrList } from './format.ts';

/** The topic on which a device publishes its positions. */
export const positionsTopic = (ident: string): string => `devices/${ident}/positions`;

/** Wayleave's own: all that it has a field for, as it was observed. */
export const nativeJson: Format = {
  maxPerMessage: 20,
  resolutionMs: 1,
  needsGateway: false,
  encode: (ident, observations) => ({
    topic: positionsTopic(ident),
    payload: JSON.stringify(oneOrList(observations.map(positionOf))),
  }),
};

function positionOf(observed: Observation) {
  return {
    time: observed.timeMs,
    lat: observed.lat,
    lon: observed.lon,
    speedKmh: observed.speedKmh ?? undefined,
    headingDeg: observed.headingDeg ?? undefined,
    altitudeM: observed.altitudeM ?? undefined,
    accuracyM: observed.accuracyM ?? undefined,
    satellites: observed.satellites,
    ignition: observed.ignition,
    odometerM: observed.odometerM,
    batteryV: observed.batteryV,
    alarm: observed.alarm ?? undefined,
  } satisfies Partial<Record<keyof z.infer<typeof nativePosition>, unknown>>;
}
