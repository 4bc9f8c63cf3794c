import { z } from 'zod';
import {
  type Coordinates,
  circleShape,
  corridorShape,
  type GeofenceShape,
  geofenceFields,
} from './geofence.ts';
import { cutPolygon } from './meridian-cut.ts';
import { distinctInRow, requirePlaces } from './rings.ts';

/*
 * How shapes come: longitudes may go on beyond ±180, rings may be left open. A step of more than 180
 * degrees of longitude means the short way around the Earth, in rings as in the line of a corridor;
 * whoever means the long way puts a point in between. The one exception is a step of exactly 360
 * degrees, from one side of the map to the other (`seamReading` in ring-unwrapping.ts).
 */
const coordinates = z.tuple([z.number().min(-360).max(360), z.number().min(-90).max(90)]);
const ring = z.array(coordinates).min(3).describe('Closed for whoever leaves it open');

/** What a geofence covers as people and files give it; `checkShape` (validity.ts) makes it a `GeofenceShape`. */
export const geofenceShapeInput = z
  .discriminatedUnion('type', [
    circleShape.extend({ center: coordinates }),
    z.strictObject({ type: z.literal('Polygon'), coordinates: z.array(ring).min(1) }),
    z.strictObject({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(ring).min(1)).min(1) }),
    corridorShape.extend({ line: z.array(coordinates).min(2) }),
  ])
  .describe('Longitudes from -360 to 360; a step of more than 180 degrees is the short way around')
  .meta({ id: 'NewGeofenceShape' });
export type GeofenceShapeInput = z.infer<typeof geofenceShapeInput>;

/** `geofenceFields` with the shape as people give it. */
export const geofenceFieldsInput = geofenceFields
  .extend({ shape: geofenceShapeInput })
  .meta({ id: 'NewGeofence' });
export type GeofenceFieldsInput = z.infer<typeof geofenceFieldsInput>;

/**
 * The shape with every longitude within ±180 and no edge of a polygon across the antimeridian: there
 * polygons are cut, holes stay in the part that they belong to, and a ring around a pole is closed
 * over the nearer pole. A corridor's line is not cut: a step of more than 180 degrees in it remains,
 * and means the short way. A shape that needs nothing of this is returned with its points as they are.
 * Throws `shape_self_crossing` for holes outside of their outline, `shape_out_of_range` for rings that
 * lead around the Earth more than once or longitudes beyond ±360, `shape_degenerate` and
 * `shape_zero_area` for rings without three different points.
 */
export function cutAtAntimeridian(shape: GeofenceShapeInput): GeofenceShape {
  switch (shape.type) {
    case 'Circle':
      requirePlaces([shape.center]);
      return { ...shape, center: withinMap(shape.center) };
    case 'Corridor':
      requirePlaces(shape.line);
      return { ...shape, line: distinctOnEarth(distinctInRow(shape.line.map(withinMap))) };
    case 'Polygon': {
      const parts = cutPolygon(shape.coordinates);
      const [only] = parts;
      return parts.length === 1 && only !== undefined
        ? { type: 'Polygon', coordinates: only }
        : { type: 'MultiPolygon', coordinates: parts };
    }
    case 'MultiPolygon':
      return { type: 'MultiPolygon', coordinates: shape.coordinates.flatMap(cutPolygon) };
  }
}

/** The same place with a longitude within ±180. Exact: what is taken off loses no digit there. */
function withinMap([lon, lat]: Coordinates): Coordinates {
  if (lon > 180) return [lon - 360, lat];
  return lon < -180 ? [lon + 360, lat] : [lon, lat];
}

/** Without the step from one name of the antimeridian to the other, which leads nowhere. */
function distinctOnEarth(line: readonly Coordinates[]): Coordinates[] {
  return line.filter(([lon, lat], i) => {
    const before = line[i - 1];
    return before === undefined || before[1] !== lat || Math.abs(before[0] - lon) !== 360;
  });
}
