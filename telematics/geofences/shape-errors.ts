import { CodedError } from '@wayleave/runtime/errors.ts';
import { MAX_VERTICES } from './geofence.ts';

/** A place as people find it again on a map: longitude, latitude, to a decimetre. */
export const placeText = (lon: number, lat: number) =>
  `[${Number(lon.toFixed(6))}, ${Number(lat.toFixed(6))}]`;

/** Rings cross or run along each other, a hole lies outside its outline, or parts overlap. */
export const shapeSelfCrossing = (detail: string) => new CodedError('shape_self_crossing', 422, detail);

/** More positions than `MAX_VERTICES` over all rings, or on a corridor's line. */
export const shapeTooManyVertices = (count: number) =>
  new CodedError('shape_too_many_vertices', 422, `The shape has ${count} points, at most ${MAX_VERTICES}.`);

/** A ring encloses less than a square metre. */
export const shapeZeroArea = (lon: number, lat: number) =>
  new CodedError('shape_zero_area', 422, `A ring near ${placeText(lon, lat)} encloses no area.`);

/** A line without length, a ring of one point. */
export const shapeDegenerate = (detail: string) => new CodedError('shape_degenerate', 422, detail);

/** A coordinate, radius or width that no place on the Earth has. */
export const shapeOutOfRange = (detail: string) => new CodedError('shape_out_of_range', 422, detail);

/** No such time zone, no valid recurrence, too dense a one, or one that never comes. */
export const scheduleInvalid = (detail: string) => new CodedError('schedule_invalid', 422, detail);
