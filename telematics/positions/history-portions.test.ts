import type { Connection } from '@wayleave/runtime/postgres.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { portionsOf, type ReadRows, type Transact } from './history-portions.ts';
import type { DeviceSegment } from './history-segments.ts';

const DAY_MS = 86_400_000;
interface Row {
  fix_time: Date;
  deviceId: string;
}

/** Answers as the database does, from a list. */
function readerOf(rows: readonly Row[]) {
  const asked: { fromMs: number; toMs: number; limit: number }[] = [];
  const read: ReadRows<Row> = async (_connection, { deviceId, from, to, limit }) => {
    asked.push({ fromMs: from.getTime(), toMs: to.getTime(), limit });
    return rows
      .filter((row) => row.deviceId === deviceId && row.fix_time >= from && row.fix_time < to)
      .slice(0, limit);
  };
  return { read, asked };
}
const transact: Transact = async (work) => await work({} as Connection);

async function collect(
  segments: DeviceSegment[],
  read: ReadRows<Row>,
  options: { portionRows: number; limit?: number },
): Promise<Row[][]> {
  const portions: Row[][] = [];
  for await (const { rows } of portionsOf(transact, segments, read, options)) portions.push(rows);
  return portions;
}

const rowsAt = (deviceId: string, times: number[]): Row[] =>
  times.map((time) => ({ deviceId, fix_time: new Date(time) }));

test('portions put together are every row of the segments once, in order, none longer than asked', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: 40 * DAY_MS }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.option(fc.integer({ min: 1, max: 80 }), { nil: undefined }),
      fc.integer({ min: 1, max: 40 * DAY_MS }),
      async (times, portionRows, limit, changeMs) => {
        const sorted = times.sort((a, b) => a - b);
        const { read } = readerOf([...rowsAt('a', sorted), ...rowsAt('b', sorted)]);
        const segments = [
          { deviceId: 'a', fromMs: 0, toMs: changeMs },
          { deviceId: 'b', fromMs: changeMs, toMs: 41 * DAY_MS },
        ];
        const portions = await collect(segments, read, {
          portionRows,
          ...(limit !== undefined && { limit }),
        });
        const expected = sorted
          .map((time) => ({ deviceId: time < changeMs ? 'a' : 'b', fix_time: new Date(time) }))
          .slice(0, limit);
        expect(portions.flat()).toEqual(expected);
        for (const rows of portions) {
          expect(rows.length).toBeGreaterThan(0);
          expect(rows.length).toBeLessThanOrEqual(portionRows);
        }
      },
    ),
  );
});

test('a century without a row takes few reads', async () => {
  const { read, asked } = readerOf([]);
  await collect([{ deviceId: 'a', fromMs: 0, toMs: 36_500 * DAY_MS }], read, { portionRows: 10 });
  expect(asked.length).toBeLessThanOrEqual(25);
});

test('the spans follow how densely a device reports, so that none holds much more than a portion', async () => {
  const secondly = Array.from({ length: 5_000 }, (_, at) => at * 1_000);
  const { read, asked } = readerOf(rowsAt('a', secondly));
  await collect([{ deviceId: 'a', fromMs: 0, toMs: DAY_MS }], read, { portionRows: 100 });
  const spans = asked.slice(1).map(({ fromMs, toMs }) => toMs - fromMs);
  // Before the first portion nothing is known, and after the last fix nothing is found.
  expect(Math.max(...spans.slice(0, 48))).toBeLessThanOrEqual(200_000);
});

test('what comes after the limit is not read', async () => {
  const { read, asked } = readerOf(rowsAt('a', [1, 2, 3, 4, 5]));
  await collect([{ deviceId: 'a', fromMs: 0, toMs: DAY_MS }], read, { portionRows: 2, limit: 3 });
  expect(asked.map(({ limit }) => limit)).toEqual([2, 1]);
});

test('a reader that stops taking ends the reading', async () => {
  const { read, asked } = readerOf(rowsAt('a', [1, 2, 3, 4, 5]));
  const options = { portionRows: 1 };
  for await (const { rows } of portionsOf(
    transact,
    [{ deviceId: 'a', fromMs: 0, toMs: DAY_MS }],
    read,
    options,
  )) {
    expect(rows).toHaveLength(1);
    break;
  }
  expect(asked).toHaveLength(1);
});
