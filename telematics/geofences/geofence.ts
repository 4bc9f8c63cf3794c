import { z } from 'zod';
import { plainText, rowId } from '../identifiers.ts';

/*
 * Coordinates are [lon, lat] as in GeoJSON (RFC 7946), WGS 84 degrees. Edges of polygons are straight
 * in the plane of longitude and latitude, as RFC 7946 has it; a shape across the antimeridian is
 * stored cut in two there (antimeridian.ts), so that no edge leads across it.
 */
const coordinates = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);
export type Coordinates = z.infer<typeof coordinates>;

/** Of all rings, or of a corridor's line, together. */
export const MAX_VERTICES = 10_000;
export const MAX_RADIUS_M = 2_000_000;
export const MAX_WIDTH_M = 100_000;

export const circleShape = z
  .strictObject({
    type: z.literal('Circle'),
    center: coordinates,
    radiusM: z.number().positive().max(MAX_RADIUS_M),
  })
  .describe('All points within `radiusM` metres of the centre on the sphere (distance.ts)');
const ring = z.array(coordinates).min(4).describe('Closed: the last point is the first');
export const polygonShape = z.strictObject({
  type: z.literal('Polygon'),
  coordinates: z.array(ring).min(1).describe('The outer ring, then holes'),
});
export const multiPolygonShape = z.strictObject({
  type: z.literal('MultiPolygon'),
  coordinates: z.array(z.array(ring).min(1)).min(1),
});
export const corridorShape = z
  .strictObject({
    type: z.literal('Corridor'),
    line: z.array(coordinates).min(2),
    widthM: z.number().positive().max(MAX_WIDTH_M).describe('From edge to edge'),
  })
  .describe('All points within half of `widthM` metres of the line');

/** What a geofence covers, boundary included. Valid in itself only after `checkShape` (validity.ts). */
export const geofenceShape = z
  .discriminatedUnion('type', [circleShape, polygonShape, multiPolygonShape, corridorShape])
  .meta({ id: 'GeofenceShape' });
export type GeofenceShape = z.infer<typeof geofenceShape>;

/**
 * What a geofence is for. `territory`: where a vehicle may be; being outside of all that hold for it is the
 * event. `forbidden`: being inside is. `border`: crossing it is. `low_speed`: its limit counts there.
 */
export const geofenceKind = z.enum([
  'depot',
  'home',
  'territory',
  'forbidden',
  'border',
  'low_speed',
  'other',
]);
export type GeofenceKind = z.infer<typeof geofenceKind>;

/** When a geofence is active: a recurrence of RFC 5545 and how long each occurrence lasts. */
export const geofenceSchedule = z
  .strictObject({
    start: z.iso
      .datetime({ local: true })
      .describe('DTSTART: local time of the first occurrence in `timeZone`'),
    durationS: z
      .number()
      .int()
      .positive()
      .max(31 * 86_400),
    rrule: z.string().max(500).nullable().describe('RRULE without its name; null for one occurrence'),
    exdates: z
      .array(z.iso.datetime({ local: true }))
      .max(366)
      .default([]),
    timeZone: z.string().max(64).describe('IANA name'),
  })
  .meta({ id: 'GeofenceSchedule' });
export type GeofenceSchedule = z.infer<typeof geofenceSchedule>;

/** What a person sets of a geofence. */
export const geofenceFields = z
  .strictObject({
    name: plainText(100),
    kind: geofenceKind,
    shape: geofenceShape,
    groupId: rowId.nullish().describe('Holds for this group of vehicles only'),
    vehicleId: rowId.nullish().describe('Holds for this vehicle only'),
    schedule: geofenceSchedule.nullish().describe('Null or absent: always active'),
    speedLimitKmh: z.number().positive().max(400).nullish(),
    dwellS: z
      .number()
      .int()
      .positive()
      .max(31 * 86_400)
      .nullish()
      .describe('A longer visit is an event'),
  })
  .meta({ id: 'GeofenceFields' });
export type GeofenceFields = z.infer<typeof geofenceFields>;

/** A version of a geofence as the HTTP API shows it. */
export const geofenceView = z
  .object({
    id: z.string(),
    version: z.number().int(),
    ...geofenceFields.shape,
    groupId: z.string().nullable(),
    vehicleId: z.string().nullable(),
    schedule: geofenceSchedule.nullable(),
    speedLimitKmh: z.number().nullable(),
    dwellS: z.number().int().nullable(),
    validFrom: z.iso.datetime(),
    validTo: z.iso.datetime().nullable().describe('Null while it holds'),
  })
  .meta({ id: 'Geofence' });
export type GeofenceView = z.infer<typeof geofenceView>;
