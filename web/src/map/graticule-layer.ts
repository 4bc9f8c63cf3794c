import type { GeoJSONSource, Map as MapLibreMap } from 'maplibre-gl';
import { graticuleGeoJson } from './graticule.ts';
import { createGraticuleLabels, viewBounds } from './graticule-labels.ts';
import { GRATICULE_SOURCE } from './style.ts';

export interface GraticuleLayer {
  /** The style was replaced, and its source is empty. */
  redraw(): void;
  remove(): void;
}

/** Meridians and parallels with their names, drawn anew as the map moves; only over the built-in map. */
export function createGraticuleLayer(map: MapLibreMap, isEmbedded: () => boolean): GraticuleLayer {
  const labels = createGraticuleLabels(map);
  let drawn = '';

  const draw = () => {
    if (!isEmbedded()) return;
    const lines = labels.update();
    const source = map.getSource<GeoJSONSource>(GRATICULE_SOURCE);
    const key = `${lines.stepDeg}|${lines.meridians.join()}|${lines.parallels.join()}`;
    if (!source || drawn === key) return;
    drawn = key;
    const [west, south, east, north] = viewBounds(map);
    const margin = Math.max(east - west, north - south);
    void source.setData(
      graticuleGeoJson(lines, [west - margin, south - margin, east + margin, north + margin]),
    );
  };
  map.on('move', draw);
  map.on('resize', draw);

  return {
    redraw() {
      drawn = '';
      draw();
    },
    remove: () => labels.remove(),
  };
}
