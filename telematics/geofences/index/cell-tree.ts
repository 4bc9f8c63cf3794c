import { BASE_CELLS, type CellPath, DIGITS } from './cell-path.ts';

/*
 * A tree of H3 cells, each with the entries that were put there, in one array of words. The seven children
 * of a cell lie side by side in 64 bytes, so that a step down is one access to memory; cells without
 * anything below exist as two zeros at most.
 *
 * A node is two words: where its children begin, and where its entries are. Both are 0 for none. What
 * entries mean is the business of entries.ts; the first word of their block says how long it is, and of
 * which size.
 *
 * In a large tree most of the time goes into reaching memory. What lies below one cell of resolution
 * `NEIGHBOURHOOD` is therefore taken from chunks of its own: a question about a point touches few pages.
 */

const NODE_WORDS = 2;
const SIBLINGS_WORDS = 16;
/** The eighth place among siblings: where the chunk of a neighbourhood is used up to, and where it ends. */
const CHUNK_PLACE = DIGITS * NODE_WORDS;
const NEIGHBOURHOOD = 6;
const CHUNK_WORDS = 256;
/** The base cells follow the place that 0 names. */
const ROOTS_AT = SIBLINGS_WORDS;
const ROOTS_END = ROOTS_AT + Math.ceil((BASE_CELLS * NODE_WORDS) / SIBLINGS_WORDS) * SIBLINGS_WORDS;
/** No neighbourhood: what is taken does not lie with anything else. */
const ANYWHERE = 0;

const USED_BITS = 24;
/** Of one cell. */
const MAX_ENTRY_WORDS = (1 << USED_BITS) - 1;
/** Sizes of blocks: each about a fifth larger than the one before. */
const blockWords: number[] = [2, 3, 4, 5, 6, 7];
while (blockWords.at(-1)! <= MAX_ENTRY_WORDS) {
  const step = 1 << (29 - Math.clz32(blockWords.at(-1)!));
  blockWords.push(blockWords.at(-1)! + step);
}

export interface CellTree {
  words: Int32Array;
  used: number;
  /** Those below which there ever was anything. */
  readonly baseCells: number[];
  /** Where freed siblings begin; each names the next. */
  freeSiblings: number;
  /** By size of block, where freed ones begin; each names the next. */
  readonly freeBlocks: Int32Array;
}

export const createCellTree = (): CellTree => ({
  words: new Int32Array(ROOTS_END),
  used: ROOTS_END,
  baseCells: [],
  freeSiblings: 0,
  freeBlocks: new Int32Array(blockWords.length),
});

export const rootOf = (baseCell: number): number => ROOTS_AT + baseCell * NODE_WORDS;
export const childOf = (siblings: number, digit: number): number => siblings + digit * NODE_WORDS;

/** Where the entries of a block begin and end. */
export const entriesFrom = (block: number): number => block + 1;
export const entriesTo = (tree: CellTree, block: number): number =>
  block + 1 + (tree.words[block]! & MAX_ENTRY_WORDS);

/** Makes room for `count` words at the end of the entries of a cell; returns where it is in `tree.words`. */
export function addEntry(tree: CellTree, path: CellPath, resolution: number, count: number): number {
  let node = rootOf(path.baseCell);
  if (tree.words[node] === 0 && tree.words[node + 1] === 0 && !tree.baseCells.includes(path.baseCell)) {
    tree.baseCells.push(path.baseCell);
  }
  let neighbourhood = ANYWHERE;
  for (let level = 1; level <= resolution; level++) {
    let siblings = tree.words[node]!;
    if (siblings === 0) {
      siblings = takeSiblings(tree, neighbourhood);
      tree.words[node] = siblings;
    }
    if (level === NEIGHBOURHOOD + 1) neighbourhood = siblings + CHUNK_PLACE;
    node = childOf(siblings, path.digits[level]!);
  }
  const block = tree.words[node + 1]!;
  const used = block === 0 ? 0 : tree.words[block]! & MAX_ENTRY_WORDS;
  const needed = used + count;
  if (needed > MAX_ENTRY_WORDS) throw new RangeError('A cell of the geofence index is full');
  let home = block;
  if (block === 0 || needed >= blockWords[tree.words[block]! >>> USED_BITS]!) {
    home = takeBlock(tree, needed + 1, neighbourhood);
    tree.words.copyWithin(home + 1, block + 1, block + 1 + used);
    if (block !== 0) giveBlockBack(tree, block);
    tree.words[node + 1] = home;
  }
  tree.words[home] = ((tree.words[home]! >>> USED_BITS) << USED_BITS) | needed;
  return home + 1 + used;
}

