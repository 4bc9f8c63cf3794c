import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { GeofenceKind } from '../../geofences/geofence.ts';
import type { Finding } from '../finding.ts';
import type { Json } from '../json.ts';
import { journey } from '../testing/arbitrary-journey.ts';
import { journeyCase, journeyContextAt } from '../testing/journey-context.ts';
import { judgedFixes } from '../testing/judged-fixes.ts';
import { itIgnoresDoubtfulFixes, itKeepsTheLaws } from '../testing/rule-laws.ts';
import { findAll } from '../testing/run-case.ts';
import { geofence } from './geofence.ts';

describe('the geofence rule', () => {
  itKeepsTheLaws('geofence', geofence, { maxStateBytes: 16 * 1_024 });
  itIgnoresDoubtfulFixes('geofence', geofence);

  const findingsOf = journey.map((positions) =>
    findAll({ geofence }, judgedFixes(positions, 'car'), journeyContextAt),
  );

  it('tells entering and leaving of a geofence by turns', () => {
    fc.assert(
      fc.property(
        findingsOf,
        fc.constantFrom(...geofencesOf('home', 'depot', 'border', 'low_speed')),
        (found, id) => {
          const turns = found.filter(({ kind, subject }) => subject === id && /Enter|Exit/.test(kind));
          for (const [at, { kind }] of turns.entries()) expect(kind).not.toBe(turns[at - 1]?.kind);
        },
      ),
    );
  });

  it('tells only the entering of a forbidden one and only the leaving of a territory', () => {
    fc.assert(
      fc.property(findingsOf, (found) => {
        const turns = found.filter(({ kind }) => /Enter|Exit/.test(kind));
        for (const { kind, details } of turns)
          expect(`${kind} ${text(details.geofenceKind)}`).not.toMatch(/Exit forbidden|Enter territory/);
      }),
    );
  });

  it('never lets what lasts in one geofence, or outside of all territories, overlap with itself', () => {
    fc.assert(
      fc.property(findingsOf, (found) => {
        const spans = (some: readonly Finding[]): number[] =>
          some.flatMap(({ startMs, endMs }) => [startMs, endMs ?? Number.POSITIVE_INFINITY]);
        const lasting = geofencesOf('forbidden').map((id) =>
          found.filter(({ kind, subject }) => subject === id && kind === 'geofenceEnter'),
        );
        lasting.push(
          found.filter(
            ({ kind, details }) => kind === 'geofenceExit' && details.geofenceKind === 'territory',
          ),
        );
        for (const episodes of lasting)
          expect(spans(episodes)).toEqual(spans(episodes).toSorted((a, b) => a - b));
      }),
    );
  });

  it('tells a dwell at most once of each visit', () => {
    fc.assert(
      fc.property(findingsOf, (found) => {
        const dwells = found.filter(({ kind }) => kind === 'geofenceDwell');
        const visits = dwells.map(({ subject, details }) => `${subject} ${text(details.enteredAt)}`);
        expect(new Set(visits).size).toBe(visits.length);
        for (const { startMs, details } of dwells)
          expect(startMs).toBe(Date.parse(text(details.enteredAt)) + Number(details.dwellS) * 1_000);
      }),
    );
  });

  it('is tried by journeys that come to everything it can find', () => {
    const found = fc.sample(findingsOf, { numRuns: 400, seed: 20_261_120 }).flat();
    const kinds = new Set(found.map(({ kind, details }) => `${kind} ${text(details.geofenceKind)}`));
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        'geofenceCrossed border',
        'geofenceCrossed forbidden',
        'geofenceDwell home',
        'geofenceDwell territory',
        'geofenceEnter depot',
        'geofenceEnter forbidden',
        'geofenceExit border',
        'geofenceExit low_speed',
        'geofenceExit territory',
      ]),
    );
  });
});

function geofencesOf(...kinds: GeofenceKind[]): string[] {
  return journeyCase.geofences.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id);
}

function text(detail: Json | undefined): string {
  return z.string().parse(detail);
}
