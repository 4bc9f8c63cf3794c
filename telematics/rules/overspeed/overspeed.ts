import { NOTHING_FOUND, type Rule } from '../rule.ts';
import { ending, take } from './episode.ts';
import { lowestLimitKmh } from './limit.ts';
import { sampleOf, speedKmhAt } from './sample.ts';
import { NOT_SPEEDING, type OverspeedState } from './state.ts';

/**
 * Driving faster than the lowest limit that applies, as episodes: told when one lasted
 * `minDurationS`, and again when it is over. A single fix over a limit is none.
 */
export const overspeed: Rule<OverspeedState> = {
  initial: NOT_SPEEDING,
  next(state, moment) {
    const { good, settings } = moment;
    const { episode } = state;
    if (good === null) return { state, found: NOTHING_FOUND };
    if (!settings.overspeed.enabled) {
      if (episode === null) return { state, found: NOTHING_FOUND };
      return { state: NOT_SPEEDING, found: ending(episode, 'disabled') };
    }
    const speedKmh = speedKmhAt(good, moment);
    if (speedKmh === null) return { state, found: NOTHING_FOUND };
    if (episode === null && speedKmh <= lowestLimitKmh(good, moment) + settings.overspeed.toleranceKmh)
      return { state, found: NOTHING_FOUND };
    return take(state, sampleOf(good, speedKmh, moment), settings.overspeed);
  },
  // Its figures are those up to its last fix; later ones, if any, said nothing of speed or were strays.
  close: ({ episode }, _atMs, reason) => (episode === null ? NOTHING_FOUND : ending(episode, reason)),
};
