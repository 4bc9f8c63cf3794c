import { TokenBucket } from './rate-limit.ts';

/* Control packet types, in the high half of a packet's first byte (MQTT 3.1.1, section 2.2.1). */
const CONNECT = 1;
const PUBLISH = 3;
const PUBREL = 6;

/** A SUBSCRIBE of many filters counts as several small ones: by its length, bytes to a packet. */
const BYTES_PER_PACKET = 128;

export interface FrameLimits {
  /** Longest CONNECT, which comes from someone not yet known. */
  maxConnectBytes: number;
  /** Longest packet of a known client. */
  maxFrameBytes: number;
  /** Bytes that a client may send, CONNECT included, before it is known. */
  maxUnknownBytes: number;
  /** Longest packet that is neither CONNECT nor PUBLISH. */
  maxControlBytes: number;
  /** Packets a second that are not PUBLISH, nor the PUBREL of one, and how many may come at once. */
  maxControlPacketsPerS: number;
  maxControlPacketBurst: number;
}

export type FrameViolation =
  | 'not_mqtt'
  | 'frame_too_long'
  | 'too_much_before_login'
  | 'too_many_control_packets';

/**
 * Follows the fixed headers of an MQTT byte stream (MQTT 3.1.1, section 2.2) without parsing
 * packets, because Aedes buffers a packet of any announced length: one stranger could fill
 * the memory. Nor does anything there slow down who subscribes or pings without end, as publishing
 * alone is charged. Pure but for its own position in the stream.
 */
export class FrameGuard {
  #limits: FrameLimits;
  /** Bytes of the current packet's body still to come. */
  #bodyLeft = 0;
  #inHeader = false;
  #firstByte = 0;
  #length = 0;
  #lengthShift = 0;
  #sawConnect = false;
  #unknownBytes = 0;
  /** PUBLISH packets of QoS 2 whose PUBREL has not come: that one was paid for with them. */
  #releasesDue = 0;
  #controlPackets: TokenBucket;
  /** Set once the client is known. */
  known = false;

  /** `nowMs` here and below: milliseconds of any steady clock. */
  constructor(limits: FrameLimits, nowMs: number) {
    this.#limits = limits;
    this.#controlPackets = new TokenBucket(limits.maxControlPacketsPerS, limits.maxControlPacketBurst, nowMs);
  }

  /** Looks at the next bytes of the stream; the first violation found, if any. */
  inspect(chunk: Uint8Array, nowMs: number): FrameViolation | null {
    if (!this.known) {
      this.#unknownBytes += chunk.length;
      if (this.#unknownBytes > this.#limits.maxUnknownBytes) return 'too_much_before_login';
    }
    let at = 0;
    while (at < chunk.length) {
      if (this.#bodyLeft > 0) {
        const skipped = Math.min(this.#bodyLeft, chunk.length - at);
        this.#bodyLeft -= skipped;
        at += skipped;
        continue;
      }
      const byte = chunk[at++]!;
      if (!this.#inHeader) {
        const type = byte >> 4;
        // [MQTT-3.1.0-1] the first packet is CONNECT; types 0 and 15 are forbidden.
        if (type === 0 || type === 15 || (!this.#sawConnect && type !== CONNECT)) return 'not_mqtt';
        this.#inHeader = true;
        this.#firstByte = byte;
        this.#length = 0;
        this.#lengthShift = 0;
        continue;
      }
      this.#length += (byte & 0x7f) << this.#lengthShift;
      this.#lengthShift += 7;
      if (byte & 0x80) {
        // The remaining length takes four bytes at the most [MQTT-2.2.3].
        if (this.#lengthShift >= 28) return 'not_mqtt';
        continue;
      }
      const violation = this.#judgePacket(nowMs);
      if (violation) return violation;
      this.#sawConnect = true;
      this.#inHeader = false;
      this.#bodyLeft = this.#length;
    }
    return null;
  }

  /** Of the packet whose header has just ended. */
  #judgePacket(nowMs: number): FrameViolation | null {
    const { maxConnectBytes, maxFrameBytes, maxControlBytes } = this.#limits;
    const type = this.#firstByte >> 4;
    if (type === PUBLISH) {
      if (((this.#firstByte >> 1) & 3) === 2) this.#releasesDue += 1;
      return this.#length > maxFrameBytes ? 'frame_too_long' : null;
    }
    const maxBytes = this.#sawConnect ? Math.min(maxControlBytes, maxFrameBytes) : maxConnectBytes;
    if (this.#length > maxBytes) return 'frame_too_long';
    if (type === PUBREL && this.#releasesDue > 0) {
      this.#releasesDue -= 1;
      return null;
    }
    const packets = 1 + Math.floor(this.#length / BYTES_PER_PACKET);
    return this.#controlPackets.take(nowMs, packets) > 0 ? 'too_many_control_packets' : null;
  }
}
