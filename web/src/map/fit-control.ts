import type { IControl } from 'maplibre-gl';

/** A button in the manner of MapLibre's own, so that it stacks with them. */
export function fitControl(onFit: () => void): IControl {
  const group = document.createElement('div');
  group.className = 'maplibregl-ctrl maplibregl-ctrl-group';
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'fit-control';
  button.title = 'Bring everything into view';
  button.setAttribute('aria-label', button.title);
  button.addEventListener('click', onFit);
  const icon = document.createElement('span');
  icon.className = 'maplibregl-ctrl-icon';
  button.append(icon);
  group.append(button);
  return { onAdd: () => group, onRemove: () => group.remove() };
}
