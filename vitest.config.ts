import { defineConfig } from 'vitest/config';
import { ClosingLine } from './local/test-run/closing-line.ts';

const SECOND_MS = 1_000;

/**
 * Five kinds of test, run one kind after the other: two cores are too few for a browser, a whole
 * stack under load and the timing of an integration test at once.
 */
export default defineConfig({
  test: {
    reporters: [process.stdout.isTTY ? 'default' : ['default', { summary: false }], new ClosingLine()],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.{integration,e2e,crash,fuzz}.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'fuzz',
          include: ['**/*.fuzz.test.ts'],
          // It measures how long decoding takes, which a neighbour would falsify.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['**/*.integration.test.ts'],
          globalSetup: ['local/test-run/test-database.ts'],
          pool: 'forks',
          maxWorkers: 2,
          testTimeout: 30 * SECOND_MS,
          hookTimeout: 60 * SECOND_MS,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['**/*.e2e.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 90 * SECOND_MS,
          hookTimeout: 180 * SECOND_MS,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'crash',
          include: ['**/*.crash.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 3_600 * SECOND_MS,
          hookTimeout: 180 * SECOND_MS,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
