import type { Coordinates } from './geofence.ts';
import { staysOnMap, type UnrolledRing, unroll } from './ring-unwrapping.ts';
import { locateRing, openRing, requirePlaces, samePlace } from './rings.ts';
import { placeText, shapeDegenerate, shapeSelfCrossing, shapeZeroArea } from './shape-errors.ts';

/** Which edge of the map: the antimeridian as 180, or as -180. */
type Side = 'east' | 'west';

/** Where a ring meets the antimeridian, or the end of a map at a pole. */
interface Meeting {
  lat: number;
  isOfHole: boolean;
  /** The pieces that end there, on either side. */
  east: Piece | null;
  west: Piece | null;
}

/** A piece of a ring within the map, from one meeting with the antimeridian to the next. */
interface Piece {
  points: Coordinates[];
  from: { side: Side; meeting: Meeting };
  to: { side: Side; meeting: Meeting };
  isUsed: boolean;
}

/**
 * The polygons, outline first, that a polygon of closed or open rings becomes when the map ends at ±180.
 * Where its rings meet the antimeridian, sorted by latitude, its inside alternates with its outside; so
 * pieces of rings are joined along it in pairs. What a pole is within has no end there: the
 * edge of the map along the pole closes it.
 */
export function cutPolygon(rings: readonly (readonly Coordinates[])[]): Coordinates[][][] {
  const open = rings.map(cleanRing);
  if (open.every(staysOnMap)) return [open.map(closed)];
  const unrolled = open.map(unroll);
  const meetings: Meeting[] = [];
  const pieces: Piece[] = [];
  const whole: Coordinates[][] = [];
  let wholeOutline: Coordinates[] | null = null;
  for (const [i, ring] of unrolled.entries()) {
    const cut = piecesOf(ring, i > 0, meetings);
    pieces.push(...cut);
    if (cut.length > 0) continue;
    if (i === 0) wholeOutline = closed(ring.vertices);
    else whole.push(closed(ring.vertices));
  }
  const pole = closeOverPole(unrolled, meetings, pieces);
  meetings.sort((a, b) => a.lat - b.lat || slopeWestwards(a) - slopeWestwards(b));
  refuseHolesOutside(meetings, pole === 'south, within the hole');
  const outlines = joined(meetings, pieces).flatMap((points) => {
    const ring = withoutMeridianPoints(points);
    return ring.length < 3 ? [] : [closed(ring)];
  });
  if (wholeOutline !== null) outlines.unshift(wholeOutline);
  return withHoles(outlines, whole);
}

function cleanRing(points: readonly Coordinates[]): Coordinates[] {
  requirePlaces(points);
  const open = openRing(points);
  const [first] = open;
  if (first === undefined || open.length === 1) {
    throw shapeDegenerate('A ring needs three different points at least.');
  }
  if (open.length === 2) throw shapeZeroArea(first[0], first[1]);
  return open;
}

const closed = (open: Coordinates[]): Coordinates[] => [...open, open[0] as Coordinates];

/** Cuts a ring where it passes the antimeridian, and notes the meetings. None for one that does not. */
function piecesOf(ring: UnrolledRing, isOfHole: boolean, meetings: Meeting[]): Piece[] {
  const { vertices, passages } = ring;
  const start = passages.findIndex((passage) => passage !== 0);
  if (start < 0) return [];
  const pieces: Piece[] = [];
  const first = meetingAfter(ring, start, isOfHole);
  meetings.push(first);
  let from: Piece['from'] = { side: sideAfter(passages[start] as number), meeting: first };
  let points: Coordinates[] = [edgePoint(from)];
  for (let step = 1; step <= vertices.length; step++) {
    const at = (start + step) % vertices.length;
    points.push(vertices[at] as Coordinates);
    const passage = passages[at] as number;
    if (passage === 0) continue;
    const meeting = at === start ? first : meetingAfter(ring, at, isOfHole);
    if (meeting !== first) meetings.push(meeting);
    const to = { side: sideAfter(-passage), meeting };
    points.push(edgePoint(to));
    pieces.push(attached({ points, from, to, isUsed: false }));
    from = { side: sideAfter(passage), meeting };
    points = [edgePoint(from)];
  }
  return pieces;
}

function attached(piece: Piece): Piece {
  piece.from.meeting[piece.from.side] = piece;
  piece.to.meeting[piece.to.side] = piece;
  return piece;
}

/** Eastwards one goes on at the western edge of the next map. */
const sideAfter = (passage: number): Side => (passage > 0 ? 'west' : 'east');
const lonOf = (side: Side) => (side === 'east' ? 180 : -180);
const edgePoint = ({ side, meeting }: Piece['from']): Coordinates => [lonOf(side), meeting.lat];

function meetingAfter({ vertices, passages }: UnrolledRing, i: number, isOfHole: boolean): Meeting {
  const from = vertices[i] as Coordinates;
  const to = vertices[(i + 1) % vertices.length] as Coordinates;
  // Reckoned from the west in either direction, so that neighbours are cut at the same place.
  const [west, east] = (passages[i] as number) > 0 ? [from, to] : [to, from];
  const before = 180 - west[0];
  const after = east[0] + 180;
  const lat = after === 0 ? east[1] : west[1] + ((east[1] - west[1]) * before) / (before + after);
  return { lat, isOfHole, east: null, west: null };
}

/**
 * An outline around a pole holds it: it gets the edge of the map along the pole, unless a hole around
 * the same pole takes it out again. The pole is the nearer one by the outline's mean latitude.
 */
