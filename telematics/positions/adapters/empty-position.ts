import type { Position } from '../position.ts';
import { Doubt } from '../quality/doubts.ts';
import type { MessageOrigin } from './adapter.ts';

/** A position of which only the time is known yet: no fix until an adapter sets one. */
export function emptyPosition(
  fixTimeMs: number,
  { receivedAtMs }: Pick<MessageOrigin, 'receivedAtMs'>,
): Position {
  return {
    fixTimeMs,
    receivedAtMs,
    lat: null,
    lon: null,
    speedKmh: null,
    headingDeg: null,
    altitudeM: null,
    accuracyM: null,
    satellites: null,
    ignition: null,
    odometerM: null,
    batteryV: null,
    alarm: null,
    attributes: null,
    doubts: Doubt.noFix,
    remarks: 0,
  };
}
