import type { DoubtName, RemarkName } from '../api/types.ts';

/** What speaks against a fix, as an operator says it: short for a label, and the whole reason. */
export const DOUBT_WORDS: Record<DoubtName, { short: string; reason: string }> = {
  no_fix: { short: 'No fix', reason: 'The tracker had no satellite fix when it sent this.' },
  out_of_range: {
    short: 'Not on Earth',
    reason: 'The coordinates are beyond 90° of latitude or 180° of longitude.',
  },
  null_island: { short: 'At 0° N 0° E', reason: 'The place is 0° N 0° E, where only unset coordinates are.' },
  future: {
    short: 'From the future',
    reason: 'The fix is dated later than it was received: the tracker’s clock is wrong.',
  },
  clock_unset: { short: 'Clock not set', reason: 'The tracker’s clock had not been set yet.' },
  inaccurate: { short: 'Inaccurate', reason: 'The tracker itself says that it may be too far off.' },
  few_satellites: { short: 'Few satellites', reason: 'Too few satellites for a place that can be trusted.' },
  impossible_jump: {
    short: 'Impossible jump',
    reason: 'No vehicle of this kind can have come here in that time.',
  },
  frozen: {
    short: 'Receiver frozen',
    reason: 'The place stays the same to the last digit while the odometer runs.',
  },
  duplicate: { short: 'Told twice', reason: 'An earlier fix was told again under a later time.' },
};

export const REMARK_WORDS: Record<RemarkName, string> = {
  week_rollover_corrected: 'The receiver’s week counter had overflowed; its date was corrected.',
  placed_at_receipt: 'The tracker’s own time cannot be, so this stands under the time of its receipt.',
  odometer_regressed: 'The odometer reads a little less than before.',
  odometer_replaced: 'The odometer jumped: it was set, or the tracker was replaced.',
  moved_unseen: 'The vehicle moved unseen: driven or towed while nothing was heard.',
  same_place: 'Exactly where the fix before it was.',
};

/** `Few satellites, inaccurate`. */
export function shortDoubts(doubts: readonly DoubtName[]): string {
  const text = doubts.map((doubt) => DOUBT_WORDS[doubt]?.short.toLowerCase() ?? doubt).join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
