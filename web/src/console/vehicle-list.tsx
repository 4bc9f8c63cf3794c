// oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- a listbox that makes only the rows in sight cannot be a select; it takes the keys and points at its options with aria-activedescendant
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { alarmWords, count, duration } from '../format/units.ts';
import type { VehicleState } from '../live/classify.ts';
import type { FleetVehicle } from '../live/fleet.ts';
import type { FleetView } from '../live/fleet-store.ts';
import { useServerNow } from './hooks.ts';
import { Icon, StateGlyph } from './icons.tsx';
import { listed, windowOf } from './listing.ts';
import { KIND_NAMES, STATE_NAMES } from './words.ts';

const ROW_PX = 54;
const ROWS_ID = 'vehicle-rows';

interface VehicleListProps {
  view: FleetView;
  /** Vehicles with a critical event that nobody has acknowledged. */
  critical: ReadonlySet<string>;
  wanted: ReadonlySet<VehicleState>;
  selectedId: string | null;
  onSelect(id: string): void;
  onClearFilter(): void;
}

export function VehicleList({
  view,
  critical,
  wanted,
  selectedId,
  onSelect,
  onClearFilter,
}: VehicleListProps) {
  const [query, setQuery] = useState('');
  const [open, setOpen] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const { fleet } = view;
  const shown = listed(view.ordered, query, wanted);

  useEffect(() => {
    const focusSearch = (event: globalThis.KeyboardEvent) => {
      if (event.key !== '/' || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      search.current?.focus();
    };
    addEventListener('keydown', focusSearch);
    return () => removeEventListener('keydown', focusSearch);
  }, []);

  const narrowed = query !== '' || wanted.size > 0;
  return (
    <aside className="sidebar" aria-label="Vehicles" data-open={open}>
      <button
        type="button"
        className="sheet-handle"
        aria-expanded={open}
        aria-label={open ? 'Hide the list of vehicles' : 'Show the list of vehicles'}
        onClick={() => setOpen(!open)}
      />
      <div className="search">
        <Icon name="search" />
        <input
          ref={search}
          type="search"
          value={query}
          placeholder="Search label, plate or device"
          aria-label="Search vehicles by label, plate or device"
          data-testid="vehicle-search"
          onFocus={() => setOpen(true)}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown') return;
            event.preventDefault();
            document.getElementById(ROWS_ID)?.focus();
          }}
        />
        <kbd aria-hidden="true">/</kbd>
      </div>
      <output className="list-summary">
        <span data-testid="list-summary">
          {narrowed ? `${count(shown.length)} of ${count(fleet.vehicles.size)}` : count(fleet.vehicles.size)}{' '}
          {fleet.vehicles.size === 1 ? 'vehicle' : 'vehicles'}
        </span>
        {narrowed && (
          <button
            type="button"
            className="link"
            onClick={() => {
              setQuery('');
              onClearFilter();
            }}
          >
            Show all
          </button>
        )}
      </output>
      <Rows
        rows={shown}
        critical={critical}
        selectedId={selectedId}
        onSelect={(id) => {
          setOpen(false);
          onSelect(id);
        }}
      />
      {narrowed && shown.length === 0 && <p className="list-empty">No vehicle matches.</p>}
    </aside>
  );
}

interface RowsProps {
  rows: FleetVehicle[];
  critical: ReadonlySet<string>;
  selectedId: string | null;
  onSelect(id: string): void;
}

/** A listbox that makes only the rows in sight: five thousand vehicles cost as much as fifteen. */
function Rows({ rows, critical, selectedId, onSelect }: RowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const now = useServerNow(1000);
  const [scroll, setScroll] = useState({ top: 0, height: 600 });
  const [activeId, setActiveId] = useState<string | null>(null);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setScroll({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, []);

  const reveal = (index: number) => {
    const element = box.current;
    if (!element) return;
    const top = index * ROW_PX;
    const lowest = top + ROW_PX - element.clientHeight;
    element.scrollTo({ top: Math.min(top, Math.max(lowest, element.scrollTop)) });
  };

  const current = activeId ?? selectedId;
  const currentIndex = rows.findIndex(({ id }) => id === current);

  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(scroll.height / ROW_PX) - 1);
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -rows.length,
      End: rows.length,
    };
    const step = steps[event.key];
    if (step !== undefined && rows.length > 0) {
      event.preventDefault();
      const next = Math.max(0, Math.min(rows.length - 1, currentIndex === -1 ? 0 : currentIndex + step));
      setActiveId(rows[next]?.id ?? null);
      reveal(next);
    } else if ((event.key === 'Enter' || event.key === ' ') && current && currentIndex !== -1) {
      event.preventDefault();
      onSelect(current);
    }
  };

  const [start, end] = windowOf(scroll.top, scroll.height, ROW_PX, rows.length);
  return (
    <div
      id={ROWS_ID}
      ref={box}
      className="rows"
      role="listbox"
      aria-label="Vehicles"
      tabIndex={0}
      aria-activedescendant={currentIndex >= start && currentIndex < end ? `row-${current}` : undefined}
      onKeyDown={onKeyDown}
      onBlur={() => setActiveId(null)}
      data-testid="vehicle-list"
    >
      <div className="rows-all" style={{ height: rows.length * ROW_PX }}>
        {rows.slice(start, end).map((vehicle, offset) => (
          <Row
            key={vehicle.id}
            vehicle={vehicle}
            critical={critical.has(vehicle.id)}
            top={(start + offset) * ROW_PX}
            position={start + offset + 1}
            total={rows.length}
            selected={vehicle.id === selectedId}
            active={vehicle.id === activeId}
            now={now}
            onSelect={onSelect}
          />
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  vehicle: FleetVehicle;
  critical: boolean;
  top: number;
  position: number;
  total: number;
  selected: boolean;
  active: boolean;
  now: number;
  onSelect(id: string): void;
}

function Row({ vehicle, critical, top, position, total, selected, active, now, onSelect }: RowProps) {
  const { id, label, plate, kind, state } = vehicle;
  return (
    <div
      id={`row-${id}`}
      className="row"
      role="option"
      aria-selected={selected}
      aria-posinset={position}
      aria-setsize={total}
      data-active={active}
      data-vehicle={id}
      data-testid="vehicle-row"
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onSelect(id)}
    >
      <StateGlyph state={state} size={16} />
      <span className="row-names">
        <span className="row-label">
          {label}
          {critical && (
            <i className="row-critical" role="img" aria-label="Critical event" title="Critical event" />
          )}
        </span>
        <span className="row-plate">{plate ?? KIND_NAMES[kind]}</span>
      </span>
      <span className={`row-note ${state}`}>{note(vehicle, now)}</span>
    </div>
  );
}

function note({ state, position }: FleetVehicle, now: number): string {
  if (!position) return 'No fix yet';
  const age = duration((now - position.fixTimeMs) / 1000);
  if (state === 'alarm') return alarmWords(position.alarm ?? 'alarm');
  if (state === 'moving') return `${Math.round(position.speedKmh ?? 0)} km/h`;
  if (state === 'offline') return `Silent ${age}`;
  return STATE_NAMES[state];
}
