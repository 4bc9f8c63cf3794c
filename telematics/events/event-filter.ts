import { z } from 'zod';
import { rowId } from '../identifiers.ts';
import { severity } from '../rules/event-kinds.ts';
import { instant } from '../vehicles/installation.ts';

/** As a query string says it. */
const flag = z.enum(['true', 'false']);

/** Which events are meant; every field that is given must fit. */
export const eventFilter = z.object({
  from: instant.optional().describe('Occurred at or after'),
  to: instant.optional().describe('Occurred before'),
  changedFrom: instant.optional().describe('Last changed at or after, whenever it occurred'),
  kind: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[^\0]*$/, 'must not contain NUL')
    .optional(),
  severity: severity.optional(),
  vehicleId: rowId.optional(),
  deviceId: rowId.optional(),
  geofenceId: rowId.optional().describe('Entered, left, dwelt in or crossed'),
  lasting: flag.optional().describe('`true`: those that have not ended; `false`: those that have'),
  late: flag.optional(),
  acknowledged: flag.optional(),
  retracted: z
    .enum(['include', 'only', 'exclude'])
    .default('exclude')
    .describe('Retracted events too, only these, or none'),
});
export type EventFilter = z.infer<typeof eventFilter>;

/** Newest first, by when they occurred or by when they last changed. */
export const eventOrder = z.enum(['occurred', 'changed']);
export type EventOrder = z.infer<typeof eventOrder>;