function closeOverPole(
  [outline, ...holes]: UnrolledRing[],
  meetings: Meeting[],
  pieces: Piece[],
): 'south, within the hole' | 'other' {
  const holesAround = holes.filter(({ net }) => net !== 0).length;
  if (outline === undefined || outline.net === 0) {
    if (holesAround === 0) return 'other';
    throw shapeSelfCrossing('A hole leads around a pole and its outline does not.');
  }
  if (holesAround > 1) throw shapeSelfCrossing('Two holes lead around the same pole.');
  const isNorth = (meanLatitude(outline) || outline.net) > 0;
  if (holesAround === 1) return isNorth ? 'other' : 'south, within the hole';
  const meeting: Meeting = { lat: isNorth ? 90 : -90, isOfHole: false, east: null, west: null };
  meetings.push(meeting);
  const from = { side: 'east' as const, meeting };
  const to = { side: 'west' as const, meeting };
  pieces.push(attached({ points: [edgePoint(from), edgePoint(to)], from, to, isUsed: false }));
  return 'other';
}

/** Of a ring around a pole. */
function meanLatitude({ vertices, passages, net }: UnrolledRing): number {
  let sum = 0;
  for (const [i, [lon, lat]] of vertices.entries()) {
    const [toLon, toLat] = vertices[(i + 1) % vertices.length] as Coordinates;
    sum += (toLon - lon + 360 * (passages[i] as number)) * ((lat + toLat) / 2);
  }
  return sum / (360 * net);
}

/**
 * Which of two rings that meet the antimeridian in the same place runs below the other. To the west there
 * is always a way to tell: a vertex on the antimeridian counts as east of it.
 */
function slopeWestwards(meeting: Meeting): number {
  const piece = meeting.east as Piece;
  const isStart = piece.from.meeting === meeting && piece.from.side === 'east';
  const [lon, lat] = (isStart ? piece.points[1] : piece.points.at(-2)) as Coordinates;
  return (lat - meeting.lat) / (180 - lon);
}

/** Along the antimeridian a hole may begin only within the outline. */
function refuseHolesOutside(sorted: readonly Meeting[], startsInHole: boolean): void {
  let isInOutline = startsInHole;
  let isInHole = startsInHole;
  for (const [i, { lat, isOfHole }] of sorted.entries()) {
    if (isOfHole) isInHole = !isInHole;
    else isInOutline = !isInOutline;
    const next = sorted[i + 1];
    if (next !== undefined && next.lat > lat && isInHole && !isInOutline) throw holeOutside([180, lat]);
  }
}

const holeOutside = ([lon, lat]: Coordinates) =>
  shapeSelfCrossing(`A hole leads out of its outline at ${placeText(lon, lat)}.`);

/** Rings out of pieces: each goes on at the other end of the stretch of antimeridian that it reaches. */
function joined(sorted: readonly Meeting[], pieces: readonly Piece[]): Coordinates[][] {
  const rankOf = new Map(sorted.map((meeting, rank) => [meeting, rank]));
  const rings: Coordinates[][] = [];
  for (const first of pieces) {
    const ring: Coordinates[] = [];
    let piece: Piece | null = first;
    let isForward = true;
    while (piece !== null && !piece.isUsed) {
      piece.isUsed = true;
      ring.push(...(isForward ? piece.points : piece.points.toReversed()));
      const end: Piece['to'] = isForward ? piece.to : piece.from;
      const across: Meeting | undefined = sorted[(rankOf.get(end.meeting) as number) ^ 1];
      piece = across?.[end.side] ?? null;
      isForward = piece?.from.meeting === across && piece?.from.side === end.side;
    }
    if (ring.length > 0) rings.push(ring);
  }
  return rings;
}

/** Without points in the middle of a way along the antimeridian, there and back included. */
function withoutMeridianPoints(points: readonly Coordinates[]): Coordinates[] {
  let ring = points.slice();
  for (let before = ring.length + 1; ring.length < before; ) {
    before = ring.length;
    const kept: Coordinates[] = [];
    for (const point of ring) {
      while (isNeedless(kept.at(-2), kept.at(-1), point)) kept.pop();
      const last = kept.at(-1);
      if (last === undefined || !samePlace(last, point)) kept.push(point);
    }
    // Around the end, where the first points follow the last.
    while (kept.length > 2 && isNeedless(kept.at(-2), kept.at(-1), kept[0])) kept.pop();
    while (kept.length > 1 && samePlace(kept.at(-1) as Coordinates, kept[0] as Coordinates)) kept.pop();
    while (kept.length > 2 && isNeedless(kept.at(-1), kept[0], kept[1])) kept.shift();
    ring = kept;
  }
  return ring;
}

function isNeedless(
  a: Coordinates | undefined,
  b: Coordinates | undefined,
  c: Coordinates | undefined,
): boolean {
  if (a === undefined || b === undefined || c === undefined) return false;
  return Math.abs(b[0]) === 180 && a[0] === b[0] && c[0] === b[0];
}

function withHoles(outlines: Coordinates[][], holes: readonly Coordinates[][]): Coordinates[][][] {
  const parts = outlines.map((outline) => [outline]);
  for (const hole of holes) {
    const part = parts.find(([outline]) => locateRing(hole, outline as Coordinates[]) > 0);
    if (part === undefined) throw holeOutside(hole[0] as Coordinates);
    part.push(hole);
  }
  return parts;
}
