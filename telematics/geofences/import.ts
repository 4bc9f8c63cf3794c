import { CodedError } from '@wayleave/runtime/errors.ts';
import { z } from 'zod';
import { rowId } from '../identifiers.ts';
import { contentOfChecked } from './content.ts';
import { attachedTwice } from './errors.ts';
import type { RefusedFeature } from './formats/format.ts';
import { geofenceFormatName, geofenceFormats } from './formats/formats.ts';
import { geofenceKind, geofenceView, MAX_RADIUS_M, MAX_WIDTH_M } from './geofence.ts';
import type { GeofenceContent } from './store.ts';

/** A file of geofences, and what holds for those of its features that do not say themselves. */
export const importRequest = z
  .strictObject({
    format: geofenceFormatName,
    text: z.string().min(1).describe('The file'),
    kind: geofenceKind,
    groupId: rowId.nullish().describe('They hold for this group of vehicles only'),
    vehicleId: rowId.nullish().describe('They hold for this vehicle only'),
    corridorWidthM: z.number().positive().max(MAX_WIDTH_M).nullish().describe('Of lines, from edge to edge'),
    pointRadiusM: z.number().positive().max(MAX_RADIUS_M).nullish().describe('Of points'),
    isLatLon: z.boolean().default(false).describe('Of WKT: latitude comes first, as Traccar writes it'),
  })
  .meta({ id: 'GeofenceImport' });
export type ImportRequest = z.infer<typeof importRequest>;

const refusedFeature = z
  .object({
    index: z.number().int().describe('Place of the feature in the file, from 0'),
    name: z.string(),
    code: z.string().describe('Stable; what a program should look at'),
    detail: z.string(),
  })
  .meta({ id: 'RefusedFeature' }) satisfies z.ZodType<RefusedFeature>;

export const importResult = z
  .object({ created: z.array(geofenceView), refused: z.array(refusedFeature) })
  .meta({ id: 'GeofenceImportResult' });

/** What a file holds, in its order. */
export interface ReadImport {
  features: { index: number; content: GeofenceContent }[];
  refused: RefusedFeature[];
}

/**
 * Reads a file. What fails of a feature is told beside the others.
 * @throws `geofence_attached_twice`, and for the file as a whole what `GeofenceFormat.read` does
 */
export function readImport(request: ImportRequest): ReadImport {
  const { groupId, vehicleId } = request;
  if (groupId && vehicleId) throw attachedTwice();
  const { features, refused } = geofenceFormats[request.format].read(request.text, request);
  const read: ReadImport = { features: [], refused: [...refused] };
  for (const { index, ...fields } of features) {
    try {
      read.features.push({ index, content: contentOfChecked({ ...fields, groupId, vehicleId }) });
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      read.refused.push(refusalOf(index, fields.name, error));
    }
  }
  read.refused.sort((a, b) => a.index - b.index);
  return read;
}

/** A feature that was refused with an error. */
export const refusalOf = (index: number, name: string, { code, message }: CodedError): RefusedFeature => ({
  index,
  name,
  code,
  detail: message,
});
