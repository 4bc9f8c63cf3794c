import { useState } from 'react';
import type { Geofence, GeofenceKind, VehicleGroup } from '../api/geofence-types.ts';
import { Icon } from '../console/icons.tsx';
import type { Permissions } from '../console/permissions.ts';
import { formatRoute } from '../console/route.ts';
import { count } from '../format/units.ts';
import { FenceExchange } from './fence-exchange.tsx';
import { scheduleWords } from './schedule-form.ts';
import type { Sketch } from './sketch.ts';
import type { GeofenceList } from './use-geofences.ts';
import { FENCE_KIND_NAMES, FENCE_KINDS, forWhom } from './words.ts';

/** Rows that are made; a search narrows them. */
const MAX_ROWS = 300;
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

const TOOLS: readonly { type: Sketch['type']; name: string; icon: 'circle' | 'polygon' | 'corridor' }[] = [
  { type: 'Circle', name: 'Circle', icon: 'circle' },
  { type: 'Polygon', name: 'Area', icon: 'polygon' },
  { type: 'Corridor', name: 'Corridor', icon: 'corridor' },
];

/** Whose names a geofence may be attached to. */
export interface Who {
  groups: readonly VehicleGroup[];
  vehicles: readonly { id: string; label: string }[];
}

interface FenceListProps {
  list: GeofenceList;
  who: Who;
  may: Permissions;
  onBegin(type: Sketch['type']): void;
  onImported(): void;
}

export function FenceList({ list, who, may, onBegin, onImported }: FenceListProps) {
  const [search, setSearch] = useState('');
  const [kind, setKind] = useState<GeofenceKind | ''>('');
  const wanted = search.trim().toLowerCase();
  const found = list.items
    .filter((fence) => (kind === '' || fence.kind === kind) && fence.name.toLowerCase().includes(wanted))
    .toSorted((a, b) => collator.compare(a.name, b.name));
  return (
    <>
      {may.write && (
        <fieldset className="fence-tools" aria-label="Draw a geofence">
          {TOOLS.map(({ type, name, icon }) => (
            <button
              key={type}
              type="button"
              className="button"
              onClick={() => onBegin(type)}
              data-testid={`draw-${type.toLowerCase()}`}
            >
              <Icon name={icon} /> {name}
            </button>
          ))}
        </fieldset>
      )}
      <div className="filters fence-filters">
        <input
          type="search"
          value={search}
          placeholder="Search"
          aria-label="Search geofences by name"
          onChange={(event) => setSearch(event.currentTarget.value)}
          data-testid="geofence-search"
        />
        <select
          value={kind}
          aria-label="Kind"
          onChange={(event) => setKind(event.currentTarget.value as GeofenceKind | '')}
        >
          <option value="">Any kind</option>
          {FENCE_KINDS.map((each) => (
            <option key={each} value={each}>
              {FENCE_KIND_NAMES[each]}
            </option>
          ))}
        </select>
      </div>
      <output className="list-count">
        {found.length === list.items.length
          ? count(found.length)
          : `${count(found.length)} of ${count(list.items.length)}`}{' '}
        {list.items.length === 1 ? 'geofence' : 'geofences'}
        {list.isCut && ', and more than are shown'}
      </output>
      <ul className="entries fence-rows">
        {found.slice(0, MAX_ROWS).map((fence) => (
          <Row key={fence.id} fence={fence} who={who} />
        ))}
      </ul>
      {found.length > MAX_ROWS && <p className="hint">A search narrows them.</p>}
      {list.items.length === 0 && (
        <p className="fences-empty">
          {may.write
            ? 'Draw the first one with one of the tools above, or bring what you have as GeoJSON, KML or WKT.'
            : 'There are none yet.'}
        </p>
      )}
      <FenceExchange may={may} isEmpty={list.items.length === 0} onImported={onImported} />
    </>
  );
}

function Row({ fence, who }: { fence: Geofence; who: Who }) {
  const { id, name, kind, speedLimitKmh, schedule } = fence;
  return (
    <li>
      <a
        className="entry fence-row"
        href={formatRoute({ page: 'geofences', tab: 'list', geofenceId: id })}
        data-testid="geofence-row"
        data-geofence={id}
      >
        <i className={`fence-mark ${kind}`} aria-hidden="true" />
        <strong>{name}</strong>
        <span className="entry-foot">
          {FENCE_KIND_NAMES[kind]} · {forWhom(fence, who.groups, who.vehicles)}
          {speedLimitKmh !== null && ` · ${speedLimitKmh} km/h`}
          {schedule !== null && ` · ${scheduleWords(schedule)}`}
        </span>
      </a>
    </li>
  );
}
