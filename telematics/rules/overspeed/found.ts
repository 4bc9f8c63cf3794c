import type { Finding } from '../finding.ts';
import type { CloseReason } from '../rule.ts';
import type { Episode } from './state.ts';

/** Why an episode is over. */
export type SpeedEndCause = 'slowedDown' | 'gap' | 'limitChanged' | CloseReason;

const KMH_PER_MPS = 3.6;
const tenths = (value: number): number => Math.round(value * 10) / 10;

/** A certain episode with its figures so far; with its final ones if there is a cause why it is over. */
export function episodeFound(episode: Episode, endedBecause: SpeedEndCause | null): Finding {
  const { limit, startMs, lastMs, peak, distanceM } = episode;
  const durationS = (lastMs - startMs) / 1_000;
  const { limitKmh, scope, id, name, version } = limit;
  return {
    rule: 'overspeed',
    kind: 'overspeed',
    subject: '',
    startMs,
    confirmedMs: episode.confirmedMs!,
    endMs: endedBecause === null ? null : lastMs,
    lat: episode.lat,
    lon: episode.lon,
    details: {
      limitKmh,
      limitFrom: { scope, id, ...(name !== null && { name }), ...(version !== null && { version }) },
      toleranceKmh: episode.toleranceKmh,
      peakKmh: tenths(peak.speedKmh),
      peakAt: new Date(peak.fixTimeMs).toISOString(),
      peakLat: peak.lat,
      peakLon: peak.lon,
      meanKmh: durationS === 0 ? null : tenths((distanceM / durationS) * KMH_PER_MPS),
      distanceM: Math.round(distanceM),
      durationS,
      ...(!episode.isReported && { speedDerived: true }),
      fixes: episode.fixes.map((fixTimeMs) => new Date(fixTimeMs).toISOString()),
      ...(endedBecause !== null && { endedBecause }),
    },
  };
}
