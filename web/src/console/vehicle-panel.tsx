import { useEffect, useRef } from 'react';
import type { RiskEvent } from '../api/event-types.ts';
import type { Position, Vehicle } from '../api/types.ts';
import { VehicleEvents } from '../events/vehicle-events.tsx';
import { ago, alarmWords, compass, degrees, kilometres } from '../format/units.ts';
import type { FleetVehicle } from '../live/fleet.ts';
import { useServerNow } from './hooks.ts';
import { Icon, KindIcon, StateGlyph } from './icons.tsx';
import { speedLine } from './speed-line.ts';
import { TRACK_SPAN_MS, type Track, useDetail } from './use-track.ts';
import { KIND_NAMES, STATE_NAMES } from './words.ts';

interface VehiclePanelProps {
  vehicle: FleetVehicle;
  track: Track;
  /** Of the whole fleet, of late. */
  events: readonly RiskEvent[];
  onEvent(id: string): void;
  following: boolean;
  onFollow(on: boolean): void;
  onCentre(): void;
  /** To replay the vehicle's day. */
  onReplay(): void;
  onClose(): void;
  /** Hands a fresh reading to the store: the live feed does not cover vehicles outside the viewport. */
  onRead(vehicle: Vehicle): void;
}

export function VehiclePanel({
  vehicle,
  track,
  events,
  onEvent,
  following,
  onFollow,
  onCentre,
  onReplay,
  onClose,
  onRead,
}: VehiclePanelProps) {
  const { id, label, plate, kind, state, position, ident, live } = vehicle;
  const detail = useDetail(id, live, onRead);
  const heading = useRef<HTMLHeadingElement>(null);
  const now = useServerNow(1000);
  const ageMs = position ? now - position.fixTimeMs : 0;

  // The panel is made anew for each vehicle, which is announced by its heading.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);

  return (
    <section
      className="panel"
      aria-label={`Vehicle ${label}`}
      data-testid="vehicle-panel"
      data-vehicle={id}
      data-lat={position?.lat}
      data-lon={position?.lon}
      data-fix-time={position ? new Date(position.fixTimeMs).toISOString() : undefined}
    >
      <header className="panel-head">
        <span className={`panel-kind ${state}`}>
          <KindIcon kind={kind} />
        </span>
        <div>
          <h2 ref={heading} tabIndex={-1}>
            {label}
          </h2>
          <p>
            {plate && <span className="plate">{plate}</span>} {KIND_NAMES[kind]}
          </p>
        </div>
        <button
          type="button"
          className="icon-button"
          aria-label="Close"
          onClick={onClose}
          data-testid="panel-close"
        >
          <Icon name="close" />
        </button>
      </header>

      <p className={`panel-state ${state}`}>
        <StateGlyph state={state} />
        <strong>
          {state === 'alarm' && position?.alarm ? alarmWords(position.alarm) : STATE_NAMES[state]}
        </strong>
        <span>{position ? `fix ${ago(ageMs)}` : 'No fix yet'}</span>
      </p>

      <VehicleEvents vehicleId={id} events={events} onPick={onEvent} />
      {position ? (
        <>
          <div className="gauges">
            <div>
              <strong>{position.speedKmh === null ? '–' : Math.round(position.speedKmh)}</strong>
              <span>km/h</span>
            </div>
            <div>
              <Dial headingDeg={position.headingDeg} />
              <strong>{position.headingDeg === null ? '–' : compass(position.headingDeg)}</strong>
              <span>{position.headingDeg === null ? '' : `${Math.round(position.headingDeg)}°`}</span>
            </div>
          </div>
          <Speeds track={track} toMs={now} />
          <dl className="facts">
            <Fact
              name="Ignition"
              value={position.ignition === null ? null : position.ignition ? 'On' : 'Off'}
            />
            <Fact name="Battery" value={volts(detail?.latest)} />
            <Fact name="Odometer" value={odometer(detail?.latest)} />
            <Fact name="Device" value={ident ?? detail?.device?.ident ?? null} />
            <div className="wide">
              <dt>Position</dt>
              <dd>
                <span data-testid="panel-lat">{degrees(position.lat)}</span>,{' '}
                <span data-testid="panel-lon">{degrees(position.lon)}</span>
              </dd>
            </div>
          </dl>
          <div className="panel-actions">
            <button
              type="button"
              className="button primary"
              aria-pressed={following}
              onClick={() => onFollow(!following)}
              data-testid="panel-follow"
            >
              <Icon name="follow" /> {following ? 'Following' : 'Follow'}
            </button>
            <button type="button" className="button" onClick={onCentre}>
              Show on map
            </button>
            <ReplayButton onReplay={onReplay} />
          </div>
        </>
      ) : (
        <p className="panel-empty">
          This vehicle has not reported a position.{' '}
          {ident ? `Its device is ${ident}.` : 'Install a device in it to see it on the map.'}
        </p>
      )}
      {!position && (
        <div className="panel-actions">
          <ReplayButton onReplay={onReplay} />
        </div>
      )}
    </section>
  );
}

function ReplayButton({ onReplay }: { onReplay(): void }) {
  return (
    <button type="button" className="button wide" onClick={onReplay} data-testid="panel-replay">
      <Icon name="history" /> Replay a day
    </button>
  );
}

function Fact({ name, value }: { name: string; value: string | null }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value ?? <span className="unknown">Not reported</span>}</dd>
    </div>
  );
}

const volts = (latest: Position | null | undefined) =>
  latest?.batteryV === null || latest?.batteryV === undefined ? null : `${latest.batteryV.toFixed(1)} V`;

const odometer = (latest: Position | null | undefined) =>
  latest?.odometerM === null || latest?.odometerM === undefined ? null : kilometres(latest.odometerM);

function Dial({ headingDeg }: { headingDeg: number | null }) {
  return (
    <svg viewBox="0 0 40 40" className="dial" aria-hidden="true">
      <circle cx="20" cy="20" r="18" />
      {[0, 90, 180, 270].map((tick) => (
        <path key={tick} d="M20 3.5V6.5" transform={`rotate(${tick} 20 20)`} />
      ))}
      {headingDeg !== null && (
        <path className="needle" d="M20 8 26 27 20 23.6 14 27Z" transform={`rotate(${headingDeg} 20 20)`} />
      )}
    </svg>
  );
}

const LINE = { width: 288, height: 44 };

function Speeds({ track, toMs }: { track: Track; toMs: number }) {
  if (track.phase === 'failed') return <p className="speeds-note">The last hour cannot be read right now.</p>;
  const read = track.phase === 'read' ? track.points : [];
  const fastestKmh = read.reduce((top, { speedKmh }) => Math.max(top, speedKmh ?? 0), 0);
  // A vehicle that only crept is drawn as creeping, not stretched to the height of the box.
  const topKmh = Math.max(40, fastestKmh);
  const path = speedLine(read, { ...LINE, fromMs: toMs - TRACK_SPAN_MS, toMs, topKmh });
  return (
    <figure className="speeds" data-testid="speeds">
      <svg
        viewBox={`0 -2 ${LINE.width} ${LINE.height + 4}`}
        preserveAspectRatio="none"
        role="img"
        aria-label="Speed over the last hour"
      >
        <path className="ground" d={`M0 ${LINE.height}H${LINE.width}`} />
        <path className="speed" d={path} />
      </svg>
      <figcaption>
        <span>1 h ago</span>
        <span>
          {track.phase === 'loading'
            ? 'Reading the last hour…'
            : path
              ? `top ${Math.round(fastestKmh)} km/h`
              : 'No fix in the last hour'}
        </span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}
