/*
 * The vertices of all shapes of an index, each once, as pairs of longitude and latitude. In chunks, because an
 * array that grows by copying would need twice its memory for a moment.
 */

const CHUNK_BITS = 16;
/** Of one shape's part: more than ten times what a geofence may have. */
export const MAX_PART_VERTICES = 1 << CHUNK_BITS;
const LOCAL_MASK = MAX_PART_VERTICES - 1;
const FIRST_CHUNK_VERTICES = 64;
/** Freed places are used again for what needs as much room, rounded up to an eighth of a power of two. */
const ROUNDING_BITS = 3;

export interface VertexStore {
  /** Two numbers a vertex: longitude, latitude. */
  readonly chunks: Float64Array[];
  /** Of the last chunk, vertices. */
  usedVertices: number;
  /** By room in vertices, where freed places begin. */
  readonly free: Map<number, number[]>;
}

export const createVertexStore = (): VertexStore => ({ chunks: [], usedVertices: 0, free: new Map() });

/** The chunk in which a vertex lies. */
export const chunkOf = (chunks: readonly Float64Array[], vertex: number): Float64Array =>
  chunks[vertex >>> CHUNK_BITS]!;
/** Where in its chunk the longitude of a vertex is. */
export const placeOf = (vertex: number): number => (vertex & LOCAL_MASK) * 2;

/** Room for vertices that follow one another; returns the number of the first. */
export function takeVertices(store: VertexStore, count: number): number {
  if (count > MAX_PART_VERTICES) throw new RangeError(`A part of a shape has ${count} vertices`);
  const room = roomFor(count);
  const freed = store.free.get(room)?.pop();
  if (freed !== undefined) return freed;
  const last = store.chunks.length - 1;
  if (last < 0 || store.usedVertices + room > MAX_PART_VERTICES) {
    const first = last < 0 ? Math.max(FIRST_CHUNK_VERTICES, room) : MAX_PART_VERTICES;
    store.chunks.push(new Float64Array(first * 2));
    store.usedVertices = 0;
  }
  growLast(store, store.usedVertices + room);
  const vertex = (store.chunks.length - 1) * MAX_PART_VERTICES + store.usedVertices;
  store.usedVertices += room;
  return vertex;
}

export function giveVerticesBack(store: VertexStore, vertex: number, count: number): void {
  const room = roomFor(count);
  const freed = store.free.get(room);
  if (freed) freed.push(vertex);
  else store.free.set(room, [vertex]);
}

/** Only the first chunk begins small: most indexes hold a few fences. */
function growLast(store: VertexStore, vertices: number): void {
  const last = store.chunks.length - 1;
  const chunk = store.chunks[last]!;
  if (vertices * 2 <= chunk.length) return;
  const grown = new Float64Array(Math.min(MAX_PART_VERTICES, Math.max(vertices, chunk.length)) * 2);
  grown.set(chunk);
  store.chunks[last] = grown;
}

function roomFor(count: number): number {
  const step = 1 << Math.max(0, 31 - Math.clz32(count) - ROUNDING_BITS);
  return Math.min(MAX_PART_VERTICES, Math.ceil(count / step) * step);
}
