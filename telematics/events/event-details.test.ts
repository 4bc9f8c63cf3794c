import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../rules/json.ts';
import { MAX_DETAILS_BYTES, storableDetails } from './event-details.ts';

test('details that fit are kept as they are', () => {
  const details = { limitKmh: 50, source: { scope: 'geofence', id: '7' }, fixes: [1, 2, 3], note: null };
  expect(JSON.parse(storableDetails(details))).toEqual(details);
});

test('what PostgreSQL cannot hold is replaced, in names as in values', () => {
  expect(storableDetails({ 'a\0': 'x\ud800y' })).toBe('{"a\ufffd":"x\ufffdy"}');
});

test('of what is too long the longest member goes, is named, and the rest stays', () => {
  const fixes = Array.from({ length: 2_000 }, (_, index) => 1_795_168_800_000 + index);
  expect(JSON.parse(storableDetails({ peakKmh: 91.5, fixes, limitKmh: 50 }))).toEqual({
    peakKmh: 91.5,
    limitKmh: 50,
    omitted: ['fixes'],
  });
});

test('whatever is given comes out as JSON within the bound, the same each time', () => {
  const text = fc.string({ unit: 'binary', maxLength: 3_000 });
  fc.assert(
    fc.property(
      fc.dictionary(text, fc.oneof(text, fc.double(), fc.array(fc.integer())), { maxKeys: 40 }),
      (made) => {
        const details = made as Record<string, Json>;
        const stored = storableDetails(details);
        expect(Buffer.byteLength(stored)).toBeLessThanOrEqual(MAX_DETAILS_BYTES);
        expect(JSON.parse(stored)).toBeTypeOf('object');
        expect(stored.isWellFormed()).toBe(true);
        expect(storableDetails({ ...details })).toBe(stored);
      },
    ),
    { numRuns: 50 },
  );
});
