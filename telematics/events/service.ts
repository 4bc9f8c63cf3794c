import type { Connection } from '@wayleave/runtime/postgres.ts';
import { z } from 'zod';
import { plainText } from '../identifiers.ts';
import { eventNotFound } from './errors.ts';
import { type EventView, eventId, eventViewOf } from './event.ts';
import type { EventFilter, EventOrder } from './event-filter.ts';
import { storedEventOf } from './event-row.ts';
import * as store from './read-store.ts';

export const acknowledgement = z
  .strictObject({ note: plainText(1_000).nullish().describe('What was done about it') })
  .meta({ id: 'Acknowledgement' });
export type Acknowledgement = z.infer<typeof acknowledgement>;

/** @returns events that fit, newest first, from after `after` on */
export async function listEvents(
  connection: Connection,
  filter: EventFilter,
  order: EventOrder,
  after: store.EventPlace | null,
  limit: number,
): Promise<EventView[]> {
  return (await store.listEvents(connection, filter, order, after, limit)).map(viewOf);
}

/** @throws `event_not_found` */
export async function getEvent(connection: Connection, id: string): Promise<EventView> {
  const row = isEventId(id) ? await store.findEvent(connection, id) : undefined;
  if (!row) throw eventNotFound();
  return viewOf(row);
}

/** Acknowledges an event; the first one to do so stays. @throws `event_not_found` */
export async function acknowledgeEvent(
  connection: Connection,
  id: string,
  userId: string,
  { note }: Acknowledgement,
): Promise<EventView> {
  if (isEventId(id)) await store.acknowledge(connection, id, userId, note ?? null);
  return await getEvent(connection, id);
}

/** Those of the ids that name events which the connection may see. */
export async function visibleEvents(connection: Connection, ids: readonly string[]): Promise<Set<string>> {
  return ids.length === 0 ? new Set() : await store.visibleEventIds(connection, ids);
}

/** What is no UUID names no event, and PostgreSQL would refuse it. */
const isEventId = (id: string): boolean => eventId.safeParse(id).success;

function viewOf(row: store.ReadEventRow): EventView {
  return eventViewOf(storedEventOf(row), row.vehicle_label);
}
