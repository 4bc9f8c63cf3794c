import type { SimulatedDevice } from '../fleet-file.ts';
import type { Itinerary } from '../motion/vehicle.ts';
import { createRandom, type Random } from '../random.ts';
import { encodeNative, type NativePosition } from '../tracker/native-position.ts';
import { createOutbox, type Outbox } from '../tracker/outbox.ts';
import { createTracker, nextTracker, type Reporting, type TrackerState } from '../tracker/tracker.ts';
import { type Complain, createComplaints } from './complaints.ts';
import { createLink, type Link } from './link.ts';
import type { Log } from './log.ts';
import { simulatedTimeMs } from './simulated-clock.ts';

export interface FleetOptions {
  mqttUrl: string;
  devices: readonly SimulatedDevice[];
  itinerary: Itinerary;
  reporting: Reporting;
  seed: string;
  /** Where simulated time begins, epoch milliseconds; now or in the past. */
  startMs: number;
  /** How many times faster than real time it runs until it reaches the present. */
  timeScale: number;
  log: Log;
}

/** What the fleet did since it started, and how it is now. */
export interface FleetStatus {
  vehicles: number;
  connected: number;
  /** Vehicles without coverage at the moment. */
  outOfCoverage: number;
  /** Vehicles with the ignition on. */
  running: number;
  /** Messages sent, the repeated ones included. */
  published: number;
  /** Messages acknowledged. */
  acked: number;
  positionsAcked: number;
  /** Positions that wait in the trackers. */
  buffered: number;
  /** Positions that a full tracker gave up. */
  dropped: number;
}

export interface Fleet {
  status(): FleetStatus;
  stop(): Promise<void>;
}

interface Member {
  random: Random;
  tracker: TrackerState;
  outbox: Outbox<NativePosition>;
  link: Link;
}

/** As many fixes as a tracker with a small flash keeps: more than an hour at one a second. */
const OUTBOX_MAX_POSITIONS = 5_000;
const BATCH_MAX_POSITIONS = 20;
const CONNECTS_PER_S = 100;
const TICK_MS = 50;
/** Bounds the work of a tick while old time is caught up. */
const MAX_STEPS_PER_TICK = 200;
/** A longer pause means that the machine slept; the fleet then goes on from where it was. */
const SLEPT_MS = 10_000;

/** Lets the fleet live and publish until it is stopped. */
export function startFleet(options: FleetOptions): Fleet {
  const { devices, timeScale, startMs } = options;
  const realStartMs = Date.now();
  const members: Member[] = [];
  const counts = { published: 0, acked: 0, positionsAcked: 0 };
  const complain = createComplaints(options.log);
  let lastTickMs = realStartMs;

  const tick = () => {
    const realNowMs = Date.now();
    const pauseMs = realNowMs - lastTickMs;
    lastTickMs = realNowMs;
    const timeMs = simulatedTimeMs(startMs, timeScale, realStartMs, realNowMs);
    const due = Math.min(devices.length, Math.ceil(((realNowMs - realStartMs) / 1000) * CONNECTS_PER_S));
    for (const device of devices.slice(members.length, due))
      members.push(join(device, timeMs, options, counts, complain));
    for (const member of members) {
      if (pauseMs > SLEPT_MS) member.tracker = { ...member.tracker, timeMs: member.tracker.timeMs + pauseMs };
      advance(member, timeMs, options);
      send(member, counts);
    }
  };
  const ticking = setInterval(tick, TICK_MS);
  tick();

  return {
    status: () => ({ ...tally(members), vehicles: devices.length, ...counts }),
    async stop() {
      clearInterval(ticking);
      await Promise.all(members.map(({ link }) => link.close()));
    },
  };
}

type Counts = Pick<FleetStatus, 'published' | 'acked' | 'positionsAcked'>;

function join(
  device: SimulatedDevice,
  timeMs: number,
  options: FleetOptions,
  counts: Counts,
  complain: Complain,
): Member {
  const { itinerary, reporting, seed, mqttUrl } = options;
  const random = createRandom(`${seed} ${device.ident}`);
  const outbox = createOutbox<NativePosition>(OUTBOX_MAX_POSITIONS, BATCH_MAX_POSITIONS);
  const events = {
    up: () => send(member, counts),
    down: () => outbox.lost(),
    failed: (reason: string, refused: boolean) => complain(device.ident, reason, refused),
  };
  const member: Member = {
    random,
    outbox,
    tracker: createTracker(device.kind, itinerary, reporting, timeMs, random),
    // Its own source: when connections fail must not change how the vehicle drives.
    link: createLink(mqttUrl, device, events, createRandom(`${seed} link ${device.ident}`)),
  };
  return member;
}

function advance(member: Member, timeMs: number, { itinerary, reporting }: FleetOptions): void {
  for (let steps = 0; steps < MAX_STEPS_PER_TICK; steps++) {
    if (member.tracker.timeMs + reporting.movingMs > timeMs) break;
    const { state, position } = nextTracker(member.tracker, itinerary, reporting, member.random);
    member.tracker = state;
    if (position) member.outbox.add(position);
  }
  member.link.setCovered(member.tracker.coverage.covered);
}

/** One message at a time: the next leaves on the PUBACK of the one before. */
function send(member: Member, counts: Counts): void {
  if (!member.link.up) return;
  const batch = member.outbox.take();
  if (!batch) return;
  counts.published++;
  member.link.publish(encodeNative(batch), () => {
    counts.acked++;
    counts.positionsAcked += member.outbox.acknowledged();
    send(member, counts);
  });
}

function tally(members: readonly Member[]) {
  const total = { connected: 0, outOfCoverage: 0, running: 0, buffered: 0, dropped: 0 };
  for (const { link, tracker, outbox } of members) {
    total.connected += link.up ? 1 : 0;
    total.outOfCoverage += tracker.coverage.covered ? 0 : 1;
    total.running += tracker.vehicle.ignition ? 1 : 0;
    total.buffered += outbox.size;
    total.dropped += outbox.dropped;
  }
  return total;
}
