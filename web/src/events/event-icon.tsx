import type { ReactNode } from 'react';
import type { Severity } from '../api/event-types.ts';
import { SEVERITY_NAMES } from './kind-words.ts';

/** What happened as a picture, in the colour of how grave it is. */
export function EventIcon({ kind, severity }: { kind: string; severity: Severity }) {
  return (
    <span className={`event-icon ${severity}`} title={SEVERITY_NAMES[severity]}>
      <svg viewBox="0 0 20 20" role="img" aria-label={SEVERITY_NAMES[severity]}>
        {PICTURES[PICTURE_OF[kind] ?? 'bell']}
      </svg>
    </span>
  );
}

const PICTURES = {
  enter: <path d="M11 4h4.5v12H11M4 10h7.5M8.5 7l3 3-3 3" />,
  exit: <path d="M9 4H4.5v12H9M8 10h8M13 7l3 3-3 3" />,
  fence: <path d="m4.5 7 5.5-3.5 5.5 4-2 8h-7Z" />,
  gauge: <path d="M4.2 14.5a7 7 0 1 1 11.6 0M10 11.5l3-4M10 12.5v-.1" />,
  harsh: <path d="m3 13 3.5-6 3 6.5L13 5l4 8" />,
  engine: <path d="M10 4.5a5.5 5.5 0 1 0 5.5 5.5M10 6.8V10l2.2 1.6M13 4.5h3.5" />,
  tow: <path d="M4 5v4.5a3 3 0 0 0 3 3h1.5m0 0a2.7 2.7 0 1 0 2.7 2.8M8.5 12.5V9M12 5h4v5" />,
  moon: <path d="M15.5 11.8A6 6 0 1 1 8.2 4.5a4.8 4.8 0 0 0 7.3 7.3Z" />,
  differ: <path d="M5 7.5h10M5 12.5h10M12.5 4.5l-5 11" />,
  silent: (
    <path d="M3.5 3.5 16.5 16.5M6 9.6a6 6 0 0 1 2-1.2m4.6.3A6 6 0 0 1 14 9.6M3.7 7a9.5 9.5 0 0 1 1.8-1.2m4-.9A9.5 9.5 0 0 1 16.3 7M10 14.3v.1" />
  ),
  plug: <path d="M7.5 3.5v4m5-4v4m-7 0h9v2a4.5 4.5 0 0 1-9 0Zm4.5 6.5v3" />,
  opened: <path d="M5.5 9h9v7h-9Zm2-.2V6.5a2.6 2.6 0 0 1 5-1" />,
  signal: (
    <path d="M10 9.5v7M6.8 6.3a4.6 4.6 0 0 0 0 6.4m6.4-6.4a4.6 4.6 0 0 1 0 6.4M4.5 4a7.8 7.8 0 0 0 0 11m11-11a7.8 7.8 0 0 1 0 11" />
  ),
  battery: <path d="M3.5 6.5h11v7h-11ZM16.5 9v2M6 9v2" />,
  bell: (
    <path d="M10 3.5a4.3 4.3 0 0 1 4.3 4.3c0 3.7 1.6 5 1.6 5H4.1s1.6-1.3 1.6-5A4.3 4.3 0 0 1 10 3.5ZM8.5 15.5a1.6 1.6 0 0 0 3 0" />
  ),
} satisfies Record<string, ReactNode>;

const PICTURE_OF: Readonly<Record<string, keyof typeof PICTURES>> = {
  geofenceEnter: 'enter',
  geofenceExit: 'exit',
  geofenceDwell: 'fence',
  geofenceCrossed: 'fence',
  overspeed: 'gauge',
  harshAcceleration: 'harsh',
  harshBraking: 'harsh',
  harshCornering: 'harsh',
  crash: 'harsh',
  vibration: 'harsh',
  idling: 'engine',
  tow: 'tow',
  nightRelocation: 'moon',
  fatigue: 'moon',
  odometerMismatch: 'differ',
  silence: 'silent',
  powerCut: 'plug',
  unplug: 'plug',
  powerOff: 'plug',
  tamper: 'opened',
  door: 'opened',
  jamming: 'signal',
  gnssJamming: 'signal',
  antennaCut: 'signal',
  lowPower: 'battery',
  lowBattery: 'battery',
};
