import { z } from 'zod';
import { geofenceFields } from '../../geofences/geofence.ts';
import { vehicleKind } from '../../vehicles/vehicle.ts';
import type { RuleContext } from '../engine.ts';
import { type RuleSettings, ruleSettings } from '../settings.ts';
import { caseFences } from './case-fences.ts';

const instant = z.iso.datetime({ offset: true });

const heldFields = {
  /** Null: the device is in none. */
  vehicle: z.strictObject({ id: z.string(), kind: vehicleKind }).nullable().optional(),
  /** What differs from the defaults. */
  settings: z.record(z.string(), z.unknown()).optional(),
  /** The lowest limit beside those of geofences. */
  speedLimit: z
    .strictObject({
      limitKmh: z.number().positive(),
      source: z.strictObject({ scope: z.enum(['kind', 'vehicle', 'lease']), id: z.string() }),
    })
    .nullable()
    .optional(),
};

/** A version of a geofence; those of one id must not overlap in time. They hold for every vehicle of the case. */
const caseGeofence = geofenceFields.omit({ groupId: true, vehicleId: true }).extend({
  id: z.string(),
  version: z.number().int().positive().default(1),
  validFrom: instant.optional(),
  validTo: instant.optional(),
});
export type CaseGeofence = z.infer<typeof caseGeofence>;

/** `context.json` of a test case: what holds beside the positions. Everything has a default. */
export const caseContext = z.strictObject({
  ...heldFields,
  geofences: z.array(caseGeofence).default([]),
  /** From an instant on other things hold; what is not named stays as it was. */
  changes: z.array(z.strictObject({ at: instant, ...heldFields })).default([]),
});
export type CaseContext = z.infer<typeof caseContext>;

const DEFAULT_VEHICLE = { id: '1', kind: 'car' } as const;

/** What holds at an instant of fix time, by the context of a case. */
export function contextsOf({ geofences, changes, ...first }: CaseContext): (epochMs: number) => RuleContext {
  const fences = caseFences(geofences);
  const contexts: { fromMs: number; context: RuleContext }[] = [];
  let held: z.infer<z.ZodObject<typeof heldFields>> = { vehicle: DEFAULT_VEHICLE, ...first };
  const add = (fromMs: number): void => {
    const settings: RuleSettings = ruleSettings.parse(held.settings ?? {});
    const context = { vehicle: held.vehicle ?? null, settings, speedLimit: held.speedLimit ?? null, fences };
    contexts.unshift({ fromMs, context });
  };
  add(Number.NEGATIVE_INFINITY);
  for (const { at, ...changed } of changes.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    held = { ...held, ...changed };
    add(Date.parse(at));
  }
  return (epochMs) => contexts.find(({ fromMs }) => fromMs <= epochMs)!.context;
}
