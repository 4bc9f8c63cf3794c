import type { LatestOfDevice } from '@wayleave/telematics/positions/binary-copy.ts';
import { describe, expect, it } from 'vitest';
import { CheckpointTracker } from './checkpoint-tracker.ts';
import type { Tenure } from './tenure.ts';

const tenure = (shard: number): Tenure => ({
  lease: { shard, epoch: '5', checkpoint: 'old' },
  readUpTo: '',
  replayUntilMs: 0,
  isHeld: true,
});
const latest = (deviceId: number, newestFixTimeMs: number): LatestOfDevice => ({
  deviceId,
  operatorId: 7,
  position: null,
  newestFixTimeMs,
  lastReceivedAtMs: newestFixTimeMs,
});

describe('the checkpoint tracker', () => {
  it('waits for its interval while batches follow, and for nothing when none does', () => {
    const tracker = new CheckpointTracker();
    tracker.made(1_000);
    tracker.add(new Map([[tenure(0), 'a']]));
    expect(tracker.due(1_100, false)).toBeNull();
    expect(tracker.due(1_100, true)).not.toBeNull();
    expect(tracker.due(1_250, false)).not.toBeNull();
  });

  it('gathers the furthest marks and the last word on each device of several batches, then starts afresh', () => {
    const tracker = new CheckpointTracker();
    const [zero, one] = [tenure(0), tenure(1)];
    tracker.add(
      new Map([
        [zero, 'a'],
        [one, 'b'],
      ]),
    );
    tracker.stored([latest(1, 9), latest(2, 3)]);
    tracker.add(new Map([[zero, 'c']]));
    tracker.stored([latest(1, 5)]);
    const point = tracker.due(0, true)!;
    expect(point.reached).toEqual([
      { shard: 0, epoch: '5', checkpoint: 'c' },
      { shard: 1, epoch: '5', checkpoint: 'b' },
    ]);
    // A late fix can take the latest back in time: what was said last counts.
    expect([...point.latest.values()].map((device) => [device.deviceId, device.newestFixTimeMs])).toEqual([
      [1, 5],
      [2, 3],
    ]);
    tracker.made(0);
    expect(tracker.due(0, true)).toMatchObject({ reached: [], latest: new Map() });
  });

  it('moves no mark of a shard that was lost meanwhile, nor the latest of its devices', () => {
    const tracker = new CheckpointTracker();
    const lost = tenure(0);
    tracker.add(
      new Map([
        [lost, 'a'],
        [tenure(1), 'b'],
      ]),
    );
    tracker.stored([latest(1, 9), latest(2, 3)]);
    lost.isHeld = false;
    tracker.forget((deviceId) => deviceId === 2);
    const point = tracker.due(0, true)!;
    expect(point.reached.map(({ shard }) => shard)).toEqual([1]);
    expect([...point.latest.keys()]).toEqual([1]);
  });
});
