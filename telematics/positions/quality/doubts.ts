/**
 * What can speak against a fix. A position is good when no bit is set. Doubtful ones are stored and
 * can be shown; they never move a vehicle, start a trip or fire a rule, but their alarms count.
 * Stored as bits of `positions.doubts`: a number, once given, keeps its meaning.
 */
export const Doubt = {
  /** The device had no GNSS solution; what it sent as coordinates, if anything, is not one. */
  noFix: 1,
  /** A latitude beyond 90° or a longitude beyond 180°. */
  outOfRange: 2,
  /** Within about a hundred metres of 0° N 0° E, where only unset fields are. */
  nullIsland: 4,
  /** Fixed later than it was received, by more than a clock may run fast. */
  future: 8,
  /** From before the device's clock was set. */
  clockUnset: 16,
  /** The device itself believes to be further off than is useful. */
  inaccurate: 32,
  /** Too few satellites for a solution that can be trusted. */
  fewSatellites: 64,
  /** No such vehicle can have come here from the good fix before in that time. */
  impossibleJump: 128,
  /** Identical to the last bit while the odometer runs: the receiver hangs. */
  frozen: 256,
  /** An earlier fix told again under a later time. */
  duplicate: 512,
} as const;

const NAMES: readonly [bit: number, name: DoubtName][] = [
  [Doubt.noFix, 'no_fix'],
  [Doubt.outOfRange, 'out_of_range'],
  [Doubt.nullIsland, 'null_island'],
  [Doubt.future, 'future'],
  [Doubt.clockUnset, 'clock_unset'],
  [Doubt.inaccurate, 'inaccurate'],
  [Doubt.fewSatellites, 'few_satellites'],
  [Doubt.impossibleJump, 'impossible_jump'],
  [Doubt.frozen, 'frozen'],
  [Doubt.duplicate, 'duplicate'],
];

/** Stable names of the doubts, as the HTTP API shows them. */
export const doubtNames = [
  'no_fix',
  'out_of_range',
  'null_island',
  'future',
  'clock_unset',
  'inaccurate',
  'few_satellites',
  'impossible_jump',
  'frozen',
  'duplicate',
] as const;
export type DoubtName = (typeof doubtNames)[number];

/** The names of the bits that are set. */
export function doubtsOf(bits: number): DoubtName[] {
  return bits === 0 ? [] : NAMES.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name);
}
