import { LRUCache } from 'lru-cache';
import { limits } from './limits.ts';

/** Asks the database for which of the idents a gateway may speak, and of which devices they are. */
export type AskRoutes = (gatewayId: number, idents: string[]) => Promise<Map<string, number>>;

interface Route {
  /** Null when the gateway may not speak for the ident. */
  deviceId: number | null;
  /** Milliseconds of the steady clock; for messages that come later it is asked again. */
  validUntilMs: number;
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
  #known = new LRUCache<string, Route>({ max: limits.maxKnownRoutes });
  #underWay = new Set<Question>();

  constructor(ask: AskRoutes) {
    this.#ask = ask;
  }

  /**
   * The device of an ident, null when the gateway may not speak for it, undefined when that has to
   * be learnt. `atMs` is when the message came, by the steady clock.
   */
  deviceOf(gatewayId: number, ident: string, atMs: number): number | null | undefined {
    const route = this.#known.get(keyOf(gatewayId, ident));
    return route && route.validUntilMs > atMs ? route.deviceId : undefined;
  }

  /** Learns what it can; what changed meanwhile is still unknown after it. @throws when the database is away */
  async learn(gatewayId: number, idents: string[]): Promise<void> {
    const question: Question = { gatewayId, changedDevices: new Set(), isStale: false };
    this.#underWay.add(question);
    try {
      const devices = await this.#ask(gatewayId, idents);
      if (question.isStale) return;
      const deniedUntilMs = performance.now() + limits.deniedRouteMs;
      for (const ident of idents) {
        const deviceId = devices.get(ident);
        if (deviceId === undefined) {
          this.#known.set(keyOf(gatewayId, ident), { deviceId: null, validUntilMs: deniedUntilMs });
        } else if (!question.changedDevices.has(deviceId)) {
          this.#known.set(keyOf(gatewayId, ident), { deviceId, validUntilMs: Number.POSITIVE_INFINITY });
        }
      }
    } finally {
      this.#underWay.delete(question);
    }
  }

  /** A device or a gateway changed, or (null) any may have. */
  forget(deviceId: number | null): void {
    if (this.#known.size > 0) this.#known.clear();
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
}

const keyOf = (gatewayId: number, ident: string): string => `${gatewayId}/${ident}`;
