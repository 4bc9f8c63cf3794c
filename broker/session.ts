import type { Client } from 'aedes';
import type { GatewayLane } from './gateway-lane.ts';
import type { Inlet } from './inlet.ts';
import type { TokenBucket } from './rate-limit.ts';

/** A tracker's or gateway's login on one connection, and what the broker counts about it. */
export interface Session {
  client: Client;
  inlet: Inlet;
  deviceId: number;
  operatorId: number;
  ident: string;
  /** Under which it logged in, to notice a change of secret that was not heard of. */
  secretHash: Buffer;
  /** Of a gateway: by which its messages go to the log. A tracker speaks for itself and has none. */
  lane: GatewayLane | null;
  publishes: TokenBucket;
  inFlightMessages: number;
  inFlightBytes: number;
  /** Why reading from it is suspended, if it is. */
  paused: null | 'in_flight' | 'rate';
}

/** The sessions of this broker, by connection and by device. */
export class Sessions {
  #byClient = new Map<Client, Session>();
  #byDevice = new Map<number, Session[]>();

  get size(): number {
    return this.#byClient.size;
  }

  add(session: Session): void {
    this.#byClient.set(session.client, session);
    const ofDevice = this.#byDevice.get(session.deviceId);
    if (ofDevice) ofDevice.push(session);
    else this.#byDevice.set(session.deviceId, [session]);
  }

  of(client: Client): Session | undefined {
    return this.#byClient.get(client);
  }

  /** Oldest first. */
  ofDevice(deviceId: number): readonly Session[] {
    return this.#byDevice.get(deviceId) ?? [];
  }

  deviceIds(): number[] {
    return [...this.#byDevice.keys()];
  }

  remove(client: Client): void {
    const session = this.#byClient.get(client);
    if (!session) return;
    this.#byClient.delete(client);
    const left = this.ofDevice(session.deviceId).filter((other) => other !== session);
    if (left.length > 0) this.#byDevice.set(session.deviceId, left);
    else this.#byDevice.delete(session.deviceId);
  }
}
