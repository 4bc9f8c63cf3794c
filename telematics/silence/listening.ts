/*
 * Whether it is us who did not listen. When the broker, ingest, this schedule or a mobile network is
 * away, thousands of devices fall silent at once, and none of these silences is worth an event.
 */

const MINUTE_MS = 60_000;
/** As finely as onsets are told apart. */
export const BIN_MS = MINUTE_MS;
/** Devices that fall silent within this of one another may have a common cause. */
const TOGETHER_BINS = 10;
/** Of fewer devices nobody can say that they fell silent together; so many events are no flood. */
const MIN_TOGETHER = 10;
/** So many devices heard within a day say something at any hour. */
const MIN_TALKING = 50;
/** Nobody says anything for so long only if nobody listens. */
const QUIET_MS = 10 * MINUTE_MS;
/** Sweeps come every minute; after such a pause this schedule did not run. */
const PAUSE_MS = 5 * MINUTE_MS;
/** At most so long trackers take to come back once somebody listens again. */
const MAX_GRACE_MS = 30 * MINUTE_MS;
/** Onsets that are remembered. */
const MAX_ONSETS = 200;

/** How many devices that were awake were last heard in a span of `BIN_MS`, which starts at `bin * BIN_MS`. */
export interface HeardBin {
  operatorId: string;
  bin: number;
  awake: number;
}

/** Of all operators. */
export interface Heard {
  bins: readonly HeardBin[];
  /** Devices heard within the last day, awake or not. */
  talking: number;
  /** The last receipt from any device, epoch milliseconds; null if there never was one. */
  newestMs: number | null;
}

/** Devices of an operator, or of all for `null`, fell silent together. */
interface Onset {
  operatorId: string | null;
  bin: number;
  /** The last sweep at which most of them still were. */
  untilMs: number;
}

/** What is known of how we listened, from sweep to sweep. JSON. */
export interface ListeningMemory {
  lastSweepMs: number | null;
  /** Nobody listened until then, and how long. */
  deaf: { untilMs: number; forMs: number } | null;
  onsets: readonly Onset[];
}

export const NOTHING_KNOWN: ListeningMemory = { lastSweepMs: null, deaf: null, onsets: [] };

export interface Listening {
  memory: ListeningMemory;
  /** Whether the silence of a device since then is held back: it may be our own. */
  isHeld(operatorId: string, sinceMs: number): boolean;
}

/** The span of `BIN_MS` that an instant is in. */
export const binOf = (epochMs: number): number => Math.floor(epochMs / BIN_MS);

/** @param silent the silences that are about to be told */
export function listen(
  before: ListeningMemory,
  heard: Heard,
  silent: readonly { operatorId: string; sinceMs: number }[],
  nowMs: number,
): Listening {
  const deaf = deafness(before, heard, nowMs);
  const counts = countsOf(heard.bins);
  const onsets = new Map<string, Onset>();
  const keyOf = ({ operatorId, bin }: Pick<Onset, 'operatorId' | 'bin'>): string => `${operatorId} ${bin}`;
  for (const onset of before.onsets) {
    if (nowMs - onset.untilMs < graceMs(onset.untilMs - onset.bin * BIN_MS)) onsets.set(keyOf(onset), onset);
  }
  const asked = new Map(
    silent.flatMap(({ operatorId, sinceMs }) =>
      [operatorId, null].map((of) => {
        const onset = { operatorId: of, bin: binOf(sinceMs), untilMs: nowMs };
        return [keyOf(onset), onset] as const;
      }),
    ),
  );
  for (const [key, onset] of asked) {
    if (fellTogether(counts.get(onset.operatorId), onset.bin, binOf(nowMs))) onsets.set(key, onset);
  }
  const isDeaf = deaf !== null && nowMs - deaf.untilMs < graceMs(deaf.forMs);
  const newest = [...onsets.values()].sort((a, b) => b.untilMs - a.untilMs || b.bin - a.bin);
  return {
    memory: { lastSweepMs: nowMs, deaf: isDeaf ? deaf : null, onsets: newest.slice(0, MAX_ONSETS) },
    isHeld(operatorId, sinceMs) {
      if (isDeaf && sinceMs < deaf.untilMs) return true;
      const bin = binOf(sinceMs);
      const isOf = (onset: Onset): boolean =>
        (onset.operatorId === operatorId || onset.operatorId === null) &&
        Math.abs(onset.bin - bin) <= TOGETHER_BINS;
      return onsets.values().some(isOf);
    },
  };
}

const graceMs = (outageMs: number): number => Math.min(MAX_GRACE_MS, Math.max(0, outageMs));

function deafness(
  { lastSweepMs, deaf }: ListeningMemory,
  { talking, newestMs }: Heard,
  nowMs: number,
): ListeningMemory['deaf'] {
  const pauseMs = lastSweepMs === null ? MAX_GRACE_MS : nowMs - lastSweepMs;
  if (pauseMs >= PAUSE_MS) return { untilMs: nowMs, forMs: pauseMs };
  const quietMs = newestMs === null ? 0 : nowMs - newestMs;
  if (talking >= MIN_TALKING && quietMs >= QUIET_MS) return { untilMs: nowMs, forMs: quietMs };
  return deaf;
}

type Counts = ReadonlyMap<number, number>;

/** By operator, and of all under null: how many awake devices were last heard in which bin. */
function countsOf(bins: readonly HeardBin[]): ReadonlyMap<string | null, Counts> {
  const counts = new Map<string | null, Map<number, number>>();
  for (const { operatorId, bin, awake } of bins) {
    for (const whose of [operatorId, null]) {
      const ofOne = counts.getOrInsertComputed(whose, () => new Map());
      ofOne.set(bin, (ofOne.get(bin) ?? 0) + awake);
    }
  }
  return counts;
}

/**
 * Whether of the awake devices that were heard up to the bin, or after it, most were never heard after it.
 * After a short silence there is little time in which others can have been heard, so less of it is "up to".
 */
function fellTogether(counts: Counts | undefined, bin: number, nowBin: number): boolean {
  const span = Math.min(TOGETHER_BINS, Math.floor((nowBin - bin) / 2));
  let [alive, heardAfter] = [0, 0];
  for (const [at, awake] of counts ?? []) {
    if (at >= bin - span) alive += awake;
    if (at > bin + span) heardAfter += awake;
  }
  return alive >= MIN_TOGETHER && heardAfter * 2 < alive;
}
