import type { VehicleEvent } from '../events/day-events.ts';
import { cellHex, cellOf } from '../positions/h3/cell.ts';
import { bestMileage, type MileagePart } from '../positions/mileage-parts.ts';
import { isNightHour, nightMsWithin } from '../rules/local-time.ts';
import type { VehicleTrip } from '../trips/service.ts';
import type { LocalDay } from './local-day.ts';
import type { DailyFigures } from './summary.ts';

/** What the positions of a vehicle add up to on a day. */
export interface DayPositions {
  /** An hour of the day each, in order. */
  parts: readonly MileagePart[];
  firstFixMs: number | null;
  lastFixMs: number | null;
  maxSpeedKmh: number | null;
  /** Standing with the ignition on, seconds. */
  idleS: number;
}

export interface DayFacts {
  day: LocalDay;
  positions: DayPositions;
  /** Those that share an instant with the day, by their start. */
  trips: readonly VehicleTrip[];
  events: readonly VehicleEvent[];
  /** As of when the facts are, epoch milliseconds: what lasts is counted up to then. */
  asOfMs: number;
  /** Fix time of the newest position of the vehicle; null if unknown. */
  newestFixMs: number | null;
}

const OVERNIGHT_H3_RESOLUTION = 8;
const OVERNIGHT_HOUR_MS = 3 * 3_600_000;
const TAMPER_KINDS = new Set(['powerCut', 'unplug', 'tamper', 'jamming', 'gnssJamming', 'antennaCut']);

/** The figures of a vehicle's day. What crosses midnight is counted where it began, its time where it was. */
export function figuresOfDay(facts: DayFacts): DailyFigures {
  const { day, positions, trips, events } = facts;
  const { parts } = positions;
  const { bestM, bestSource } = bestMileage(parts);
  const moves = trips.filter(({ kind, details }) => kind === 'trip' && details.towed !== true);
  const begun = trips.filter(({ startMs }) => isOfDay(startMs, day));
  const begunEvents = events.filter(({ startMs }) => isOfDay(startMs, day));
  const countKind = (kind: string): number => begunEvents.filter((event) => event.kind === kind).length;
  const countFence = (kind: string, geofenceKind: string): number =>
    begunEvents.filter((event) => event.kind === kind && event.geofenceKind === geofenceKind).length;
  const overspeeds = events.filter(({ rule }) => rule === 'overspeed');
  const countTrips = (kind: string, towed: boolean): number =>
    begun.filter((trip) => trip.kind === kind && (trip.details.towed === true) === towed).length;
  return {
    positions: sum(parts, (part) => part.positions),
    firstFixAt: isoOf(positions.firstFixMs),
    lastFixAt: isoOf(positions.lastFixMs),
    distanceM: decimetres(sum(parts, (part) => part.distanceM)),
    odometerM: odometerOf(parts),
    bestM: decimetres(bestM),
    bestSource,
    drivingS: Math.floor(sum(moves, (trip) => shareOf(trip, 'drivingS', facts))),
    idleS: Math.floor(positions.idleS),
    trips: countTrips('trip', false),
    towedTrips: countTrips('trip', true),
    stops: countTrips('stop', false),
    nightS: Math.floor(sum(moves, (trip) => nightOf(trip, facts)) / 1_000),
    nightDistanceM: decimetres(
      sum(parts, ({ startMs, drivenM }) =>
        isNightHour(day.zone.hour(Math.max(startMs, day.fromMs)), day.night) ? drivenM : 0,
      ),
    ),
    maxSpeedKmh: positions.maxSpeedKmh === null ? null : Math.round(positions.maxSpeedKmh * 10) / 10,
    harsh: {
      acceleration: countKind('harshAcceleration'),
      braking: countKind('harshBraking'),
      cornering: countKind('harshCornering'),
    },
    overspeeds: overspeeds.filter(({ startMs }) => isOfDay(startMs, day)).length,
    overspeedS: Math.floor(sum(overspeeds, (event) => overlapMs(event, facts)) / 1_000),
    territoryExits: countFence('geofenceExit', 'territory'),
    forbiddenEntries: countFence('geofenceEnter', 'forbidden'),
    tamperEvents: begunEvents.filter(({ kind }) => TAMPER_KINDS.has(kind)).length,
    tows: countKind('tow'),
    silenceS: Math.floor(
      sum(
        events.filter(({ kind }) => kind === 'silence'),
        (event) => overlapMs(event, facts),
      ) / 1_000,
    ),
    parkedOvernightH3: overnightOf(facts),
    isComplete: isComplete(facts),
  };
}

interface Lasting {
  startMs: number;
  endMs: number | null;
}

function isOfDay(epochMs: number, { fromMs, toMs }: LocalDay): boolean {
  return epochMs >= fromMs && epochMs < toMs;
}

/** The part of it that is of the day, and known. */
function within({ startMs, endMs }: Lasting, { day, asOfMs }: DayFacts): { fromMs: number; toMs: number } {
  const fromMs = Math.max(startMs, day.fromMs);
  return { fromMs, toMs: Math.max(fromMs, Math.min(endMs ?? asOfMs, day.toMs, asOfMs)) };
}

function overlapMs(lasting: Lasting, facts: DayFacts): number {
  const { fromMs, toMs } = within(lasting, facts);
  return toMs - fromMs;
}

/** Of a figure of a trip that crosses midnight so much as of its time; of one that lasts what is known of it. */
function shareOf(trip: VehicleTrip, figure: string, facts: DayFacts): number {
  const value = trip.details[figure];
  if (typeof value !== 'number') return 0;
  const lengthMs = (trip.endMs ?? facts.asOfMs) - trip.startMs;
  return lengthMs > 0 ? (value * overlapMs(trip, facts)) / lengthMs : 0;
}

function nightOf(trip: VehicleTrip, facts: DayFacts): number {
  const { fromMs, toMs } = within(trip, facts);
  return nightMsWithin(fromMs, toMs, facts.day.night, facts.day.zone);
}

function odometerOf(parts: readonly MileagePart[]): number | null {
  const said = parts.filter(({ odometerM }) => odometerM !== null);
  return said.length === 0 ? null : decimetres(sum(said, ({ odometerM }) => odometerM!));
}

function overnightOf({ day, trips, asOfMs }: DayFacts): string | null {
  const atMs = day.fromMs + OVERNIGHT_HOUR_MS;
  if (atMs > asOfMs) return null;
  const stop = trips.find(
    ({ kind, startMs, endMs }) => kind === 'stop' && startMs <= atMs && (endMs ?? asOfMs) >= atMs,
  );
  if (!stop) return null;
  const { high, low } = cellOf(stop.lat, stop.lon, OVERNIGHT_H3_RESOLUTION);
  return cellHex(high, low);
}

function isComplete({ day, trips, newestFixMs }: DayFacts): boolean {
  const last = trips.at(-1);
  const isUnderWay = last?.kind === 'trip' && last.endMs === null;
  return newestFixMs !== null && newestFixMs >= day.toMs && !isUnderWay;
}

function sum<Item>(items: readonly Item[], figure: (item: Item) => number): number {
  return items.reduce((total, item) => total + figure(item), 0);
}

const decimetres = (value: number): number => Math.round(Math.max(0, value) * 10) / 10;
const isoOf = (epochMs: number | null): string | null =>
  epochMs === null ? null : new Date(epochMs).toISOString();
