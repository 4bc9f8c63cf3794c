import { chance, createRandom } from '../random.ts';
import type { Observation } from '../tracker/observation.ts';
import type { CreateFault } from './fault.ts';
import { coldStart, frozen, garage, shaded, spike } from './receiver-faults.ts';
import { alarm, newOdometer } from './tracker-faults.ts';

/**
 * In the order in which they act: first what the receiver computes, then whether it has a fix at
 * all and by which clock, then what has nothing to do with it. The spike comes after the frozen, as
 * a receiver that hung on a spike would be believed.
 */
const FAULTS: Readonly<Record<string, CreateFault>> = {
  shaded,
  frozen,
  spike,
  garage,
  coldStart,
  newOdometer,
  alarm,
};

const NEWEST_FIRST_SHARE = 0.25;

/** What is wrong with a tracker. */
export interface Faults {
  /** It sends what it buffered newest first. */
  newestFirst: boolean;
  /** What the tracker says instead of what it observed. */
  spoil(observed: Observation): Observation;
}

/**
 * The same seed goes wrong alike. Trackers never do at a frequency of 0, and at 1 as often as to be
 * seen within minutes in a fleet of some dozens.
 */
export function createFaults(seed: string, frequency: number): Faults {
  if (frequency === 0) return { newestFirst: false, spoil: (observed) => observed };
  const faults = Object.entries(FAULTS).map(([name, create]) =>
    create(createRandom(`${seed} ${name}`), frequency),
  );
  let lastMs: number | null = null;
  return {
    newestFirst: chance(createRandom(`${seed} newest first`), NEWEST_FIRST_SHARE * frequency),
    spoil(observed) {
      const elapsedS = lastMs === null ? 0 : (observed.timeMs - lastMs) / 1_000;
      lastMs = observed.timeMs;
      return faults.reduce((said, fault) => fault(said, elapsedS), observed);
    },
  };
}
