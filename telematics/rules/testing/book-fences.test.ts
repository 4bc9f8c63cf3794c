import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fenceVersion } from '../book/applied-fence.ts';
import { OperatorBook } from '../book/operator-book.ts';
import { fencesOfVehicle } from '../book/vehicle-fences.ts';
import { geofence } from '../geofence/geofence.ts';
import { overspeed } from '../overspeed/overspeed.ts';
import { journey } from './arbitrary-journey.ts';
import { journeyCase, journeyContextAt } from './journey-context.ts';
import { judgedFixes } from './judged-fixes.ts';
import { findAll } from './run-case.ts';

const rules = { geofence, overspeed };

it('rules find the same with the index of a rule book as with every geofence asked by itself', () => {
  const book = new OperatorBook(0);
  for (const [
    key,
    { id, version, name, kind, shape, schedule, speedLimitKmh, dwellS },
  ] of journeyCase.geofences.entries())
    book.putVersion(
      fenceVersion({
        key,
        geofenceId: id,
        version,
        name,
        kind,
        shape,
        groupId: null,
        vehicleId: null,
        schedule,
        speedLimitKmh: speedLimitKmh ?? null,
        dwellS: dwellS ?? null,
        validFrom: new Date(0),
        validTo: null,
      }),
    );
  const fences = fencesOfVehicle(book, journeyCase.vehicle!.id, new Set());
  fc.assert(
    fc.property(journey, (positions) => {
      const fixes = judgedFixes(positions, journeyCase.vehicle!.kind);
      const byIndex = findAll(rules, fixes, (epochMs) => ({ ...journeyContextAt(epochMs), fences }));
      expect(byIndex).toEqual(findAll(rules, fixes, journeyContextAt));
    }),
  );
});
