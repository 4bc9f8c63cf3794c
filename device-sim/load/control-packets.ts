/** The MQTT 3.1.1 packets that a publisher needs beside PUBLISH. Section numbers are the standard's. */

const CONNECT = 0x10;
const USER_NAME = 0x80;
const PASSWORD = 0x40;
const CLEAN_SESSION = 0x02;

export const PING_REQUEST = Buffer.from([0xc0, 0x00]);
export const DISCONNECT = Buffer.from([0xe0, 0x00]);

export interface Login {
  clientId: string;
  userName: string;
  password: string;
  /** 0 turns the broker's watch off. */
  keepAliveS: number;
}

/** CONNECT of a clean session (3.1). */
export function encodeConnect({ clientId, userName, password, keepAliveS }: Login): Buffer {
  const variable = Buffer.concat([
    text('MQTT'),
    Buffer.from([4, USER_NAME | PASSWORD | CLEAN_SESSION, keepAliveS >> 8, keepAliveS & 0xff]),
    text(clientId),
    text(userName),
    text(password),
  ]);
  return Buffer.concat([Buffer.from([CONNECT]), remainingLength(variable.length), variable]);
}

/** A length-prefixed UTF-8 string (1.5.3). */
export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

/** Seven bits a byte, least significant first (2.2.3). */
export function remainingLength(length: number): Buffer {
  const bytes = [];
  let left = length;
  do {
    const more = left > 0x7f;
    bytes.push((left & 0x7f) | (more ? 0x80 : 0));
    left >>>= 7;
  } while (left > 0);
  return Buffer.from(bytes);
}
