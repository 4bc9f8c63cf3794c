/**
 * What is worth knowing about a position without making it doubtful. Stored as bits of
 * `positions.remarks`: a number, once given, keeps its meaning.
 */
export const Remark = {
  /** The receiver's week counter had overflowed; 1,024 weeks, or twice that, were added. */
  weekRolloverCorrected: 1,
  /** The device's time cannot be, so it stands under the time of its receipt; attribute `reportedTime` has the device's. */
  placedAtReceipt: 2,
  /** The odometer reads less than before, by little. */
  odometerRegressed: 4,
  /** The odometer reads so much less or more than before that it must be another one, or was set. */
  odometerReplaced: 8,
  /** Further on than could be driven since the fix before, but fixes after it agree: it was driven, or towed, unseen. */
  movedUnseen: 16,
  /** Exactly where the good fix before it was, in one run since it came there, its odometer was replaced, or thirty days. */
  samePlace: 32,
} as const;

export const remarkNames = [
  'week_rollover_corrected',
  'placed_at_receipt',
  'odometer_regressed',
  'odometer_replaced',
  'moved_unseen',
  'same_place',
] as const;
export type RemarkName = (typeof remarkNames)[number];

const NAMES: readonly [bit: number, name: RemarkName][] = [
  [Remark.weekRolloverCorrected, 'week_rollover_corrected'],
  [Remark.placedAtReceipt, 'placed_at_receipt'],
  [Remark.odometerRegressed, 'odometer_regressed'],
  [Remark.odometerReplaced, 'odometer_replaced'],
  [Remark.movedUnseen, 'moved_unseen'],
  [Remark.samePlace, 'same_place'],
];

/** The names of the bits that are set. */
export function remarksOf(bits: number): RemarkName[] {
  return bits === 0 ? [] : NAMES.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name);
}
