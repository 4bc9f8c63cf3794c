import { moved, type Place } from '@wayleave/device-sim/geo.ts';
import { between, chance, createRandom, index, type Random } from '@wayleave/device-sim/random.ts';
import type { CaseGeofence } from '@wayleave/telematics/rules/testing/case-context.ts';

/** A fix as a tracker of our own format sends it. */
export type SentFix = Record<string, unknown> & { time: number; lat: number; lon: number };

/** What a tracker sends in the order in which it sends it; a message may come twice. */
export type SentMessage = readonly SentFix[];

/** Where all journeys begin. */
const MIDDLE: Place = { lat: 0.3476, lon: 32.5825 };
export const LIMIT_KMH = 80;

const circle = (eastM: number, radiusM: number) => {
  const { lat, lon } = moved(MIDDLE, eastM, 0);
  return { type: 'Circle' as const, center: [lon, lat] as [number, number], radiusM };
};

/** On the way of every journey: entered, left, passed at speed. Their ids are given when they are stored. */
export const FENCES: readonly Omit<CaseGeofence, 'id' | 'version'>[] = [
  { name: 'Territory', kind: 'territory', shape: circle(0, 5_000) },
  { name: 'Depot', kind: 'depot', shape: circle(0, 300), dwellS: 20 },
  { name: 'Forbidden', kind: 'forbidden', shape: circle(-3_500, 400) },
  { name: 'School', kind: 'low_speed', shape: circle(2_000, 500), speedLimitKmh: 40 },
];

const STEP_S = 5;
/** East and west of the middle a vehicle turns round. */
const TURN_M = 6_000;
const CRUISE_KMH = 60;
const HURRY_KMH = 108;
/** East of this it hurries on the way out. */
const HURRY_FROM_M = 3_000;
const ALARMS = ['powerCut', 'sos', 'jamming', 'tamper', 'crash'];
const ALARM_SHARE = 0.02;

/** What the journeys come to, whichever they are. */
export const KINDS: readonly string[] = [
  'trip',
  'overspeed',
  'geofenceEnter',
  'geofenceExit',
  'geofenceDwell',
  ...ALARMS,
];

/** The fixes of one tracker in the order of their times: to and fro through all the fences, for so many fixes. */
export function journeyFixes(seed: string, count: number, endMs: number): SentFix[] {
  const random = createRandom(seed);
  const cruiseMps = (CRUISE_KMH / 3.6) * between(random, 0.85, 1.1);
  let eastM = between(random, -TURN_M, TURN_M);
  let direction = chance(random, 0.5) ? 1 : -1;
  let odometerM = 1_000_000;
  return Array.from({ length: count }, (_, at): SentFix => {
    const mps = direction > 0 && eastM > HURRY_FROM_M ? HURRY_KMH / 3.6 : cruiseMps;
    if (at > 0) {
      eastM += direction * mps * STEP_S;
      odometerM += mps * STEP_S;
    }
    if (Math.abs(eastM) > TURN_M) direction = -Math.sign(eastM);
    const { lat, lon } = moved(MIDDLE, eastM, 0);
    return {
      time: endMs - (count - 1 - at) * STEP_S * 1_000,
      lat: Number(lat.toFixed(6)),
      lon: Number(lon.toFixed(6)),
      speedKmh: Math.round(mps * 36) / 10,
      headingDeg: direction > 0 ? 90 : 270,
      accuracyM: 5,
      satellites: 12,
      ignition: true,
      odometerM: Math.round(odometerM),
      ...(chance(random, ALARM_SHARE) ? { alarm: ALARMS[index(random, ALARMS.length)] } : {}),
    };
  });
}

const MOST_FIXES_A_MESSAGE = 4;
const LATE_SHARE = 0.15;
const LATE_BY_MESSAGES = [3, 60] as const;
const TWICE_SHARE = 0.05;

/** The messages of a journey: some come late, some twice, and from some trackers all backwards. */
export function messagesOf(seed: string, fixes: readonly SentFix[], isBackwards: boolean): SentMessage[] {
  const random = createRandom(`${seed} messages`);
  const messages: SentMessage[] = [];
  for (let at = 0; at < fixes.length; ) {
    const size = 1 + index(random, MOST_FIXES_A_MESSAGE);
    messages.push(fixes.slice(at, at + size));
    at += size;
  }
  const sent = messages.flatMap((message, at) => {
    const place = chance(random, LATE_SHARE) ? at + between(random, ...LATE_BY_MESSAGES) : at;
    return chance(random, TWICE_SHARE)
      ? [{ place, message }, again(random, place, message)]
      : [{ place, message }];
  });
  const inOrder = sent.toSorted((a, b) => a.place - b.place).map(({ message }) => message);
  return isBackwards ? inOrder.toReversed() : inOrder;
}

const again = (random: Random, place: number, message: SentMessage) => ({
  place: place + between(random, 0, LATE_BY_MESSAGES[1]),
  message,
});
