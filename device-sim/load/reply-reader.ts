/** What a broker says to a publisher. */
export interface Replies {
  connack(returnCode: number): void;
  puback(packetId: number): void;
}

const CONNACK = 0x20;
const PUBACK = 0x40;
const PING_RESPONSE = 0xd0;

/**
 * Reads CONNACK, PUBACK and PINGRESP out of a byte stream that may be cut anywhere.
 * All three are fixed: two or four bytes, length in the second.
 * @returns a reader of the first `length` bytes of a chunk; false when the peer speaks something else
 */
export function createReplyReader(replies: Replies): (chunk: Uint8Array, length: number) => boolean {
  /** Type, length byte and first body byte of a packet that a chunk cut. */
  const held = new Uint8Array(3);
  let heldBytes = 0;

  const packet = (type: number, high: number, low: number): boolean => {
    if (type === PUBACK) replies.puback((high << 8) | low);
    else if (type === CONNACK) replies.connack(low);
    else return false;
    return true;
  };

  return (chunk, length) => {
    let at = 0;
    while (heldBytes > 0 && at < length) {
      const byte = chunk[at++] as number;
      if (heldBytes < 3 && !(held[0] === PING_RESPONSE && heldBytes === 1)) held[heldBytes++] = byte;
      else {
        heldBytes = 0;
        if (held[0] !== PING_RESPONSE && !packet(held[0] as number, held[2] as number, byte)) return false;
      }
    }
    while (at < length) {
      const type = chunk[at] as number;
      if (type === PUBACK && at + 4 <= length) {
        replies.puback(((chunk[at + 2] as number) << 8) | (chunk[at + 3] as number));
        at += 4;
      } else if (type === PING_RESPONSE && at + 2 <= length) {
        at += 2;
      } else if (at + 4 <= length) {
        if (!packet(type, chunk[at + 2] as number, chunk[at + 3] as number)) return false;
        at += 4;
      } else {
        while (at < length) held[heldBytes++] = chunk[at++] as number;
      }
    }
    return true;
  };
}
