/** A number from 0 up to but not including 1. */
export type Random = () => number;

/** The mulberry32 generator: small, fast, and good enough to vary tests. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const below = (random: Random, limit: number): number => Math.floor(random() * limit);
const pick = <T>(random: Random, from: readonly T[]): T => from[below(random, from.length)] as T;

/** Every truncation of a sample, every one of its bits flipped, and every byte inverted. */
export function* brokenBytes(sample: Buffer): Generator<Buffer, void, undefined> {
  for (let length = 0; length < sample.length; length++) yield Buffer.from(sample.subarray(0, length));
  for (let at = 0; at < sample.length; at++) {
    for (const mask of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
      const flipped = Buffer.from(sample);
      flipped[at] = (sample[at] ?? 0) ^ mask;
      yield flipped;
    }
  }
}

export function randomBytes(random: Random): Buffer {
  const length = random() < 0.95 ? below(random, 300) : below(random, 5_000);
  return Buffer.from(Array.from({ length }, () => below(random, 256)));
}

export function randomJson(random: Random): Buffer {
  return Buffer.from(JSON.stringify(randomValue(random, 4)) ?? 'null');
}

/** One sample changed in a few places, as bytes or, if it is JSON, as a value. */
export function mutatedSample(samples: readonly Buffer[], random: Random): Buffer {
  const sample = pick(random, samples);
  if (random() < 0.6) {
    const mutated = mutatedJson(sample, random);
    if (mutated !== null) return mutated;
  }
  let bytes = Buffer.from(sample);
  for (let left = 1 + below(random, 6); left > 0; left--) bytes = mutatedBytes(bytes, samples, random);
  return bytes;
}

/** Values that have broken parsers. */
const NASTY: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  0.1,
  1e-320,
  255.5,
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  8.64e15,
  8.64e15 + 2,
  1e21,
  1e308,
  -1e308,
  '',
  ' ',
  '0',
  '-1',
  '1e400',
  'NaN',
  'Infinity',
  '0x10',
  '0,0',
  '1.5',
  'N/A',
  '\0',
  '\ud800',
  '\udc00\\u0000',
  '\\',
  '__proto__',
  '2026-11-20T10:00:00Z',
  '2026-13-41T25:61:61Z',
  '9'.repeat(400),
  'a'.repeat(9_000),
  '\u20ac'.repeat(3_000),
  [],
  {},
  [[]],
  [null],
  { constructor: { prototype: null }, toString: 1, toJSON: 1 },
];
const NASTY_KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'toJSON',
  'hasOwnProperty',
  'length',
  '',
  '\0',
  '\ud83d',
];

function randomValue(random: Random, depth: number): unknown {
  const kind = random();
  if (depth === 0 || kind < 0.4)
    return kind < 0.2 ? pick(random, NASTY) : (random() - 0.5) * 10 ** below(random, 20);
  const length = below(random, 6);
  if (kind < 0.6) return Array.from({ length }, () => randomValue(random, depth - 1));
  const entries = Array.from({ length }, () => [randomKey(random), randomValue(random, depth - 1)] as const);
  return Object.fromEntries(entries);
}

function randomKey(random: Random): string {
  if (random() < 0.3) return pick(random, NASTY_KEYS);
  return String.fromCharCode(...Array.from({ length: 1 + below(random, 4) }, () => 97 + below(random, 26)));
}

type Container = unknown[] | Record<string, unknown>;

function mutatedJson(sample: Buffer, random: Random): Buffer | null {
  let root: unknown;
  try {
    root = JSON.parse(sample.toString());
  } catch {
    return null;
  }
  const containers: Container[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    containers.push(value as Container);
    for (const inner of Object.values(value)) collect(inner);
  };
  collect(root);
  if (containers.length === 0) return null;
  for (let left = 1 + below(random, 4); left > 0; left--) mutateOne(pick(random, containers), random);
  const json = JSON.stringify(root);
  if (random() > 0.02) return Buffer.from(json);
  // Put in as text, because JSON.stringify itself would not survive, or not write, some of it.
  const attack = pick(random, ATTACKS)(10 ** (1 + below(random, 4)));
  return Buffer.from(json.replace(/:/, () => `:${attack},"after":`));
}

/** JSON of about a size that costs more than its bytes, or means more than a number can hold. */
const ATTACKS: readonly ((size: number) => string)[] = [
  (size) => `${'['.repeat(size)}${']'.repeat(size)}`,
  (size) => `${'{"a":'.repeat(size)}1${'}'.repeat(size)}`,
  (size) => `${'{"1":'.repeat(size)}1${'}'.repeat(size)}`,
  (size) => `{${Array.from({ length: size }, (_, at) => `"k${at}":${at}`).join()}}`,
  (size) => `[${'{},'.repeat(size)}0]`,
  (size) => `"${'9'.repeat(size)}x"`,
  (size) => `"1${' '.repeat(size)}x"`,
  (size) => `1e${size}`,
  (size) => `-1${'0'.repeat(size)}`,
];

function mutateOne(container: Container, random: Random): void {
  const keys = Object.keys(container);
  const key = keys.length === 0 ? randomKey(random) : pick(random, keys);
  const value = random() < 0.7 ? pick(random, NASTY) : randomValue(random, 2);
  const kind = random();
  if (Array.isArray(container)) {
    if (kind < 0.2) container.pop();
    else if (kind < 0.4) container.push(value);
    else if (kind < 0.42) for (let at = 0; at < 1_001; at++) container.push(container[0]);
    else container[below(random, container.length + 1)] = value;
  } else if (kind < 0.15) delete container[key];
  else {
    const name = kind < 0.35 ? randomKey(random) : key;
    // Assigning to `__proto__` would set the prototype instead of a key that is written out.
    Object.defineProperty(container, name, { value, enumerable: true, configurable: true, writable: true });
  }
}

function mutatedBytes(bytes: Buffer, samples: readonly Buffer[], random: Random): Buffer<ArrayBuffer> {
  const at = below(random, bytes.length + 1);
  const other = pick(random, samples);
  const from = below(random, other.length + 1);
  const run = below(random, 12);
  const kind = random();
  if (kind < 0.4 && bytes.length > 0) {
    const changed = Buffer.from(bytes);
    changed[below(random, bytes.length)] =
      random() < 0.5 ? below(random, 256) : pick(random, [0, 1, 127, 128, 255]);
    return changed;
  }
  if (kind < 0.55) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + run)]);
  if (kind < 0.7)
    return Buffer.concat([bytes.subarray(0, at), randomBytes(random).subarray(0, run), bytes.subarray(at)]);
  if (kind < 0.85)
    return Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + run), bytes.subarray(at)]);
  if (kind < 0.95) return Buffer.concat([bytes.subarray(0, at), other.subarray(from)]);
  return Buffer.from(bytes.subarray(0, at));
}
