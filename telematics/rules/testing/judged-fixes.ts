import { mergePositions } from '../../positions/merge.ts';
import type { Position } from '../../positions/position.ts';
import { emptyTrack, type Fix, judge, type Track } from '../../positions/quality/judge.ts';
import { ownDoubts } from '../../positions/quality/plausibility.ts';
import { settleTime } from '../../positions/quality/settle-time.ts';
import {
  defaultThresholds,
  type Thresholds,
  thresholdsOfNoVehicle,
} from '../../positions/quality/thresholds.ts';
import { MISDATED, type Verdict } from '../../positions/quality/verdict.ts';
import { type StoredPosition, toStored } from '../../positions/stored-position.ts';
import type { VehicleKind } from '../../vehicles/vehicle.ts';
import type { RuleFix } from '../rule.ts';
import { isDated, ruleFixOf } from '../rule-fix.ts';

/**
 * What rules see of the positions of a device once all of them have come: in fix time, each instant
 * once, with their final verdicts. The order and the repetition of `positions` change nothing.
 */
export function judgedFixes(positions: readonly Position[], kind: VehicleKind | null): RuleFix[] {
  return judgedRows(positions, kind).filter(isDated).map(ruleFixOf);
}

/** The same as they are stored, those of a doubtful time too. */
export function judgedRows(positions: readonly Position[], kind: VehicleKind | null): StoredPosition[] {
  const thresholds = kind === null ? thresholdsOfNoVehicle : defaultThresholds[kind];
  const merged = new Map<number, Position>();
  for (const position of positions.map(settleTime)) {
    const there = merged.get(position.fixTimeMs);
    merged.set(position.fixTimeMs, there ? mergePositions(there, position) : position);
  }
  const inOrder = [...merged.values()].sort((a, b) => a.fixTimeMs - b.fixTimeMs);
  return verdictsOf(inOrder, thresholds).map(([position, verdict]) => toStored(1, 1, position, verdict));
}

function verdictsOf(inOrder: readonly Position[], thresholds: Thresholds): [Position, Verdict][] {
  const verdicts = new Map<Fix, Verdict>();
  let track: Track = emptyTrack;
  for (const position of inOrder) {
    const fix = { position };
    const doubts = ownDoubts(position, thresholds);
    const judged = judge(track, fix, doubts, thresholds);
    verdicts.set(fix, judged.verdict);
    for (const revision of judged.revisions) verdicts.set(revision.fix, revision.verdict);
    // A fix whose time is in doubt has no place in the sequence, and `judge` leaves the track as it is.
    if ((doubts & MISDATED) === 0) track = judged.track;
  }
  return [...verdicts].map(([{ position }, verdict]) => [position, verdict]);
}
