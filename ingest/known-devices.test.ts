import { emptyTrack } from '@wayleave/telematics/positions/quality/judge.ts';
import { thresholdsOfNoVehicle } from '@wayleave/telematics/positions/quality/thresholds.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { type KnownDevice, KnownDevices } from './known-devices.ts';

const device = (deviceId: number, operatorId: number): KnownDevice => ({
  deviceId,
  operatorId,
  track: emptyTrack,
  newestFixTimeMs: 0,
  lastReceivedAtMs: 0,
  thresholds: thresholdsOfNoVehicle,
  rules: null,
});

let known: KnownDevices;
const ids = (): number[] => [1, 2, 3, 4].filter((deviceId) => known.get(deviceId) !== undefined);

beforeEach(() => {
  known = new KnownDevices((deviceId) => deviceId % 2);
  known.remember([device(1, 7), device(2, 7), device(3, 8)], known.begin());
});

describe('the known devices', () => {
  it('are forgotten by shard, by operator, and all of them', () => {
    known.forgetShard(1);
    expect(ids()).toEqual([2]);
    known.forgetOperator(7);
    expect(ids()).toEqual([]);
    known.remember([device(1, 7), device(4, 8)], known.begin());
    known.forgetOperator(null);
    expect(ids()).toEqual([]);
  });

  it('do not come back with a transaction that was under way when their thresholds changed', () => {
    const asOf = known.begin();
    known.forgetOperator(7);
    known.remember([device(1, 7)], asOf);
    expect(ids()).toEqual([3]);
  });

  it('are not left as they were before a transaction that committed after another was forgotten', () => {
    const asOf = known.begin();
    known.forgetOperator(7);
    known.remember([device(3, 8)], asOf);
    expect(ids()).toEqual([]);
  });

  it('forget a single device without the others of a transaction that is under way', () => {
    const asOf = known.begin();
    known.forgetDevice(1);
    known.remember([device(1, 7), device(2, 7)], asOf);
    expect(ids()).toEqual([2, 3]);
    known.remember([device(1, 7)], known.begin());
    expect(ids()).toEqual([1, 2, 3]);
  });

  it('are replaced by what a later transaction makes of them', () => {
    const later = { ...device(1, 7), newestFixTimeMs: 9 };
    known.remember([later], known.begin());
    expect(known.get(1)).toBe(later);
  });
});
