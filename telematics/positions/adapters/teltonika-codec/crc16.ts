/** Tables for two bytes at a time: the second for the byte that has another one after it. */
const LAST = new Uint16Array(256);
const SECOND_LAST = new Uint16Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xa001;
  LAST[byte] = crc;
}
for (let byte = 0; byte < 256; byte++) {
  const crc = LAST[byte] as number;
  SECOND_LAST[byte] = (crc >>> 8) ^ (LAST[crc & 0xff] as number);
}

/** CRC-16/IBM (polynomial 0x8005 reflected, initial value 0) of the bytes from `start` up to `end`. */
export function crc16(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  let at = start;
  for (; at + 1 < end; at += 2) {
    crc ^= (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    crc = (SECOND_LAST[crc & 0xff] as number) ^ (LAST[crc >>> 8] as number);
  }
  if (at < end) crc = (crc >>> 8) ^ (LAST[(crc ^ (bytes[at] as number)) & 0xff] as number);
  return crc;
}
