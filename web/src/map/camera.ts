import type { Map as MapLibreMap } from 'maplibre-gl';

/** The width of the vehicle panel with its margins, and below which map width it is a sheet instead. */
const PANEL_PX = 348;
export const PHONE_BELOW_PX = 760;
/** What the sheet leaves free lies this share of the map's height above its middle. */
const SHEET_SHARE = 0.3;
const STREET_ZOOM = 14.5;
const NEIGHBOURHOOD_ZOOM = 13.5;
const EASE_MS = 650;

interface CameraOptions {
  map: MapLibreMap;
  /** Where a vehicle is drawn at this moment. */
  drawnAt(id: string): { lon: number; lat: number } | null;
  panelOpen(): boolean;
  still(): boolean;
}

export interface Camera {
  /** Keeps a vehicle in the middle from now on; null lets go. */
  follow(id: string | null): void;
  /** Brings a vehicle into view, close enough to see the street. */
  flyTo(id: string): void;
  /** Brings a place into view. */
  show(place: { lon: number; lat: number }): void;
  following(): boolean;
  stop(): void;
}

export function createCamera({ map, drawnAt, panelOpen, still }: CameraOptions): Camera {
  let followedId: string | null = null;
  let frame = 0;

  /** The middle of what the panel leaves free, in pixels from the map's middle. */
  const offset = (): [number, number] => {
    if (!panelOpen()) return [0, 0];
    const { clientWidth, clientHeight } = map.getContainer();
    return clientWidth < PHONE_BELOW_PX ? [0, -clientHeight * SHEET_SHARE] : [-PANEL_PX / 2, 0];
  };

  const ease = (at: { lon: number; lat: number } | null, closestZoom: number) => {
    if (!at) return;
    const zoom = Math.max(map.getZoom(), closestZoom);
    map.easeTo({ center: [at.lon, at.lat], offset: offset(), zoom, duration: still() ? 0 : EASE_MS });
  };

  const step = () => {
    frame = 0;
    if (!followedId) return;
    const at = drawnAt(followedId);
    if (at && !map.isMoving()) {
      const drawn = map.project([at.lon, at.lat]);
      const [dx, dy] = offset();
      map.jumpTo({ center: map.unproject([drawn.x - dx, drawn.y - dy]) });
    }
    frame = requestAnimationFrame(step);
  };

  return {
    follow(id) {
      followedId = id;
      if (!id) return;
      ease(drawnAt(id), STREET_ZOOM);
      if (!frame) frame = requestAnimationFrame(step);
    },
    flyTo: (id) => ease(drawnAt(id), NEIGHBOURHOOD_ZOOM),
    show: (place) => ease(place, NEIGHBOURHOOD_ZOOM),
    following: () => followedId !== null,
    stop() {
      followedId = null;
      cancelAnimationFrame(frame);
    },
  };
}
