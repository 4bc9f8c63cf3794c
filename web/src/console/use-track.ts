import { useEffect, useState } from 'react';
import { POSITIONS_PER_PAGE, positions, vehicle as readVehicle } from '../api/client.ts';
import { serverNowMs } from '../api/request.ts';
import { withToken } from '../api/session.ts';
import type { Position, Vehicle } from '../api/types.ts';
import type { FleetStore } from '../live/fleet-store.ts';
import type { TrackPoint } from '../map/track.ts';

export const TRACK_SPAN_MS = 60 * 60_000;
/** What the live feed does not carry (battery, odometer) is read at this pace. */
const DETAIL_EVERY_MS = 10_000;
/** Outside the viewport nothing comes live, so this is also how the vehicle moves. */
const REMOTE_EVERY_MS = 4000;

/** What is driven while the panel is open is added at this pace. */
const GROW_EVERY_MS = 1000;

export type Track = { phase: 'loading' } | { phase: 'failed' } | { phase: 'read'; points: TrackPoint[] };

/** The positions that have a place, as all good ones do. */
export const trackPointsOf = (positions: readonly Position[]): TrackPoint[] =>
  positions.flatMap(({ fixTime, lat, lon, speedKmh }) =>
    lat === null || lon === null ? [] : [{ fixTimeMs: Date.parse(fixTime), lat, lon, speedKmh }],
  );

/** The last hour of a vehicle, oldest first, growing as it drives; for a component made anew for each vehicle. */
export function useTrack(id: string, store: FleetStore): Track {
  const [track, setTrack] = useState<Track>({ phase: 'loading' });
  useEffect(() => {
    const abort = new AbortController();
    const toMs = serverNowMs();
    const range = { fromMs: toMs - TRACK_SPAN_MS, toMs, limit: POSITIONS_PER_PAGE };
    withToken((token) => positions(token, id, range, abort.signal)).then(
      (page) => {
        const points = trackPointsOf(page.items).sort((a, b) => a.fixTimeMs - b.fixTimeMs);
        setTrack({ phase: 'read', points });
      },
      () => {
        if (!abort.signal.aborted) setTrack({ phase: 'failed' });
      },
    );

    let fresh: TrackPoint[] = [];
    const stopListening = store.onVehicles((changed) => {
      const position = changed.find((vehicle) => vehicle.id === id)?.position;
      if (position && position.fixTimeMs > (fresh.at(-1)?.fixTimeMs ?? 0)) fresh.push(position);
    });
    const timer = setInterval(() => {
      if (fresh.length === 0) return;
      const added = fresh;
      fresh = [];
      setTrack((held) =>
        held.phase === 'read' ? { phase: 'read', points: grown(held.points, added) } : held,
      );
    }, GROW_EVERY_MS);
    return () => {
      abort.abort();
      stopListening();
      clearInterval(timer);
    };
  }, [id, store]);
  return track;
}

function grown(points: TrackPoint[], added: TrackPoint[]): TrackPoint[] {
  const lastMs = points.at(-1)?.fixTimeMs ?? 0;
  const fromMs = serverNowMs() - TRACK_SPAN_MS;
  return points
    .filter(({ fixTimeMs }) => fixTimeMs >= fromMs)
    .concat(added.filter(({ fixTimeMs }) => fixTimeMs > lastMs));
}

/** The vehicle with its latest position, read again and again while it is shown. */
export function useDetail(id: string, live: boolean, onRead: (vehicle: Vehicle) => void): Vehicle | null {
  const [detail, setDetail] = useState<Vehicle | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const read = async () => {
      try {
        const vehicle = await withToken((token) => readVehicle(token, id, abort.signal));
        setDetail(vehicle);
        onRead(vehicle);
      } catch {
        // The next round tries again; what is shown meanwhile says how old it is.
      }
    };
    void read();
    const timer = setInterval(() => void read(), live ? DETAIL_EVERY_MS : REMOTE_EVERY_MS);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [id, live, onRead]);
  return detail;
}
