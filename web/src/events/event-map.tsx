import type { GeoJSONSource } from 'maplibre-gl';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { positions } from '../api/client.ts';
import type { RiskEvent } from '../api/event-types.ts';
import type { Geofence } from '../api/geofence-types.ts';
import { geofenceVersions } from '../api/geofences.ts';
import { createEventMarkers } from '../map/event-markers.ts';
import { boundsOfShapes } from '../map/geofence-features.ts';
import { createGeofenceLayers } from '../map/geofence-layers.ts';
import type { PlainMap } from '../map/plain-map.ts';
import { trackGeoJson, trackLines } from '../map/track.ts';
import { usePlainMap } from '../map/use-plain-map.ts';
import { clockTime } from '../replay/day.ts';
import { useQuery } from '../ui/use-query.ts';
import { geofenceOf } from './details.ts';
import { fixesOfEvent, type ShownFix, spanOfEvent } from './event-fixes.ts';

/** More fixes than this are not read for one picture. */
const MAX_FIXES = 2_000;
const TRACK = 'event-track';
const FIXES = 'event-fixes';
/** Half the width of a picture of a single place, degrees; about 300 m. */
const AROUND_DEG = 0.003;

/** The fixes around an event with their times, those that made it marked, and the geofence as it then was. */
export function EventMap({ event }: { event: RiskEvent }) {
  const { query } = useQuery(
    useCallback(
      async (token: string, signal: AbortSignal) => ({
        fixes: await readFixes(token, event, signal),
        fence: await readFence(token, event, signal),
      }),
      [event],
    ),
  );
  const scene = query.value;
  const layers = useRef<ReturnType<typeof createGeofenceLayers>>(null);
  const draw = useCallback(
    (plain: PlainMap) => {
      if (!scene) return;
      layers.current?.show(scene.fence ? [scene.fence] : []);
      const lines = trackLines(scene.fixes.map(({ atMs, ...fix }) => ({ ...fix, fixTimeMs: atMs })));
      void plain.map.getSource<GeoJSONSource>(TRACK)?.setData(trackGeoJson(lines));
      void plain.map.getSource<GeoJSONSource>(FIXES)?.setData(fixCollection(scene.fixes));
    },
    [scene],
  );
  const { container, plain } = usePlainMap({
    label: 'Map of the event',
    paddingPx: 36,
    small: true,
    onStyle(made, before) {
      layers.current = createGeofenceLayers(made.map, made.palette);
      layers.current.addTo(before);
      addFixLayers(made, event.severity);
      const pins = createEventMarkers(made.map, made.palette);
      pins.show([event]);
      pins.addTo();
      draw(made);
    },
  });
  const bounds = useMemo(() => boundsOf(event, scene?.fixes ?? [], scene?.fence ?? null), [event, scene]);
  useEffect(() => {
    if (!plain) return;
    draw(plain);
    if (bounds) plain.frame(bounds);
  }, [plain, draw, bounds]);

  const made = scene?.fixes.filter((fix) => fix.made) ?? [];
  return (
    <figure className="event-map">
      <div ref={container} className="map" data-testid="event-map" data-fixes={scene?.fixes.length ?? 0} />
      <figcaption>
        {query.phase === 'failed' && <span className="problem">The fixes cannot be read. {query.why}</span>}
        {made.length > 0 && (
          <details>
            <summary>
              {made.length === 1 ? 'The fix that made it' : `The ${made.length} fixes that made it`}
            </summary>
            <ul>
              {made.map(({ fixTime, atMs, speedKmh, accuracyM }) => (
                <li key={fixTime}>
                  <time dateTime={fixTime}>{clockTime(atMs)}</time>
                  <span>{speedKmh === null ? 'speed not told' : `${Math.round(speedKmh)} km/h`}</span>
                  <span>{accuracyM === null ? '' : `± ${Math.round(accuracyM)} m`}</span>
                </li>
              ))}
            </ul>
          </details>
        )}
      </figcaption>
    </figure>
  );
}

async function readFixes(token: string, event: RiskEvent, signal: AbortSignal): Promise<ShownFix[]> {
  if (event.vehicleId === null) return [];
  const query = { ...spanOfEvent(event), limit: MAX_FIXES, verdict: 'all' } as const;
  const page = await positions(token, event.vehicleId, query, signal);
  return fixesOfEvent(event, page.items);
}

/** The geofence in the version that the event was judged by; null where there is none to be had. */
async function readFence(token: string, event: RiskEvent, signal: AbortSignal): Promise<Geofence | null> {
  const about = geofenceOf(event.details);
  if (!about || about.id === null) return null;
  // The picture is still worth having without it.
  const versions = await geofenceVersions(token, about.id, signal).catch(() => null);
  return (
    versions?.items.find(({ version }) => version === about.version) ??
    versions?.items.toSorted((a, b) => b.version - a.version)[0] ??
    null
  );
}

function boundsOf(
  event: RiskEvent,
  fixes: readonly ShownFix[],
  fence: Geofence | null,
): [number, number, number, number] | null {
  const places = [
    ...fixes,
    ...(event.lat === null || event.lon === null ? [] : [{ lat: event.lat, lon: event.lon }]),
  ];
  // A country is no frame for a street: the fence counts only where there is nothing else.
  const bounds =
    places.length > 0
      ? boundsOfShapes([{ type: 'Polygon', coordinates: [places.map(({ lon, lat }) => [lon, lat])] }])
      : fence && boundsOfShapes([fence.shape]);
  if (!bounds) return null;
  const [west, south, east, north] = bounds;
  const margin = Math.max(0, AROUND_DEG - Math.max(east - west, north - south) / 2);
  return [west - margin, south - margin, east + margin, north + margin];
}

function fixCollection(fixes: readonly ShownFix[]): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: fixes.map(({ lon, lat, atMs, made }) => ({
      type: 'Feature',
      properties: { made, time: clockTime(atMs) },
      geometry: { type: 'Point', coordinates: [lon, lat] },
    })),
  };
}

function addFixLayers({ map, palette }: PlainMap, severity: RiskEvent['severity']): void {
  const { track, halo, severities } = palette();
  const empty: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };
  map.addSource(TRACK, { type: 'geojson', data: empty });
  map.addSource(FIXES, { type: 'geojson', data: empty });
  map.addLayer({
    id: TRACK,
    type: 'line',
    source: TRACK,
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': track, 'line-width': 2, 'line-opacity': 0.5 },
  });
  map.addLayer({
    id: FIXES,
    type: 'circle',
    source: FIXES,
    paint: {
      'circle-radius': ['case', ['get', 'made'], 5, 2.5],
      'circle-color': ['case', ['get', 'made'], severities[severity], track],
      'circle-stroke-color': halo,
      'circle-stroke-width': ['case', ['get', 'made'], 1.5, 0],
    },
  });
  map.addLayer({
    id: `${FIXES}-times`,
    type: 'symbol',
    source: FIXES,
    layout: {
      'text-field': ['get', 'time'],
      'text-font': ['Wayleave Medium'],
      'text-size': 11,
      'text-padding': 14,
      'text-offset': [0, 1.1],
      'text-anchor': 'top',
      'symbol-sort-key': ['case', ['get', 'made'], 0, 1],
    },
    paint: { 'text-color': track, 'text-halo-color': halo, 'text-halo-width': 1.4 },
  });
}
