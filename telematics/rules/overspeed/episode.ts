import type { Finding } from '../finding.ts';
import { NOTHING_FOUND, type Step } from '../rule.ts';
import type { RuleSettings } from '../settings.ts';
import { episodeFound, type SpeedEndCause } from './found.ts';
import { isSameLimit } from './limit.ts';
import {
  type Episode,
  type Limit,
  MAX_NAMED_FIXES,
  NOT_SPEEDING,
  type OverspeedState,
  type Sample,
} from './state.ts';

type SpeedSettings = RuleSettings['overspeed'];

/**
 * Takes the next fix that says something of speed. An episode is of one limit. At the first fix under
 * another nothing is decided: if the next is under the old one again it was a stray and is judged by
 * the old limit; if not, the limit changed there.
 */
export function take(state: OverspeedState, sample: Sample, settings: SpeedSettings): Step<OverspeedState> {
  const { episode, held } = state;
  if (episode === null) return begin(sample, settings);
  const sinceMs = held?.fixTimeMs ?? episode.lastMs;
  if (sample.fixTimeMs - sinceMs > settings.maxGapS * 1_000)
    return anew(ending(episode, 'gap'), held, sample, settings);
  if (isSameLimit(sample.limit, episode.limit)) {
    if (held === null) return goOn(episode, sample, settings);
    return then(goOn(episode, held, settings), sample, settings);
  }
  if (held === null) return { state: { episode, held: sample }, found: NOTHING_FOUND };
  return anew(ending(episode, 'limitChanged'), held, sample, settings);
}

function then(step: Step<OverspeedState>, sample: Sample, settings: SpeedSettings): Step<OverspeedState> {
  const next = take(step.state, sample, settings);
  return { state: next.state, found: [...step.found, ...next.found] };
}

/** After an episode: what was held begins again without it. */
function anew(
  found: readonly Finding[],
  held: Sample | null,
  sample: Sample,
  settings: SpeedSettings,
): Step<OverspeedState> {
  const ended = { state: NOT_SPEEDING, found };
  return then(held === null ? ended : then(ended, held, settings), sample, settings);
}

/** The end of an episode at its last fix, if it was told. */
export function ending(episode: Episode, cause: SpeedEndCause): readonly Finding[] {
  return episode.confirmedMs === null ? NOTHING_FOUND : [episodeFound(episode, cause)];
}

function isOver({ speedKmh }: Sample, { limitKmh }: Limit, { toleranceKmh }: SpeedSettings): boolean {
  return speedKmh > limitKmh + toleranceKmh;
}

/** At a standstill nobody is speeding, however great the margin. */
function isRecovered({ speedKmh }: Sample, { limitKmh }: Limit, settings: SpeedSettings): boolean {
  return speedKmh <= Math.max(0, limitKmh + settings.toleranceKmh - settings.recoveryMarginKmh);
}

function begin(sample: Sample, settings: SpeedSettings): Step<OverspeedState> {
  const { fixTimeMs, lat, lon, speedKmh, isDerived, limit } = sample;
  if (limit === null || !isOver(sample, limit, settings))
    return { state: NOT_SPEEDING, found: NOTHING_FOUND };
  const episode: Episode = {
    limit,
    startMs: fixTimeMs,
    lat,
    lon,
    lastMs: fixTimeMs,
    distanceM: 0,
    peak: { fixTimeMs, lat, lon, speedKmh },
    isReported: !isDerived,
    toleranceKmh: settings.toleranceKmh,
    fixes: [fixTimeMs],
    confirmedMs: null,
  };
  return told(episode, settings);
}

/** A fix that belongs to the episode, be it as the one with which it ended. */
function goOn(before: Episode, sample: Sample, settings: SpeedSettings): Step<OverspeedState> {
  const { fixTimeMs, lat, lon, speedKmh } = sample;
  const episode: Episode = {
    ...before,
    lastMs: fixTimeMs,
    distanceM: before.distanceM + sample.legM,
    peak: speedKmh > before.peak.speedKmh ? { fixTimeMs, lat, lon, speedKmh } : before.peak,
    isReported: before.isReported && !sample.isDerived,
  };
  if (isRecovered(sample, before.limit, settings))
    return { state: NOT_SPEEDING, found: ending(episode, 'slowedDown') };
  if (before.confirmedMs !== null || !isOver(sample, before.limit, settings))
    return { state: { episode, held: null }, found: NOTHING_FOUND };
  const named = before.fixes.slice(0, MAX_NAMED_FIXES - 1);
  return told({ ...episode, fixes: [...named, fixTimeMs] }, settings);
}

/** An episode whose last fix is over: it is told once it lasted long enough. */
function told(episode: Episode, { minDurationS }: SpeedSettings): Step<OverspeedState> {
  if (episode.lastMs - episode.startMs < minDurationS * 1_000)
    return { state: { episode, held: null }, found: NOTHING_FOUND };
  const certain = { ...episode, confirmedMs: episode.lastMs };
  return { state: { episode: certain, held: null }, found: [episodeFound(certain, null)] };
}