const way = new Int32Array(16);

/**
 * Lets `sift` move the entries of a cell that are to stay to the front and say how many words they take,
 * and forgets cells that became empty.
 */
export function removeEntries(
  tree: CellTree,
  path: CellPath,
  resolution: number,
  sift: (words: Int32Array, from: number, to: number) => number,
): void {
  const { words } = tree;
  let node = rootOf(path.baseCell);
  way[0] = node;
  for (let level = 1; level <= resolution; level++) {
    if (words[node] === 0) return;
    node = childOf(words[node]!, path.digits[level]!);
    way[level] = node;
  }
  const block = words[node + 1]!;
  if (block === 0) return;
  const left = sift(words, entriesFrom(block), entriesTo(tree, block));
  if (left > 0) {
    words[block] = ((words[block]! >>> USED_BITS) << USED_BITS) | left;
    return;
  }
  giveBlockBack(tree, block);
  words[node + 1] = 0;
  for (let level = resolution - 1; level >= 0; level--) {
    const siblings = words[way[level]!]!;
    if (siblings === 0 || !areEmpty(words, siblings)) return;
    leaveChunk(tree, siblings + CHUNK_PLACE);
    words[siblings] = tree.freeSiblings;
    tree.freeSiblings = siblings;
    words[way[level]!] = 0;
  }
}

function areEmpty(words: Int32Array, siblings: number): boolean {
  for (let at = siblings; at < siblings + CHUNK_PLACE; at++) if (words[at] !== 0) return false;
  return true;
}

function takeSiblings(tree: CellTree, neighbourhood: number): number {
  const freed = tree.freeSiblings;
  if (freed === 0) return takeWords(tree, SIBLINGS_WORDS, neighbourhood);
  tree.freeSiblings = tree.words[freed]!;
  tree.words[freed] = 0;
  return freed;
}

function takeBlock(tree: CellTree, count: number, neighbourhood: number): number {
  let size = 0;
  while (blockWords[size]! < count) size += 1;
  let block = tree.freeBlocks[size]!;
  if (block === 0) block = takeWords(tree, blockWords[size]!, neighbourhood);
  else tree.freeBlocks[size] = tree.words[block + 1]!;
  tree.words[block] = size << USED_BITS;
  return block;
}

function giveBlockBack(tree: CellTree, block: number): void {
  const size = tree.words[block]! >>> USED_BITS;
  tree.words[block + 1] = tree.freeBlocks[size]!;
  tree.freeBlocks[size] = block;
}

/** Words that are 0, from the chunk of a neighbourhood where they fit one. */
function takeWords(tree: CellTree, count: number, neighbourhood: number): number {
  if (neighbourhood === ANYWHERE || count > CHUNK_WORDS / 4) return takeNew(tree, count);
  let from = tree.words[neighbourhood]!;
  if (from + count > tree.words[neighbourhood + 1]!) {
    leaveChunk(tree, neighbourhood);
    from = takeNew(tree, CHUNK_WORDS);
    tree.words[neighbourhood + 1] = from + CHUNK_WORDS;
  }
  tree.words[neighbourhood] = from + count;
  return from;
}

/** What is left of a chunk is given back as siblings, which any cell may take. */
function leaveChunk(tree: CellTree, neighbourhood: number): void {
  const { words } = tree;
  const end = words[neighbourhood + 1]!;
  for (let at = words[neighbourhood]!; at + SIBLINGS_WORDS <= end; at += SIBLINGS_WORDS) {
    words[at] = tree.freeSiblings;
    tree.freeSiblings = at;
  }
  words[neighbourhood] = 0;
  words[neighbourhood + 1] = 0;
}

function takeNew(tree: CellTree, count: number): number {
  const from = tree.used;
  tree.used += count;
  if (tree.used > tree.words.length) {
    // By an eighth once it is large: what is not used yet counts as memory, too.
    const share = tree.words.length < 1 << 20 ? tree.words.length : tree.words.length >> 3;
    const larger = new Int32Array(Math.max(tree.used, tree.words.length + share));
    larger.set(tree.words);
    tree.words = larger;
  }
  return from;
}
