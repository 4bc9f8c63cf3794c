import { describe, expect, test } from 'vitest';
import { collection, feature, polygon } from '../test/geojson-under-test.ts';
import { createImportReader, IMPORT_LIMITS } from './import-reader.ts';

describe('the reader of imports', () => {
  const request = {
    format: 'geojson' as const,
    text: collection([feature('A', polygon(1))]),
    kind: 'other' as const,
    isLatLon: false,
  };

  test('gives up on what takes too long, and has room again', async () => {
    const reader = createImportReader({ ...IMPORT_LIMITS, maxImports: 1, timeoutMs: 1 });
    for (let time = 0; time < 2; time += 1) {
      await expect(reader.read('1', request)).rejects.toMatchObject({
        code: 'import_too_costly',
        status: 422,
      });
    }
    await reader.close();
  });

  test('gives up where the heap of its thread is too small for the file', async () => {
    const reader = createImportReader({ ...IMPORT_LIMITS, heapMiB: 4 });
    await expect(reader.read('1', request)).rejects.toMatchObject({ code: 'import_too_costly', status: 422 });
    await reader.close();
    const roomy = createImportReader(IMPORT_LIMITS);
    expect((await roomy.read('1', request)).features).toHaveLength(1);
    await roomy.close();
  });

  test('ends what is under way when it is closed', async () => {
    const reader = createImportReader(IMPORT_LIMITS);
    const reading = reader.read('1', request);
    await Promise.all([expect(reading).rejects.toThrow(/ended without an answer/), reader.close()]);
  });
});
