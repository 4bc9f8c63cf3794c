import { once } from 'node:events';
import { COPY_COLUMNS, CopyEncoder } from '@wayleave/telematics/positions/binary-copy.ts';
import type { Position } from '@wayleave/telematics/positions/position.ts';
import { toStored } from '@wayleave/telematics/positions/stored-position.ts';
import { from as copyFrom } from 'pg-copy-streams';
import { startBenchStack } from './bench-stack.ts';

const DEVICES = 500;
const ROWS_PER_BATCH = 5_000;
const BATCHES = 200;

/**
 * Rows a second that PostgreSQL takes when nothing else is done: the same rows into the same
 * table, encoded beforehand, by binary COPY in transactions of 5,000 over one connection.
 */
export async function bareCopy(): Promise<number> {
  await using bench = await startBenchStack(1, []);
  const firstMs = Date.now();
  const batches = Array.from({ length: BATCHES }, (_, batch) => encodeBatch(firstMs, batch));
  const startedAtMs = performance.now();
  for (const bytes of batches) {
    const stream = bench.database.query(
      copyFrom(`COPY positions (${COPY_COLUMNS}) FROM STDIN (FORMAT binary)`),
    );
    const finished = once(stream, 'finish');
    stream.end(bytes);
    await finished;
  }
  return Math.round((BATCHES * ROWS_PER_BATCH * 1_000) / (performance.now() - startedAtMs));
}

function encodeBatch(firstMs: number, batch: number): Buffer {
  const rows = Array.from({ length: ROWS_PER_BATCH }, (_, row) => {
    const device = row % DEVICES;
    const fix = (batch * ROWS_PER_BATCH + row - device) / DEVICES;
    return toStored(device + 1, 1, positionOf(firstMs + fix, device));
  });
  return Buffer.from(new CopyEncoder().encode(rows));
}

/** As the load generator's positions are. */
function positionOf(fixTimeMs: number, device: number): Position {
  return {
    fixTimeMs,
    receivedAtMs: fixTimeMs,
    lat: 0.3476 + device * 1e-4,
    lon: 32.5825 + (fixTimeMs % 1_000) * 1e-5,
    speedKmh: 41.5,
    headingDeg: 90,
    altitudeM: 1_190,
    accuracyM: 6,
    satellites: 9,
    ignition: true,
    odometerM: 120_345,
    batteryV: 12.6,
    alarm: null,
    attributes: { gsmSignal: 21, hdop: 0.9 },
    doubts: 0,
    remarks: 0,
  };
}
