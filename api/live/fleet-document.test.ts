import { applyUpdate, createFleet, mergeRows } from '@wayleave/telematics/live/fleet.ts';
import type { LiveUpdate } from '@wayleave/telematics/live/live-feed.ts';
import { expect, test } from 'vitest';
import { createFleetDocument } from './fleet-document.ts';

const installed = { fromMs: 0, toMs: Number.POSITIVE_INFINITY };
const fix = {
  fixTimeMs: 1_000,
  receivedAtMs: 1_500,
  lat: 0.3,
  lon: 32.5,
  speedKmh: 41.5,
  headingDeg: 90,
  ignition: true,
  alarm: null,
};
const rowOf = (vehicleId: string) => ({
  vehicleId,
  label: `Boda ${vehicleId}`,
  kind: 'motorcycle' as const,
  plate: null,
});
const update = (deviceId: string, fixTimeMs: number): LiveUpdate => [
  deviceId,
  fixTimeMs,
  fixTimeMs,
  1,
  2,
  3,
  4,
  1,
  null,
];

function fleetDocument(limits = { maxBusyShare: Number.POSITIVE_INFINITY, maxSpacingMs: 1_000 }) {
  const fleet = createFleet();
  mergeRows(fleet, [
    { ...rowOf('1'), installed: { deviceId: '11', ...installed }, fix },
    { ...rowOf('2'), installed: { deviceId: '12', ...installed }, fix: null },
    { ...rowOf('3'), installed: null, fix: null },
  ]);
  return { fleet, document: createFleetDocument(fleet, limits) };
}
const itemsOf = (body: Buffer) => JSON.parse(body.toString()).items;

test('the document has every vehicle that has a position, and no other', () => {
  const { document } = fleetDocument();
  expect(itemsOf(document.now().body)).toEqual([
    {
      ...rowOf('1'),
      deviceId: '11',
      fixTime: '1970-01-01T00:00:01.000Z',
      receivedAt: '1970-01-01T00:00:01.500Z',
      lat: 0.3,
      lon: 32.5,
      speedKmh: 41.5,
      headingDeg: 90,
      ignition: true,
      alarm: null,
    },
  ]);
});

test('while nothing changes it is the same bytes, and its tag is of what it says', () => {
  const { fleet, document } = fleetDocument();
  const first = document.now();
  expect(document.now()).toBe(first);
  document.changed();
  expect(document.now().etag).toBe(first.etag);
  applyUpdate(fleet, update('12', 2_000));
  document.changed();
  const second = document.now();
  expect(second.etag).not.toBe(first.etag);
  expect(itemsOf(second.body)).toHaveLength(2);
});

test('one that takes long to make is made less often, but no later than the spacing', async () => {
  const { fleet, document } = fleetDocument({ maxBusyShare: 1e-9, maxSpacingMs: 30 });
  const first = document.now();
  applyUpdate(fleet, update('12', 2_000));
  document.changed();
  expect(document.now()).toBe(first);
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(itemsOf(document.now().body)).toHaveLength(2);
});
