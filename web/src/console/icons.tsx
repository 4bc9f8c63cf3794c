import type { VehicleKind } from '../api/types.ts';
import type { VehicleState } from '../live/classify.ts';

/** Wayleave's mark: a vehicle on its way. */
export function Mark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="mark">
      <rect width="32" height="32" rx="8" />
      <path d="M16 5.5 24.5 26 16 21.4 7.5 26Z" />
    </svg>
  );
}

/** The same shapes that the map draws, so that the list is its legend. */
export function StateGlyph({ state, size = 14 }: { state: VehicleState; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" className={`glyph ${state}`}>
      {GLYPHS[state]}
    </svg>
  );
}

const GLYPHS: Record<VehicleState, React.ReactNode> = {
  moving: <path d="M8 1 13.6 14.2 8 11.2 2.4 14.2Z" />,
  idling: <path d="M8 1.2 11.3 5.6A5 5 0 1 1 4.7 5.6Z" />,
  parked: <rect x="3" y="3" width="10" height="10" rx="3" />,
  offline: <circle cx="8" cy="8" r="4.4" fill="none" stroke="currentColor" strokeWidth="2.4" />,
  alarm: (
    <>
      <circle cx="8" cy="8" r="7.4" opacity="0.25" />
      <circle cx="8" cy="8" r="4.4" />
    </>
  ),
};

export function KindIcon({ kind }: { kind: VehicleKind }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className="kind-icon">
      {KINDS[kind] ?? KINDS.car}
    </svg>
  );
}

const KINDS: Record<VehicleKind, React.ReactNode> = {
  motorcycle: (
    <>
      <circle cx="5.5" cy="16" r="3.5" />
      <circle cx="18.5" cy="16" r="3.5" />
      <path d="M5.5 16 9 10.5h6l3.5 5.5M15 10.5 13.6 7H11m-2 3.5-1.5-2H5" />
    </>
  ),
  car: (
    <>
      <path d="M3 16v-3.5l2.2-1L7.4 7h8l3.4 4.5 2.2 1V16H3Z" />
      <circle cx="7.5" cy="16.5" r="2" />
      <circle cx="16.5" cy="16.5" r="2" />
    </>
  ),
  van: (
    <>
      <path d="M2.5 16.5V6.5H15l4 4.5 2.5 1.2v4.3h-19ZM15 6.5V11h4" />
      <circle cx="7" cy="17" r="2" />
      <circle cx="17" cy="17" r="2" />
    </>
  ),
  truck: (
    <>
      <path d="M2 16.5v-11h11.5v11H2ZM13.5 9H18l3.5 4v3.5h-8V9Z" />
      <circle cx="6.5" cy="17" r="2" />
      <circle cx="17.5" cy="17" r="2" />
    </>
  ),
};

export function Icon({ name }: { name: keyof typeof ICONS }) {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true" className="icon">
      {ICONS[name]}
    </svg>
  );
}

const ICONS = {
  search: <path d="M8.8 14.6a5.8 5.8 0 1 0 0-11.6 5.8 5.8 0 0 0 0 11.6ZM13 13l4 4" />,
  close: <path d="m5 5 10 10M15 5 5 15" />,
  follow: <path d="M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM10 2v3m0 10v3M2 10h3m10 0h3" />,
  play: <path className="icon-solid" d="M6.5 4.2v11.6L16 10Z" />,
  pause: <path className="icon-solid" d="M5.5 4.5h3v11h-3Zm6 0h3v11h-3Z" />,
  back: <path d="m12 4.5-5.5 5.5 5.5 5.5" />,
  on: <path d="m8 4.5 5.5 5.5L8 15.5" />,
  history: <path d="M3.5 10A6.5 6.5 0 1 0 6 4.9L3.5 7M3.5 3v4h4M10 6.5V10l2.5 2" />,
  map: <path d="m3 5.5 4.5-2 5 2 4.5-2v11l-4.5 2-5-2-4.5 2Zm4.5-2v11m5-9v11" />,
  trackers: <path d="M6.5 3.5h7v13h-7Zm2 10h3M3 8v4m14-4v4" />,
  quarantine: <path d="M10 3 17.5 16.5h-15ZM10 8v4m0 2v.2" />,
  events: (
    <path d="M10 3a4.6 4.6 0 0 1 4.6 4.6c0 4 1.7 5.4 1.7 5.4H3.7s1.7-1.4 1.7-5.4A4.6 4.6 0 0 1 10 3ZM8.3 15.7a1.9 1.9 0 0 0 3.4 0" />
  ),
  geofences: (
    <path d="m4 6.5 6.5-3 6 4.5-2 8-8.5.5ZM4 6.5h.01M10.5 3.5h.01M16.5 8h.01M14.5 16h.01M6 16.5h.01" />
  ),
  layers: <path d="m10 3.5 7 3.7-7 3.7-7-3.7Zm-7 7.2 7 3.7 7-3.7" />,
  circle: <path d="M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm0 6.5h6.5" />,
  polygon: <path d="m4 7 6-3.5 6.5 5-2.5 8H6Z" />,
  corridor: <path d="m3.5 13 4-5.5 5 4 4-6.5M3.5 16.5l4.5-5.5 5 4 3.5-5.5" />,
  check: <path d="m4.5 10.5 3.5 3.5 7.5-8" />,
  edit: <path d="M4 16h3l9-9-3-3-9 9Zm7.5-10.5 3 3" />,
  upload: <path d="M10 12V3.5M6.5 7 10 3.5 13.5 7M4 16h12" />,
  trash: <path d="M4 6h12M8 6V4h4v2m-6.5 0 .7 10h7.6l.7-10" />,
  clock: <path d="M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM10 6.5V10l2.5 2" />,
  settings: <path d="M3 6h7m4 0h3M3 14h3m4 0h7M12 4v4M8 12v4" />,
  plus: <path d="M10 4v12M4 10h12" />,
  copy: <path d="M7 7h9v9H7ZM13 7V4H4v9h3" />,
  download: <path d="M10 3v9m-3.5-3.5L10 12l3.5-3.5M4 16h12" />,
  again: <path d="M16.5 10A6.5 6.5 0 1 1 14 4.9L16.5 7m0-4v4h-4" />,
  exit: <path d="M8 4H4.5A1.5 1.5 0 0 0 3 5.5v9A1.5 1.5 0 0 0 4.5 16H8m5-9 3 3-3 3m3-3H8" />,
} as const;
