import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TrackFeature } from '../api/types.ts';
import { trackFeatures } from './track-features.ts';

const line = (lon: number): TrackFeature => ({
  type: 'Feature',
  geometry: {
    type: 'LineString',
    coordinates: [
      [lon, 0],
      [lon + 1, 0],
    ],
  },
  properties: {
    deviceId: '1',
    coordTimes: ['2026-11-20T10:00:00.000Z', '2026-11-20T10:01:00.000Z'],
    speedsKmh: [1, null],
  },
});
const features = [line(1), line(2), line(3)];
const text = `{"type":"FeatureCollection","features":[\n${features.map((feature) => JSON.stringify(feature)).join('\n,')}\n]}\n`;

function inPieces(
  bytes: Uint8Array<ArrayBuffer>,
  sizes: readonly number[],
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  let piece = 0;
  return new ReadableStream({
    pull(controller) {
      const size = sizes[piece++ % sizes.length] ?? 1;
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
      if (at >= bytes.length) controller.close();
    },
  });
}

const collect = async (body: string, sizes: readonly number[]) => {
  const all: TrackFeature[] = [];
  for await (const some of trackFeatures(inPieces(new TextEncoder().encode(body), sizes))) all.push(...some);
  return all;
};

test('a track is read however its text is cut into pieces', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), async (sizes) => {
      expect(await collect(text, sizes)).toEqual(features);
    }),
    { numRuns: 30 },
  );
});

test('a track without a fix is empty', async () => {
  expect(await collect('{"type":"FeatureCollection","features":[\n]}\n', [100])).toEqual([]);
});

test('a track that breaks off is not taken for a whole one', async () => {
  await expect(collect(text.slice(0, text.length - 5), [64])).rejects.toThrow('broke off');
});
