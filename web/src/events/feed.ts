import type { RiskEvent } from '../api/event-types.ts';
import { isOpen } from './words.ts';

/** Events that the live feed holds; older ones are on their own page. */
export const MAX_FEED_EVENTS = 200;

/** The events of late, each as it now is. */
export interface Feed {
  /** By when they were found, newest first. */
  events: readonly RiskEvent[];
  /** Vehicles with a critical event that nobody has acknowledged. */
  criticalVehicles: ReadonlySet<string>;
}

export const EMPTY_FEED: Feed = { events: [], criticalVehicles: new Set() };

/** The feed with what came; of two states of one event the later revision counts. */
export function withEvents(feed: Feed, came: readonly RiskEvent[]): Feed {
  if (came.length === 0) return feed;
  const byId = new Map(feed.events.map((event) => [event.id, event]));
  for (const event of came) {
    const held = byId.get(event.id);
    if (!held || isNewer(event, held)) byId.set(event.id, event);
  }
  const newest = [...byId.values()].sort(byDetection);
  // What is critical and open stays, however much came after it.
  const urgent = newest.filter(isUrgent).slice(0, MAX_FEED_EVENTS / 2);
  const kept = new Set([...urgent, ...newest.slice(0, MAX_FEED_EVENTS - urgent.length)]);
  const events = newest.filter((event) => kept.has(event));
  const criticalVehicles = new Set(
    events.flatMap((event) => (isUrgent(event) && event.vehicleId !== null ? [event.vehicleId] : [])),
  );
  return { events, criticalVehicles: sameSet(feed.criticalVehicles, criticalVehicles) };
}

/** Critical events that the feed hears of for the first time: those that a person is to be told of at once. */
export function newlyCritical(feed: Feed, came: readonly RiskEvent[]): RiskEvent[] {
  const known = new Set(feed.events.map(({ id }) => id));
  return came.filter((event) => isUrgent(event) && !known.has(event.id));
}

export const isUrgent = (event: RiskEvent) => event.severity === 'critical' && isOpen(event);

/** An acknowledgement changes no revision. */
const isNewer = (event: RiskEvent, held: RiskEvent) =>
  event.revision > held.revision ||
  (event.revision === held.revision && !(held.acknowledgedAt !== null && event.acknowledgedAt === null));

const byDetection = (a: RiskEvent, b: RiskEvent) =>
  Date.parse(b.detectedAt) - Date.parse(a.detectedAt) || (a.id < b.id ? -1 : 1);

/** The set before if it holds the same, so that who draws it sees no change. */
function sameSet(before: ReadonlySet<string>, after: Set<string>): ReadonlySet<string> {
  return before.size === after.size && [...after].every((id) => before.has(id)) ? before : after;
}

/** What is but worth knowing is marked on the map for so long. */
const INFO_MARKED_MS = 15 * 60_000;

/** The events that have a marker on the live map: what is open, and of what is but worth knowing the latest. */
export function markedEvents({ events }: Feed, nowMs: number): RiskEvent[] {
  return events.filter(
    (event) =>
      isOpen(event) && (event.severity !== 'info' || nowMs - Date.parse(event.occurredAt) < INFO_MARKED_MS),
  );
}
