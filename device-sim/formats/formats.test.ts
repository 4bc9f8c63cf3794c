import { createAdapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import type { Position } from '@wayleave/telematics/positions/position.ts';
import { Doubt } from '@wayleave/telematics/positions/quality/doubts.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_FIX, type Observation, type SimulatedAlarm } from '../tracker/observation.ts';
import { type FormatName, formatNames, formats } from './formats.ts';

const adapters = createAdapters({
  traccarTopic: 'traccar/positions',
  flespiTopic: 'flespi/message/gw/devices/+',
});
const RECEIVED_AT_MS = Date.UTC(2027, 0, 1);
const RUNS = 2_000;

const decimal = (min: number, max: number, digits: number) =>
  fc.integer({ min: min * 10 ** digits, max: max * 10 ** digits }).map((n) => n / 10 ** digits);

const fix = fc.record({
  lat: decimal(-90, 90, 6),
  lon: decimal(-180, 180, 6),
  altitudeM: fc.integer({ min: -400, max: 9_000 }),
  speedKmh: decimal(0, 250, 1),
  headingDeg: fc.integer({ min: 0, max: 359 }),
  accuracyM: decimal(1, 400, 1),
  hdop: decimal(0.5, 99, 1),
  satellites: fc.integer({ min: 1, max: 40 }),
});

const observation: fc.Arbitrary<Observation> = fc
  .tuple(
    fc.oneof({ weight: 9, arbitrary: fix }, { weight: 1, arbitrary: fc.constant(NO_FIX) }),
    fc.record({
      timeMs: fc.integer({ min: Date.UTC(2004, 0, 1), max: Date.UTC(2040, 0, 1) }),
      ignition: fc.boolean(),
      ignitionChanged: fc.boolean(),
      odometerM: fc.integer({ min: 0, max: 1_000_000_000 }),
      tripM: fc.integer({ min: 0, max: 100_000 }),
      batteryV: decimal(0, 30, 2),
      alarm: fc.constantFrom<(SimulatedAlarm | null)[]>(null, 'powerCut', 'unplug', 'jamming', 'sos'),
    }),
  )
  .map(([observedFix, rest]) => ({ ...observedFix, ...rest }));

const IDENTS: Record<string, string> = { 'hsl-hfp': '0999-00017' };
const identOf = (name: FormatName) => IDENTS[name] ?? '001017000000176';

/** The message as the product reads it, from its topic to the positions. */
function read(name: FormatName, observations: readonly Observation[]): Position[] {
  const ident = identOf(name);
  const { topic, payload } = formats[name].encode(ident, observations);
  const adapter = adapters.forTopic(topic);
  expect(adapter?.name).toBe(name);
  const bytes = Buffer.from(payload);
  const parts = adapter?.split?.(bytes) ?? [{ ident: adapter?.identOf(topic), payload: bytes }];
  expect(parts).toEqual([{ ident, payload: bytes }]);
  const decoded = adapter?.decode(bytes, { topic, receivedAtMs: RECEIVED_AT_MS });
  expect(decoded?.refusals).toEqual([]);
  return decoded?.positions ?? [];
}

/** What each format carries: how finely, or null for what it has no field for. */
interface Resolution {
  speedKmh: number;
  altitudeM: number | null;
  headingDeg: number | null;
  accuracyM: number | null;
  odometerM: number | null;
  batteryV: number | null;
  hasSatellites: boolean;
  hasHdop: boolean;
  ignition: 'always' | 'changes' | 'never';
  alarms: Partial<Record<SimulatedAlarm, string>>;
}

const EXACT = 1e-6;
const WHOLE = 0.5 + EXACT;
const ALL = { powerCut: 'powerCut', unplug: 'unplug', jamming: 'jamming', sos: 'sos' };
/** A tracker that is unplugged has lost its supply. */
const AS_POWER_CUT = { ...ALL, unplug: 'powerCut' };

const full: Resolution = {
  speedKmh: EXACT,
  altitudeM: EXACT,
  headingDeg: EXACT,
  accuracyM: EXACT,
  odometerM: EXACT,
  batteryV: EXACT,
  hasSatellites: true,
  hasHdop: true,
  ignition: 'always',
  alarms: ALL,
};

const RESOLUTION: Record<FormatName, Resolution> = {
  'native-json': { ...full, hasHdop: false },
  owntracks: {
    ...full,
    speedKmh: WHOLE,
    accuracyM: WHOLE,
    hasSatellites: false,
    hasHdop: false,
    alarms: { powerCut: 'powerCut', unplug: 'powerCut' },
  },
  'teltonika-json': { ...full, speedKmh: WHOLE, accuracyM: null, alarms: AS_POWER_CUT },
  'teltonika-codec': { ...full, speedKmh: WHOLE, accuracyM: null, alarms: AS_POWER_CUT },
  'navixy-ngp': { ...full, ignition: 'changes' },
  'ruptela-json': {
    ...full,
    speedKmh: WHOLE,
    accuracyM: null,
    hasHdop: false,
    alarms: { powerCut: 'unplug', unplug: 'unplug' },
  },
  'hsl-hfp': {
    speedKmh: 0.02,
    altitudeM: null,
    headingDeg: EXACT,
    accuracyM: null,
    odometerM: null,
    batteryV: null,
    hasSatellites: false,
    hasHdop: false,
    ignition: 'never',
    alarms: {},
  },
  // Traccar keeps knots and writes them in full; the adapter rounds to the metre per hour.
  'traccar-forward': { ...full, speedKmh: 0.001 },
  flespi: { ...full, accuracyM: null, alarms: AS_POWER_CUT },
};

function ignitionOf({ ignition, ignitionChanged, alarm }: Observation, told: Resolution['ignition']) {
  if (told === 'always') return ignition;
  // A message of NGP has one event, and an alarm goes first.
  return told === 'changes' && ignitionChanged && alarm === null ? ignition : null;
}

const OF_FIX = ['altitudeM', 'speedKmh', 'headingDeg', 'accuracyM'] as const;

/** What was read as something else than was observed; none when all is well. */
function misread(name: FormatName, observed: Observation, position: Position): string[] {
  const { resolutionMs } = formats[name];
  const told = RESOLUTION[name];
  const hasFix = observed.lat !== null;
  const isRight = {
    time: position.fixTimeMs === Math.floor(observed.timeMs / resolutionMs) * resolutionMs,
    alarm: position.alarm === ((observed.alarm && told.alarms[observed.alarm]) ?? null),
    ignition: position.ignition === ignitionOf(observed, told.ignition),
    odometer: isNear(position.odometerM, observed.odometerM, told.odometerM),
    battery: isNear(position.batteryV, observed.batteryV, told.batteryV),
    satellites: (position.satellites ?? 0) === (told.hasSatellites ? observed.satellites : 0),
    doubts: position.doubts === (hasFix ? 0 : Doubt.noFix),
    lat: hasFix ? isNear(position.lat, observed.lat, EXACT) : position.lat === null,
    lon: hasFix ? isNear(position.lon, observed.lon, EXACT) : position.lon === null,
    hdop: !hasFix || !told.hasHdop || isNear(Number(position.attributes?.['hdop']), observed.hdop, EXACT),
    ...Object.fromEntries(
      OF_FIX.map((column) => [column, !hasFix || isNear(position[column], observed[column], told[column])]),
    ),
  };
  return Object.entries(isRight).flatMap(([field, right]) => (right ? [] : [field]));
}

function isNear(read: number | null, observed: number | null, resolution: number | null): boolean {
  if (read === null || observed === null || resolution === null) return read === null && resolution === null;
  return Math.abs(read - observed) <= resolution;
}

describe.each(formatNames)('%s', (name) => {
  test('what a tracker says is read as what it observed, as finely as the format can tell', () => {
    const { maxPerMessage } = formats[name];
    const message = fc.array(observation, { minLength: 1, maxLength: maxPerMessage });
    fc.assert(
      fc.property(message, (observations) => {
        const positions = read(name, observations);
        expect(positions).toHaveLength(observations.length);
        expect(observations.flatMap((observed, i) => misread(name, observed, positions[i]!))).toEqual([]);
      }),
      { numRuns: Math.ceil(RUNS / Math.sqrt(maxPerMessage)) },
    );
  });
});

test.each(formatNames.filter((name) => formats[name].maxPerMessage === 1))(
  'a message of %s is about one observation',
  (name) => {
    expect(() => formats[name].encode(identOf(name), [])).toThrow(RangeError);
  },
);

test('HFP counts metres since the start of the trip, which are nobody’s odometer', () => {
  fc.assert(
    fc.property(observation, (observed) => {
      const [position] = read('hsl-hfp', [observed]);
      expect(position).toMatchObject({ odometerM: null, attributes: { odo: observed.tripM } });
    }),
  );
});

test('only formats whose topic names nobody need a gateway', () => {
  for (const name of formatNames) {
    const { topic } = formats[name].encode(identOf(name), [{ ...NO_FIX, ...LEAST }]);
    expect(formats[name].needsGateway).toBe(adapters.forTopic(topic)?.identOf(topic) === null);
  }
});

const LEAST = {
  timeMs: Date.UTC(2026, 10, 20),
  ignition: true,
  ignitionChanged: false,
  odometerM: 0,
  tripM: 0,
  batteryV: 12,
  alarm: null,
};
