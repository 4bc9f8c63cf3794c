/**
 * A source of randomness: a number in [0, 1), like Math.random, but seeded, so that a fleet
 * lives the same life twice.
 */
export type Random = () => number;

/** xmur3: spreads a text over 32 bits, one word a call. */
function wordsOf(text: string): () => number {
  let h = 1779033703 ^ text.length;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 3432918353);
    h = (h << 13) | (h >>> 19);
  }
  return () => {
    h = Math.imul(h ^ (h >>> 16), 2246822507);
    h = Math.imul(h ^ (h >>> 13), 3266489909);
    h ^= h >>> 16;
    return h >>> 0;
  };
}

/** sfc32 of PractRand, seeded by any text. Give each vehicle its own text and their order stops mattering. */
export function createRandom(seed: string): Random {
  const word = wordsOf(seed);
  let a = word() | 0;
  let b = word() | 0;
  let c = word() | 0;
  let counter = word() | 0;
  return () => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
}

/** Uniform in [low, high). */
export const between = (random: Random, low: number, high: number): number => low + (high - low) * random();

export const chance = (random: Random, probability: number): boolean => random() < probability;

/** Standard normal (Box and Muller). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Exponential with this mean: the time until something that has no memory. */
export const exponential = (random: Random, mean: number): number => -mean * Math.log(1 - random());

/** Integer in [0, count). */
export const index = (random: Random, count: number): number => Math.floor(random() * count);
