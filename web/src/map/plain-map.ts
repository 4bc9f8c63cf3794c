import {
  AttributionControl,
  Map as MapLibreMap,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { mapConfig } from '../api/client.ts';
import { createBaseStyle } from './base-style.ts';
import { createGraticuleLayer } from './graticule-layer.ts';
import { type MapPalette, PALETTES, type Theme } from './palette.ts';
import { FIRST_LABEL_LAYER } from './style.ts';

setWorkerUrl(workerUrl);

export interface PlainMap {
  map: MapLibreMap;
  palette(): MapPalette;
  still(): boolean;
  setTheme(theme: Theme): void;
  /** Brings a box into view; its longitudes may be unwrapped. */
  frame(bounds: [number, number, number, number], how?: { maxZoom?: number; smoothly?: boolean }): void;
  destroy(): void;
}

interface PlainMapOptions {
  container: HTMLElement;
  label: string;
  theme: Theme;
  still: boolean;
  /** Pixels that are left free around what is framed. */
  paddingPx: number;
  /** No controls, and a wheel that scrolls the page: a picture within a text. */
  small?: boolean;
  /** A style is in place; the caller's layers go below `before`. Called again when the theme changes. */
  onStyle(plain: PlainMap, before: string | undefined): void;
}

const FRAME_MS = 500;

/** A map without the fleet, for what is drawn on it by the caller. */
export async function createPlainMap(
  options: PlainMapOptions,
  signal: AbortSignal,
): Promise<PlainMap | null> {
  const { styleUrl } = await mapConfig().catch(() => ({ styleUrl: null }));
  if (signal.aborted) return null;
  let { theme } = options;
  const map = new MapLibreMap({
    container: options.container,
    style: { version: 8, sources: {}, layers: [] },
    center: [32.58, 0.32],
    zoom: 3,
    attributionControl: false,
    maxPitch: 0,
    pitchWithRotate: false,
    dragRotate: false,
    cooperativeGestures: options.small === true,
    fadeDuration: options.still ? 0 : 150,
    validateStyle: false,
    localIdeographFontFamily: 'sans-serif',
  });
  map.touchZoomRotate.disableRotation();
  if (!options.small) {
    map.addControl(new AttributionControl({ compact: true }), 'bottom-right');
    map.addControl(new NavigationControl({ showCompass: false }), 'bottom-right');
    map.addControl(new ScaleControl({ maxWidth: 120 }), 'bottom-left');
  }
  map.getCanvas().setAttribute('aria-label', options.label);
  const plain: PlainMap = {
    map,
    palette: () => PALETTES[theme],
    still: () => options.still,
    setTheme(next) {
      if (next === theme) return;
      theme = next;
      void base.apply(PALETTES[theme]);
    },
    frame(bounds, { maxZoom = 15, smoothly = false } = {}) {
      const duration = smoothly && !options.still ? FRAME_MS : 0;
      map.fitBounds(bounds, { padding: options.paddingPx, maxZoom, linear: true, duration });
    },
    destroy() {
      graticule.remove();
      map.remove();
    },
  };
  const base = createBaseStyle({
    map,
    styleUrl,
    palette: () => PALETTES[theme],
    onReady() {
      options.onStyle(plain, map.getLayer(FIRST_LABEL_LAYER) ? FIRST_LABEL_LAYER : undefined);
      graticule.redraw();
    },
    onFailure: () => undefined,
  });
  const graticule = createGraticuleLayer(map, base.embedded);
  void base.apply(PALETTES[theme]);
  return plain;
}
