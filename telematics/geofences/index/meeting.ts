import { type Way, wayMeetsBand, wayMeetsCircle, wayMeetsEdge } from '../shape/way.ts';
import { EDGES_SHIFT, partOf, RUN_WORDS } from './entries.ts';
import { CIRCLE, CORRIDOR, type Parts, xyOf } from './parts.ts';
import { chunkOf, placeOf } from './vertex-store.ts';

/** Whether a way meets the boundary of a part, by an entry in `words` from one place to another. */
export function wayMeetsEntry(parts: Parts, way: Way, words: Int32Array, at: number, to: number): boolean {
  const part = partOf(words[at]!);
  const kind = parts.kind[part]!;
  const reachM = parts.reachM[part]!;
  if (kind === CIRCLE) {
    const xy = xyOf(parts, part);
    const place = placeOf(parts.firstVertex[part]!);
    return wayMeetsCircle(way, xy[place + 1]!, xy[place]!, reachM);
  }
  const { fromLat, fromLon, toLat, toLon } = way;
  const south = Math.min(fromLat, toLat);
  const north = Math.max(fromLat, toLat);
  const west = Math.min(fromLon, toLon);
  const east = Math.max(fromLon, toLon);
  for (let run = at + 2; run < to; run += RUN_WORDS) {
    const vertex = words[run]! >>> 0;
    const xy = chunkOf(parts.vertices.chunks, vertex);
    const begin = placeOf(vertex);
    const end = begin + (words[run + 1]! >>> EDGES_SHIFT) * 2;
    let aLon = xy[begin]!;
    let aLat = xy[begin + 1]!;
    for (let place = begin + 2; place <= end; place += 2) {
      const bLon = xy[place]!;
      const bLat = xy[place + 1]!;
      if (kind === CORRIDOR) {
        if (wayMeetsBand(way, aLat, aLon, bLat, bLon, reachM)) return true;
      } else if (
        (aLat >= south || bLat >= south) &&
        (aLat <= north || bLat <= north) &&
        (aLon >= west || bLon >= west) &&
        (aLon <= east || bLon <= east) &&
        wayMeetsEdge(way, aLat, aLon, bLat, bLon)
      ) {
        return true;
      }
      aLon = bLon;
      aLat = bLat;
    }
  }
  return false;
}
