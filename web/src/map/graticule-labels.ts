import type { Map as MapLibreMap } from 'maplibre-gl';
import type { Bounds } from '../api/types.ts';
import { degreeLabel, type Graticule, graticule } from './graticule.ts';

/** Distance from a corner, in pixels, within which a label would run into a control. */
const CORNER_PX = 40;

/** The degrees at a chart's edge: longitudes along the top, latitudes down the left. Decoration, so hidden from readers. */
export function createGraticuleLabels(map: MapLibreMap): { update(): Graticule; remove(): void } {
  const overlay = document.createElement('div');
  overlay.className = 'graticule-labels';
  overlay.setAttribute('aria-hidden', 'true');
  map.getContainer().append(overlay);
  const pool: HTMLSpanElement[] = [];

  return {
    update() {
      const lines = graticule(viewBounds(map));
      const { clientWidth, clientHeight } = map.getCanvas();
      let used = 0;
      const put = (className: string, x: number, y: number, text: string) => {
        let label = pool[used];
        if (!label) {
          label = document.createElement('span');
          pool.push(label);
          overlay.append(label);
        }
        used++;
        label.className = className;
        label.textContent = text;
        label.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
        label.hidden = false;
      };
      // On a turned map the lines meet the edges elsewhere; the labels would be wrong, so there are none.
      if (Math.abs(map.getBearing()) < 0.5) {
        const { lng, lat } = map.getCenter();
        for (const lon of lines.meridians) {
          const { x } = map.project([lon, lat]);
          if (x > CORNER_PX && x < clientWidth - CORNER_PX)
            put('meridian', x, 0, degreeLabel(lon, 'lon', lines.stepDeg));
        }
        for (const parallel of lines.parallels) {
          const { y } = map.project([lng, parallel]);
          if (y > CORNER_PX && y < clientHeight - CORNER_PX * 2)
            put('parallel', 0, y, degreeLabel(parallel, 'lat', lines.stepDeg));
        }
      }
      for (const spare of pool.slice(used)) spare.hidden = true;
      return lines;
    },
    remove: () => overlay.remove(),
  };
}

/** The viewport; longitudes are unwrapped. */
export function viewBounds(map: MapLibreMap): Bounds {
  const bounds = map.getBounds();
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
}
