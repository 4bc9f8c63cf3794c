import type { StoredPosition } from '@wayleave/telematics/positions/stored-position.ts';
import { describe, expect, it } from 'vitest';
import { CheckpointTracker } from './checkpoint-tracker.ts';
import type { Tenure } from './tenure.ts';

const tenure = (shard: number): Tenure => ({
  lease: { shard, epoch: '5', checkpoint: 'old' },
  readUpTo: '',
  replayUntilMs: 0,
  isHeld: true,
});
const newest = (deviceId: number, fixTimeMs: number): Map<number, StoredPosition> =>
  new Map([[deviceId, { deviceId, position: { fixTimeMs } } as StoredPosition]]);

describe('the checkpoint tracker', () => {
  it('waits for its interval while batches follow, and for nothing when none does', () => {
    const tracker = new CheckpointTracker();
    tracker.made(1_000);
    tracker.add(new Map([[tenure(0), 'a']]), newest(1, 5), false);
    expect(tracker.due(1_100, false)).toBeNull();
    expect(tracker.due(1_100, true)).not.toBeNull();
    expect(tracker.due(1_250, false)).not.toBeNull();
  });

  it('gathers the furthest marks and the newest positions of several batches, then starts afresh', () => {
    const tracker = new CheckpointTracker();
    const [zero, one] = [tenure(0), tenure(1)];
    tracker.add(
      new Map([
        [zero, 'a'],
        [one, 'b'],
      ]),
      newest(1, 9),
      true,
    );
    tracker.add(new Map([[zero, 'c']]), newest(1, 5), false);
    const point = tracker.due(0, true)!;
    expect(point.reached).toEqual([
      { shard: 0, epoch: '5', checkpoint: 'c' },
      { shard: 1, epoch: '5', checkpoint: 'b' },
    ]);
    expect(point.latest.get(1)!.position.fixTimeMs).toBe(9);
    expect(point.latestMayRepeat).toBe(true);
    tracker.made(0);
    expect(tracker.due(0, true)).toMatchObject({ reached: [], latestMayRepeat: false });
  });

  it('moves no mark of a shard that was lost meanwhile', () => {
    const tracker = new CheckpointTracker();
    const lost = tenure(0);
    tracker.add(
      new Map([
        [lost, 'a'],
        [tenure(1), 'b'],
      ]),
      new Map(),
      false,
    );
    lost.isHeld = false;
    expect(tracker.due(0, true)!.reached.map(({ shard }) => shard)).toEqual([1]);
  });

  it('merges what two batches say of the same instant', () => {
    const tracker = new CheckpointTracker();
    const at = (more: object) =>
      new Map([
        [
          1,
          {
            deviceId: 1,
            position: { fixTimeMs: 5, lat: 1, lon: 2, alarm: null, attributes: null, ...more },
          } as StoredPosition,
        ],
      ]);
    tracker.add(new Map(), at({ speedKmh: 10, batteryV: null }), false);
    tracker.add(new Map(), at({ speedKmh: null, batteryV: 12 }), false);
    expect(tracker.due(0, true)!.latest.get(1)!.position).toMatchObject({ speedKmh: 10, batteryV: 12 });
  });

  it('forgets what the database refused, and remembers that a batch had to be merged', () => {
    const tracker = new CheckpointTracker();
    const refused = newest(1, 9).get(1)!;
    tracker.add(new Map(), new Map([[1, refused]]), false);
    tracker.add(new Map(), newest(2, 9), false);
    tracker.stored({ merged: true, refusedRows: [refused] }, newest(1, 7));
    const point = tracker.due(0, true)!;
    expect([...point.latest.values()].map((row) => [row.deviceId, row.position.fixTimeMs])).toEqual([
      [2, 9],
      [1, 7],
    ]);
    expect(point.latestMayRepeat).toBe(true);
  });
});
