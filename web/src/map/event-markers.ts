import { type GeoJSONSource, type Map as MapLibreMap } from 'maplibre-gl';
import type { RiskEvent, Severity } from '../api/event-types.ts';
import type { MapPalette } from './palette.ts';

const SOURCE = 'events';
const LAYER = 'event-markers';
const SEVERITIES: readonly Severity[] = ['info', 'warning', 'critical'];
/** Drawn at twice the size, for screens that show it. */
const PIXEL_RATIO = 2;
const PIN = { width: 22, height: 28 };
const PICK_PX = 4;

/** What a marker is made of. */
export type MarkedEvent = Pick<RiskEvent, 'id' | 'severity' | 'lat' | 'lon' | 'retractedAt'>;

export interface EventMarkers {
  show(events: readonly MarkedEvent[]): void;
  pick(id: string | null): void;
  /** The event whose marker is under a point of the screen. */
  under(point: { x: number; y: number }): string | null;
  addTo(): void;
}

/** Pins where events began, by their severity. */
export function createEventMarkers(map: MapLibreMap, palette: () => MapPalette): EventMarkers {
  let shown: readonly MarkedEvent[] = [];
  let picked: string | null = null;

  const collection = (): GeoJSON.FeatureCollection => ({
    type: 'FeatureCollection',
    features: shown.flatMap(({ id, severity, lat, lon, retractedAt }) =>
      lat === null || lon === null || retractedAt !== null
        ? []
        : [
            {
              type: 'Feature' as const,
              properties: { id, severity, rank: SEVERITIES.indexOf(severity), picked: id === picked },
              geometry: { type: 'Point' as const, coordinates: [lon, lat] },
            },
          ],
    ),
  });
  const draw = () => void map.getSource<GeoJSONSource>(SOURCE)?.setData(collection());

  return {
    show(events) {
      shown = events;
      draw();
    },
    pick(id) {
      if (id === picked) return;
      picked = id;
      draw();
    },
    under({ x, y }) {
      if (!map.getLayer(LAYER)) return null;
      const reach: [[number, number], [number, number]] = [
        [x - PICK_PX, y - PICK_PX],
        [x + PICK_PX, y + PICK_PX],
      ];
      const id = map.queryRenderedFeatures(reach, { layers: [LAYER] })[0]?.properties.id;
      return typeof id === 'string' ? id : null;
    },
    addTo() {
      const colours = palette();
      for (const severity of SEVERITIES) {
        const name = `event-${severity}`;
        if (map.hasImage(name)) map.removeImage(name);
        const pin = pinOf(colours.severities[severity], colours.halo, severity);
        if (pin) map.addImage(name, pin, { pixelRatio: PIXEL_RATIO });
      }
      if (!map.getSource(SOURCE)) map.addSource(SOURCE, { type: 'geojson', data: collection() });
      if (map.getLayer(LAYER)) return;
      map.addLayer({
        id: LAYER,
        type: 'symbol',
        source: SOURCE,
        layout: {
          'icon-image': ['concat', 'event-', ['get', 'severity']],
          'icon-anchor': 'bottom',
          'icon-size': ['case', ['get', 'picked'], 1.35, 1],
          'icon-allow-overlap': true,
          'icon-ignore-placement': true,
          'symbol-sort-key': ['+', ['get', 'rank'], ['case', ['get', 'picked'], 10, 0]],
        },
      });
    },
  };
}

/** A pin with a mark that tells the severities apart without their colours. */
function pinOf(colour: string, halo: string, severity: Severity): ImageData | null {
  const canvas = document.createElement('canvas');
  canvas.width = PIN.width * PIXEL_RATIO;
  canvas.height = PIN.height * PIXEL_RATIO;
  const context = canvas.getContext('2d');
  if (!context) return null;
  context.scale(PIXEL_RATIO, PIXEL_RATIO);
  context.beginPath();
  context.moveTo(11, 26.5);
  context.bezierCurveTo(9.5, 22, 2, 18.5, 2, 11);
  context.arc(11, 11, 9, Math.PI, 0);
  context.bezierCurveTo(20, 18.5, 12.5, 22, 11, 26.5);
  context.closePath();
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = 1.6;
  context.strokeStyle = halo;
  context.stroke();
  context.fillStyle = halo;
  context.beginPath();
  if (severity === 'critical') {
    context.roundRect(9.9, 5.6, 2.2, 7, 1.1);
    context.roundRect(9.9, 14, 2.2, 2.2, 1.1);
  } else if (severity === 'warning') {
    context.roundRect(6.6, 9.9, 8.8, 2.2, 1.1);
  } else {
    context.arc(11, 11, 2.7, 0, 2 * Math.PI);
  }
  context.fill();
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
