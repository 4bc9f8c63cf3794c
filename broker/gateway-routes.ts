import { LRUCache } from 'lru-cache';
import { limits } from './limits.ts';

/** Asks the database for which of the idents a gateway may speak, and of which devices they are. */
export type AskRoutes = (gatewayId: number, idents: string[]) => Promise<Map<string, number>>;

/** What is known of one gateway, the oldest first. */
interface KnownRoutes {
  /** Device ids by ident, and the way back. */
  allowed: Map<string, number>;
  identOf: Map<number, string>;
  /** Until when it may not speak for an ident: for messages that come later it is asked again. By the steady clock, ms. */
  deniedUntilMs: Map<string, number>;
}

/** A question that is with the database, and what changed since it was asked. */
interface Question {
  gatewayId: number;
  changedDevices: Set<number>;
  isStale: boolean;
}

/**
 * For which idents the gateways of this broker may speak, as far as the database was asked. What it
 * denied is asked again soon, as a device may be provisioned while its gateway is sending already;
 * what it allowed stands until something changes, of which the broker is told (`forget`).
 */
export class GatewayRoutes {
  isClosed = false;
  heldMessages = 0;
  heldBytes = 0;
  #ask: AskRoutes;
  /** By gateway, so that what one asks for pushes nothing out of what is known of another. */
  #known = new LRUCache<number, KnownRoutes>({ max: limits.maxRoutedGateways });
  #underWay = new Set<Question>();

  constructor(ask: AskRoutes) {
    this.#ask = ask;
  }

  /**
   * The device of an ident, null when the gateway may not speak for it, undefined when that has to
   * be learnt. `atMs` is when the message came, by the steady clock.
   */
  deviceOf(gatewayId: number, ident: string, atMs: number): number | null | undefined {
    const known = this.#known.get(gatewayId);
    if (!known) return undefined;
    const deviceId = known.allowed.get(ident);
    if (deviceId !== undefined) return deviceId;
    return (known.deniedUntilMs.get(ident) ?? 0) > atMs ? null : undefined;
  }

  /** Learns what it can; what changed meanwhile is still unknown after it. @throws when the database is away */
  async learn(gatewayId: number, idents: string[]): Promise<void> {
    const question: Question = { gatewayId, changedDevices: new Set(), isStale: false };
    this.#underWay.add(question);
    try {
      const devices = await this.#ask(gatewayId, idents);
      if (question.isStale) return;
      const known = this.#knownOf(gatewayId);
      const deniedUntilMs = performance.now() + limits.deniedRouteMs;
      for (const ident of idents) {
        const deviceId = devices.get(ident);
        if (deviceId === undefined) deny(known, ident, deniedUntilMs);
        else if (!question.changedDevices.has(deviceId)) allow(known, ident, deviceId);
      }
    } finally {
      this.#underWay.delete(question);
    }
  }

  /**
   * A device or a gateway changed, or (null) any may have: what leads to it, or from it, is
   * forgotten. What was denied names no device, and is asked again soon by itself.
   */
  forget(deviceId: number | null): void {
    if (deviceId === null) {
      this.#known.clear();
    } else {
      this.#known.delete(deviceId);
      for (const known of this.#known.values()) forgetDevice(known, deviceId);
    }
    for (const question of this.#underWay) {
      if (deviceId === null || deviceId === question.gatewayId) question.isStale = true;
      else question.changedDevices.add(deviceId);
    }
  }

  /**
   * Counts a message in that has to wait for an answer; false when too many wait already. Trackers
   * need no database, so those that do must not fill what the broker holds for all.
   */
  hold(bytes: number): boolean {
    if (this.heldMessages >= limits.maxHeldMessages || this.heldBytes >= limits.maxHeldBytes) return false;
    this.heldMessages += 1;
    this.heldBytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.heldMessages -= 1;
    this.heldBytes -= bytes;
  }

  #knownOf(gatewayId: number): KnownRoutes {
    const known = this.#known.get(gatewayId) ?? {
      allowed: new Map(),
      identOf: new Map(),
      deniedUntilMs: new Map(),
    };
    this.#known.set(gatewayId, known);
    return known;
  }
}

function allow(known: KnownRoutes, ident: string, deviceId: number): void {
  known.deniedUntilMs.delete(ident);
  const before = known.allowed.get(ident);
  if (before !== undefined) forgetDevice(known, before);
  forgetDevice(known, deviceId);
  known.allowed.set(ident, deviceId);
  known.identOf.set(deviceId, ident);
  if (known.allowed.size <= limits.maxAllowedRoutesPerGateway) return;
  const [oldest] = known.identOf.keys();
  forgetDevice(known, oldest!);
}

function deny(known: KnownRoutes, ident: string, untilMs: number): void {
  const before = known.allowed.get(ident);
  if (before !== undefined) forgetDevice(known, before);
  // Behind the others again: the oldest ones are those whose time is over first.
  known.deniedUntilMs.delete(ident);
  known.deniedUntilMs.set(ident, untilMs);
  if (known.deniedUntilMs.size <= limits.maxDeniedRoutesPerGateway) return;
  const [oldest] = known.deniedUntilMs.keys();
  known.deniedUntilMs.delete(oldest!);
}

function forgetDevice({ allowed, identOf }: KnownRoutes, deviceId: number): void {
  const ident = identOf.get(deviceId);
  if (ident === undefined) return;
  identOf.delete(deviceId);
  allowed.delete(ident);
}
