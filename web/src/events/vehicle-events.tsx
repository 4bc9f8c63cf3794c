import type { RiskEvent } from '../api/event-types.ts';
import { useServerNow } from '../console/hooks.ts';
import { EventRow } from './event-row.tsx';
import { isOpen } from './words.ts';

/** Rows within the vehicle's panel. */
const MAX_ROWS = 5;

interface VehicleEventsProps {
  vehicleId: string;
  events: readonly RiskEvent[];
  onPick(eventId: string): void;
}

/** What of a vehicle still asks for attention. */
export function VehicleEvents({ vehicleId, events, onPick }: VehicleEventsProps) {
  const nowMs = useServerNow(5_000);
  const open = events.filter((event) => event.vehicleId === vehicleId && isOpen(event));
  if (open.length === 0) return null;
  return (
    <section className="vehicle-events" aria-label="Open events" data-testid="vehicle-events">
      {open.slice(0, MAX_ROWS).map((event) => (
        <EventRow key={event.id} event={event} nowMs={nowMs} unnamed onPick={() => onPick(event.id)} />
      ))}
      {open.length > MAX_ROWS && <p className="hint">and {open.length - MAX_ROWS} more</p>}
    </section>
  );
}
