import type { Map as MapLibreMap, StyleSpecification } from 'maplibre-gl';
import { loadBasemap } from './basemap.ts';
import type { MapPalette } from './palette.ts';
import { embeddedStyle } from './style.ts';

export interface BaseStyle {
  /** Whether the built-in map is shown, whose colours are ours. */
  embedded(): boolean;
  apply(palette: MapPalette): Promise<void>;
}

interface BaseStyleOptions {
  map: MapLibreMap;
  /** A real map; when it cannot be loaded the embedded one takes its place. */
  styleUrl: string | null;
  palette(): MapPalette;
  /** A style is in place and has none of the layers that were added to the one before. */
  onReady(): void;
  onFailure(): void;
}

export function createBaseStyle({ map, styleUrl, palette, onReady, onFailure }: BaseStyleOptions): BaseStyle {
  let url = styleUrl;
  let phase: 'blank' | 'loading' | 'ready' = 'blank';

  const apply = async (colours: MapPalette) => {
    if (url) {
      phase = 'loading';
      map.setStyle(url, { diff: false });
      return;
    }
    const basemap = await loadBasemap().catch(() => null);
    phase = 'loading';
    map.setStyle(basemap ? embeddedStyle(basemap, colours) : plainStyle(colours), { diff: false });
  };

  map.on('style.load', () => {
    // The map begins with an empty style, which is no reason to draw.
    if (phase === 'blank') return;
    phase = 'ready';
    onReady();
  });
  map.on('error', (event) => {
    // Only the style itself is worth giving up: a missing tile leaves a hole that heals.
    if (!url || phase !== 'loading') return;
    console.warn('The map style cannot be loaded', event.error);
    url = null;
    onFailure();
    void apply(palette());
  });
  return { embedded: () => url === null, apply };
}

function plainStyle(palette: MapPalette): StyleSpecification {
  const paint = { 'background-color': palette.paper };
  return { version: 8, sources: {}, layers: [{ id: 'sea', type: 'background', paint }] };
}
