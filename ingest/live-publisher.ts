import type { Log } from '@wayleave/runtime/log.ts';
import type { Redis } from '@wayleave/runtime/redis.ts';
import { type LiveUpdate, liveChannel } from '@wayleave/telematics/live/live-feed.ts';
import type { StoredPosition } from '@wayleave/telematics/positions/stored-position.ts';

/** Publishes under way at once; beyond it a batch is left out, and the next brings newer positions. */
const MAX_PENDING_PUBLISHES = 64;

/** Tells the live feed where devices are now that a batch is stored: the latest good position of each, by operator. */
export function createLivePublisher(redis: Redis, log: Log): (moved: Iterable<StoredPosition>) => void {
  let pending = 0;
  return (moved) => {
    if (pending >= MAX_PENDING_PUBLISHES) return;
    const byOperator = new Map<number, LiveUpdate[]>();
    for (const row of moved) {
      const updates = byOperator.get(row.operatorId);
      if (updates) updates.push(updateOf(row));
      else byOperator.set(row.operatorId, [updateOf(row)]);
    }
    for (const [operatorId, updates] of byOperator) {
      pending += 1;
      redis
        .publish(liveChannel(String(operatorId)), JSON.stringify(updates))
        .catch((error: unknown) => log.warn({ err: error }, 'the live feed missed a batch'))
        .finally(() => {
          pending -= 1;
        });
    }
  };
}

function updateOf({ deviceId, position }: StoredPosition): LiveUpdate {
  return [
    String(deviceId),
    position.fixTimeMs,
    position.receivedAtMs,
    // A good position has a place.
    position.lat!,
    position.lon!,
    position.speedKmh,
    position.headingDeg,
    position.ignition === null ? null : position.ignition ? 1 : 0,
    position.alarm,
  ];
}
