import { count } from '../format/units.ts';
import type { FleetView } from '../live/fleet-store.ts';

/** Says what is missing before anything can be on the map, and what to do about it. */
export function EmptyFleet({ view }: { view: FleetView }) {
  if (!view.complete || !view.listed) return null;
  const vehicles = [...view.fleet.vehicles.values()];
  if (vehicles.length === 0) {
    return (
      <div className="empty" data-testid="empty-fleet">
        <h2>No vehicles yet</h2>
        <p>Three steps bring the first one onto this map:</p>
        <ol>
          <li>
            Add a vehicle: <code>POST /api/v1/vehicles</code>
          </li>
          <li>
            Register its tracker: <code>POST /api/v1/devices</code>
          </li>
          <li>
            Install one in the other: <code>POST /api/v1/vehicles/…/installations</code>
          </li>
        </ol>
        <p>
          The <a href="/docs">API’s pages</a> show each call.
        </p>
      </div>
    );
  }
  if (vehicles.some(({ position }) => position)) return null;
  return (
    <div className="empty" data-testid="silent-fleet">
      <h2>Waiting for the first position</h2>
      <p>
        {vehicles.length === 1 ? 'The one vehicle has' : `None of the ${count(vehicles.length)} vehicles has`}
        {vehicles.length === 1 ? ' not reported yet. ' : ' reported yet. '}
        It appears here within a second of its tracker’s first fix.
      </p>
    </div>
  );
}
