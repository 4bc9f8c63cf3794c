import { describe, expect, it } from 'vitest';
import type { GeofenceKind } from '../../geofences/geofence.ts';
import { caseContext, contextsOf } from '../testing/case-context.ts';
import { goodFix } from '../testing/good-fix.ts';
import { findAll } from '../testing/run-case.ts';
import { geofence } from './geofence.ts';
import { MAX_CROSSINGS, MAX_VISITS } from './state.ts';

const MINUTE_MS = 60_000;

/** Circles of 100 m around one place, with ids from 1 on. */
function circles(count: number, kindOf: (id: number) => GeofenceKind) {
  return contextsOf(
    caseContext.parse({
      geofences: Array.from({ length: count }, (_, at) => ({
        id: String(at + 1),
        name: `Circle ${at + 1}`,
        kind: kindOf(at + 1),
        shape: { type: 'Circle', center: [32.6, 0.3], radiusM: 100 },
      })),
    }),
  );
}

const at = (minute: number, east: number) => goodFix(minute * MINUTE_MS, 0.3, 32.6 + east);
const countOf = (found: { kind: string }[], kind: string) => found.filter((one) => one.kind === kind).length;

describe('of more geofences at one place than are watched at once', () => {
  const contextAt = circles(MAX_VISITS + 40, (id) => (id > MAX_VISITS ? 'forbidden' : 'depot'));

  it('the forbidden ones come first, then the lower ids', () => {
    const found = findAll({ geofence }, [at(0, 0.01), at(1, 0), at(2, 0)], contextAt);
    expect(countOf(found, 'geofenceEnter')).toBe(MAX_VISITS);
    const depots = found.filter(({ details }) => details.geofenceKind === 'depot');
    expect(depots.length).toBe(MAX_VISITS - 40);
    expect(Math.max(...depots.map(({ subject }) => Number(subject)))).toBe(MAX_VISITS - 40);
  });

  it('those that were entered are left, and no other', () => {
    const found = findAll(
      { geofence },
      [at(0, 0.01), at(1, 0), at(2, 0), at(3, 0.01), at(4, 0.02)],
      contextAt,
    );
    expect(countOf(found, 'geofenceExit')).toBe(MAX_VISITS - 40);
    expect(found.filter(({ endMs }) => endMs === null)).toEqual([]);
  });
});

it('of more passages at once than are watched those of forbidden geofences and borders come first', () => {
  const kinds: GeofenceKind[] = ['depot', 'border', 'forbidden'];
  const contextAt = circles(MAX_CROSSINGS * 2, (id) => kinds[id % 4] ?? 'other');
  const found = findAll({ geofence }, [at(0, -0.002), at(1, 0.002), at(2, 0.003)], contextAt);
  const byKind = Map.groupBy(found, ({ details }) => details.geofenceKind);
  expect(countOf(found, 'geofenceCrossed')).toBe(MAX_CROSSINGS);
  expect(byKind.get('forbidden')?.length).toBe(MAX_CROSSINGS / 2);
  expect(byKind.get('border')?.length).toBe(MAX_CROSSINGS / 2);
});
