/** The control packet type of CONNECT, in the high half of a packet's first byte. */
const CONNECT = 1;

export interface FrameLimits {
  /** Longest CONNECT, which comes from someone not yet known. */
  maxConnectBytes: number;
  /** Longest packet of a known client. */
  maxFrameBytes: number;
  /** Bytes that a client may send, CONNECT included, before it is known. */
  maxUnknownBytes: number;
}

export type FrameViolation = 'not_mqtt' | 'frame_too_long' | 'too_much_before_login';

/**
 * Follows the fixed headers of an MQTT byte stream (MQTT 3.1.1, section 2.2) without parsing
 * packets, because Aedes buffers a packet of any announced length: one stranger could fill
 * the memory. Pure but for its own position in the stream.
 */
export class FrameGuard {
  #limits: FrameLimits;
  /** Bytes of the current packet's body still to come. */
  #bodyLeft = 0;
  #inHeader = false;
  #length = 0;
  #lengthShift = 0;
  #sawConnect = false;
  #unknownBytes = 0;
  /** Set once the client is known. */
  known = false;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  /** Looks at the next bytes of the stream; the first violation found, if any. */
  inspect(chunk: Uint8Array): FrameViolation | null {
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
      if (this.#length > (this.#sawConnect ? this.#limits.maxFrameBytes : this.#limits.maxConnectBytes)) {
        return 'frame_too_long';
      }
      this.#sawConnect = true;
      this.#inHeader = false;
      this.#bodyLeft = this.#length;
    }
    return null;
  }
}
