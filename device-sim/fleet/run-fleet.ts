import { createFaults, type Faults } from '../faults/faults.ts';
import type { SimulatedDevice } from '../fleet-file.ts';
import type { Format } from '../formats/format.ts';
import { formats } from '../formats/formats.ts';
import { createIncidents, type Part } from '../incidents/incidents.ts';
import type { Stage } from '../incidents/scenes.ts';
import { odometerAtM } from '../motion/odometer.ts';
import type { Itinerary } from '../motion/vehicle.ts';
import { createRandom, type Random } from '../random.ts';
import type { Observation } from '../tracker/observation.ts';
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
  /** How many times as often as usual trackers err; 0 for never. */
  faults: number;
  /** How many times as often as usual something happens to vehicles and trackers; 0 for never. */
  incidents: number;
  /** Where it may happen; null where there is no city. */
  stage: Stage | null;
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
  device: SimulatedDevice;
  format: Format;
  reporting: Reporting;
  random: Random;
  tracker: TrackerState;
  faults: Faults;
  itinerary: Itinerary;
  /** What happens to it; null if nothing ever does. */
  part: Part | null;
  outbox: Outbox<Observation>;
  /** Its own, or that of its gateway. */
  link: Link;
}

/** Connections by the ident that logged in. */
type Links = Map<string, { link: Link; members: Member[] }>;

/** As many fixes as a tracker with a small flash keeps: more than an hour at one a second. */
const OUTBOX_MAX_POSITIONS = 5_000;
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
  const links: Links = new Map();
  const counts = { published: 0, acked: 0, positionsAcked: 0 };
  const complain = createComplaints(options.log);
  const partOf = options.incidents > 0 ? createIncidents({ ...options, frequency: options.incidents }) : null;
  let lastTickMs = realStartMs;

  const tick = () => {
    const realNowMs = Date.now();
    const pauseMs = realNowMs - lastTickMs;
    lastTickMs = realNowMs;
    const timeMs = simulatedTimeMs(startMs, timeScale, realStartMs, realNowMs);
    const due = Math.min(devices.length, Math.ceil(((realNowMs - realStartMs) / 1000) * CONNECTS_PER_S));
    for (const device of devices.slice(members.length, due))
      members.push(join(device, timeMs, options, partOf, links, counts, complain));
    for (const member of members) {
      if (pauseMs > SLEPT_MS) member.tracker = { ...member.tracker, timeMs: member.tracker.timeMs + pauseMs };
      advance(member, timeMs);
      send(member, counts);
    }
  };
  const ticking = setInterval(tick, TICK_MS);
  tick();

  return {
    status: () => ({ ...tally(members), vehicles: devices.length, ...counts }),
    async stop() {
      clearInterval(ticking);
      await Promise.all(Array.from(links.values(), ({ link }) => link.close()));
    },
  };
}

type Counts = Pick<FleetStatus, 'published' | 'acked' | 'positionsAcked'>;

function join(
  device: SimulatedDevice,
  timeMs: number,
  options: FleetOptions,
  partOf: ReturnType<typeof createIncidents> | null,
  links: Links,
  counts: Counts,
  complain: Complain,
): Member {
  const { seed } = options;
  const part = partOf?.(device, timeMs) ?? null;
  const itinerary = part?.itinerary ?? options.itinerary;
  const random = createRandom(`${seed} ${device.ident}`);
  const format = formats[device.format];
  const reporting = {
    movingMs: Math.max(options.reporting.movingMs, format.resolutionMs),
    parkedMs: Math.max(options.reporting.parkedMs, format.resolutionMs),
  };
  // Its own sources: neither what goes wrong nor when connections fail may change how it drives.
  const faults = createFaults(`${seed} faults ${device.ident}`, options.faults);
  const tracker = createTracker(device.kind, itinerary, reporting, timeMs, random);
  const odometerM = odometerAtM(createRandom(`${seed} odometer ${device.ident}`), timeMs);
  const shared = linkFor(device, options, links, counts, complain);
  const member: Member = {
    device,
    format,
    reporting,
    random,
    faults,
    itinerary,
    part,
    tracker: { ...tracker, vehicle: { ...tracker.vehicle, odometerM } },
    outbox: createOutbox({
      limit: OUTBOX_MAX_POSITIONS,
      batch: format.maxPerMessage,
      newestFirst: faults.newestFirst || part?.newestFirst === true,
    }),
    link: shared.link,
  };
  shared.members.push(member);
  return member;
}

/** The connection that the device's messages go by: made for itself, or once for its gateway. */
function linkFor(
  device: SimulatedDevice,
  { mqttUrl, seed }: FleetOptions,
  links: Links,
  counts: Counts,
  complain: Complain,
): { link: Link; members: Member[] } {
  const account = device.gateway ?? device;
  const known = links.get(account.ident);
  if (known) return known;
  const members: Member[] = [];
  const events = {
    up: () => members.forEach((member) => send(member, counts)),
    down: () => members.forEach(({ outbox }) => outbox.lost()),
    failed: (reason: string, refused: boolean) => complain(account.ident, reason, refused),
  };
  const link = createLink(mqttUrl, account, events, createRandom(`${seed} link ${account.ident}`));
  const made = { link, members };
  links.set(account.ident, made);
  return made;
}

function advance(member: Member, timeMs: number): void {
  const { reporting, faults, itinerary, part, random } = member;
  for (let steps = 0; steps < MAX_STEPS_PER_TICK; steps++) {
    const nextMs = member.tracker.timeMs + reporting.movingMs;
    if (nextMs > timeMs) break;
    part?.at(nextMs);
    const { state, observation } = nextTracker(member.tracker, itinerary, reporting, random);
    member.tracker = state;
    if (!observation) continue;
    const spoilt = faults.spoil(observation);
    const said = part ? part.say(spoilt) : spoilt;
    if (said) member.outbox.add(said);
  }
  // Out of coverage the tracker's connection breaks; its gateway's does not, and hears nothing of it.
  if (!member.device.gateway) member.link.setCovered(isCovered(member));
}

const isCovered = ({ tracker, part }: Member): boolean =>
  tracker.coverage.covered && (part?.isReachable() ?? true);

/** Whether the network reaches the tracker; a gateway has a line of its own. */
const isReached = (member: Member): boolean => member.link.up && isCovered(member);

/** One message of a device at a time: the next leaves on the PUBACK of the one before. */
function send(member: Member, counts: Counts): void {
  const { device, format, outbox, link } = member;
  if (!isReached(member)) return;
  const batch = outbox.take();
  if (!batch) return;
  counts.published++;
  link.publish(format.encode(device.ident, batch), () => {
    counts.acked++;
    counts.positionsAcked += outbox.acknowledged();
    send(member, counts);
  });
}

function tally(members: readonly Member[]) {
  const total = { connected: 0, outOfCoverage: 0, running: 0, buffered: 0, dropped: 0 };
  for (const member of members) {
    const { tracker, outbox } = member;
    total.connected += isReached(member) ? 1 : 0;
    total.outOfCoverage += isCovered(member) ? 0 : 1;
    total.running += tracker.vehicle.ignition ? 1 : 0;
    total.buffered += outbox.size;
    total.dropped += outbox.dropped;
  }
  return total;
}
