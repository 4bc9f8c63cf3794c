import { exponential, type Random } from '../random.ts';

/** Told how long it was exposed, says whether what happens every `meanS` on average has happened. */
export function createOccasion(random: Random, meanS: number): (exposedS: number) => boolean {
  let leftS = exponential(random, meanS);
  return (exposedS) => {
    leftS -= exposedS;
    if (leftS > 0) return false;
    leftS = exponential(random, meanS);
    return true;
  };
}
