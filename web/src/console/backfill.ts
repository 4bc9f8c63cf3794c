import { positions } from '../api/client.ts';
import { serverNowMs } from '../api/request.ts';
import { withToken } from '../api/session.ts';
import type { Fleet } from '../live/fleet.ts';
import type { TrackPoint } from '../map/track.ts';
import { trackPointsOf } from './use-track.ts';

/** So many moving vehicles get the trail they left before the page was opened; the rest draw theirs as they go. */
const MOST_VEHICLES = 60;
const AT_ONCE = 3;
const SPAN_MS = 9 * 60_000;
const MOST_POSITIONS = 600;

/** Reads recent positions and hands them over vehicle by vehicle. Failures are left out: trails are a courtesy. */
export async function backfillTrails(
  fleet: Fleet,
  onTrail: (id: string, points: TrackPoint[], nowMs: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const ids: string[] = [];
  for (const { id, state } of fleet.vehicles.values()) {
    if (state === 'moving' && ids.push(id) === MOST_VEHICLES) break;
  }
  const worker = async () => {
    for (let id = ids.shift(); id && !signal.aborted; id = ids.shift()) {
      const vehicleId = id;
      const toMs = serverNowMs();
      const range = { fromMs: toMs - SPAN_MS, toMs, limit: MOST_POSITIONS };
      const page = await withToken((token) => positions(token, vehicleId, range, signal)).catch(() => null);
      if (page && !signal.aborted) onTrail(vehicleId, trackPointsOf(page.items), serverNowMs());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
