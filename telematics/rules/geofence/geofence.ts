import type { Finding } from '../finding.ts';
import { NOTHING_FOUND, type Rule } from '../rule.ts';
import { cutBy, nextCrossings } from './crossing.ts';
import { type EndCause, endedBy } from './found.ts';
import { type GeofenceState, NOWHERE } from './state.ts';
import { isSteadyTerritory, nextTerritory } from './territory.ts';
import { areSteady, nextVisits } from './visits.ts';

/**
 * Entering, leaving, staying in and passing through geofences. Doubtful fixes say nothing; a change
 * counts once enough good ones agree on it (`settings.geofence`).
 */
export const geofence: Rule<GeofenceState> = {
  initial: NOWHERE,
  next(state, moment) {
    const { good, previous, settings } = moment;
    if (good === null) return { state, found: NOTHING_FOUND };
    if (!settings.geofence.enabled) {
      if (isNowhere(state)) return { state, found: NOTHING_FOUND };
      return { state: NOWHERE, found: endAll(state, previous?.fixTimeMs ?? good.fixTimeMs, 'disabled') };
    }
    const cut = cutBy(good, moment);
    if (
      cut.length === 0 &&
      state.crossings.length === 0 &&
      areSteady(state.visits, good, moment.inside) &&
      isSteadyTerritory(state.territory, good, moment)
    )
      return { state, found: NOTHING_FOUND };
    const visited = nextVisits(state, good, moment);
    const watched = nextTerritory(state.territory, good, moment);
    const crossed = nextCrossings(state.crossings, good, moment, cut, {
      before: state.visits,
      after: visited.visits,
      refuted: visited.refuted,
    });
    const found = joined(joined(visited.found, watched.found), crossed.found);
    if (
      visited.visits === state.visits &&
      watched.watch === state.territory &&
      crossed.crossings === state.crossings
    )
      return { state, found };
    const next = { visits: visited.visits, crossings: crossed.crossings, territory: watched.watch };
    return { state: isNowhere(next) ? NOWHERE : next, found };
  },
  close: (state, atMs, reason) => endAll(state, atMs, reason),
};

function isNowhere({ visits, crossings, territory }: GeofenceState): boolean {
  return visits.length === 0 && crossings.length === 0 && territory === null;
}

function endAll({ visits, territory }: GeofenceState, atMs: number, cause: EndCause): readonly Finding[] {
  return [...visits.map(({ within }) => within?.episode), territory?.episode]
    .filter((episode) => episode !== null && episode !== undefined)
    .map((episode) => endedBy(episode, atMs, cause));
}

function joined(a: readonly Finding[], b: readonly Finding[]): readonly Finding[] {
  if (b.length === 0) return a;
  return a.length === 0 ? b : [...a, ...b];
}
