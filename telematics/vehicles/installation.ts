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

/** A moment with its offset from UTC. */
export const instant = z.iso.datetime({ offset: true });

export const newInstallation = z
  .strictObject({ deviceId: rowId, from: instant.nullish().describe('Now if absent') })
  .meta({ id: 'NewInstallation' });
export type NewInstallation = z.infer<typeof newInstallation>;

export const installationEnd = z
  .strictObject({ to: instant.nullish().describe('Now if absent') })
  .meta({ id: 'InstallationEnd' });
