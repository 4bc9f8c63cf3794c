import { exponential, type Random } from '../random.ts';

/** Whether the network reaches the tracker, and for how long it stays so. */
export interface Coverage {
  covered: boolean;
  leftS: number;
}

/** In minutes rather than hours, so that a small fleet shows a gap and its replay now and then. */
const COVERED_MEAN_S = 1500;
const LOST_MEAN_S = 90;
const LOST_LEAST_S = 12;
const LOST_MOST_S = 900;

const stretch = (covered: boolean, random: Random): Coverage => ({
  covered,
  leftS: covered
    ? exponential(random, COVERED_MEAN_S)
    : Math.min(LOST_MOST_S, LOST_LEAST_S + exponential(random, LOST_MEAN_S)),
});

/** Everyone starts in coverage. */
export const createCoverage = (random: Random): Coverage => stretch(true, random);

export function nextCoverage(coverage: Coverage, dtS: number, random: Random): Coverage {
  let { covered, leftS } = coverage;
  leftS -= dtS;
  while (leftS <= 0) {
    const after = stretch(!covered, random);
    covered = after.covered;
    leftS += after.leftS;
  }
  return { covered, leftS };
}
