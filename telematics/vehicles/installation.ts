import { z } from 'zod';
import { rowId } from '../identifiers.ts';

/** A device in a vehicle for a time: from `from`, which counts, to `to`, which does not. */
export const installationView = z
  .object({
    id: z.string(),
    vehicleId: z.string(),
    deviceId: z.string(),
    from: z.iso.datetime(),
    to: z.iso.datetime().nullable().describe('Null while it lasts'),
  })
  .meta({ id: 'Installation' });
export type InstallationView = z.infer<typeof installationView>;

const EARLIEST_INSTANT_MS = 0;
const LATEST_INSTANT_MS = Date.UTC(2100, 0, 1);

/**
 * A moment with its offset from UTC, from 1970 to 2100. Bounded after the offset is taken off: that can
 * lead out of the four-digit years, which neither ISO text nor the database's driver brings back.
 */
export const instant = z.iso.datetime({ offset: true }).refine((text) => {
  const ms = Date.parse(text);
  return ms >= EARLIEST_INSTANT_MS && ms <= LATEST_INSTANT_MS;
}, 'must lie between 1970 and 2100');

export const newInstallation = z
  .strictObject({ deviceId: rowId, from: instant.nullish().describe('Now if absent') })
  .meta({ id: 'NewInstallation' });
export type NewInstallation = z.infer<typeof newInstallation>;

export const installationEnd = z
  .strictObject({ to: instant.nullish().describe('Now if absent') })
  .meta({ id: 'InstallationEnd' });
