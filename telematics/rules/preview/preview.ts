import { z } from 'zod';
import { geofenceFieldsInput } from '../../geofences/antimeridian.ts';
import { rowId } from '../../identifiers.ts';
import { instant } from '../../vehicles/installation.ts';
import { severity } from '../event-kinds.ts';
import { ruleSettings } from '../settings.ts';

/** A day of a month, and a bit more. */
export const MAX_PREVIEW_DAYS = 31;
/** A fix a second for a day, or one every half minute for a month. */
export const MAX_PREVIEW_POSITIONS = 100_000;
const MAX_TRIED_GEOFENCES = 20;

/** What is tried on which stored history. What is not named is as it held then. */
export const previewRequest = z
  .strictObject({
    vehicleId: rowId,
    from: instant.describe('First fix time'),
    to: instant.describe('Fix time before which it ends'),
    settings: ruleSettings
      .optional()
      .describe('Instead of those that held, all of them: what is left out has its default'),
    geofences: z
      .array(geofenceFieldsInput)
      .max(MAX_TRIED_GEOFENCES)
      .optional()
      .describe('Instead of those that held; they hold for the vehicle, whomever they name'),
    speedLimitKmh: z.number().positive().max(400).nullish().describe('Instead of the limits that held'),
  })
  .meta({ id: 'RulesPreviewRequest' });
export type PreviewRequest = z.infer<typeof previewRequest>;
export const previewedEvent = z
  .object({
    kind: z.string(),
    rule: z.string(),
    subject: z.string(),
    severity,
    occurredAt: z.iso.datetime(),
    confirmedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    lat: z.number().nullable(),
    lon: z.number().nullable(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'PreviewedEvent' });
export type PreviewedEvent = z.infer<typeof previewedEvent>;

export const previewedTrip = z
  .object({
    kind: z.enum(['trip', 'stop']),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    start: z.object({ lat: z.number(), lon: z.number() }).nullable(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'PreviewedTrip' });
export type PreviewedTrip = z.infer<typeof previewedTrip>;

export const previewView = z
  .object({
    positions: z.number().int().describe('That the rules were run over'),
    events: z.array(previewedEvent).describe('That would have been raised, by when they occurred'),
    trips: z.array(previewedTrip).describe('Trips and stops, by when they began'),
  })
  .meta({ id: 'RulesPreview' });
export type PreviewView = z.infer<typeof previewView>;
