/** Bytes that are shown; the whole payload can be saved. */
export const MAX_SHOWN_BYTES = 4_096;
const PER_ROW = 16;

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/**
 * Whether bytes are text that a person can read: UTF-8 without control characters. `isCut`: there are
 * more of them, so the last character may lack its end.
 */
export function isText(bytes: Uint8Array, isCut: boolean): boolean {
  const text = new TextDecoder().decode(bytes, { stream: isCut });
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  return bytes.length > 0 && !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/.test(text);
}

/**
 * Bytes as text: JSON indented, control characters and what is no UTF-8 as signs that can be seen. Cut
 * at `MAX_SHOWN_BYTES`.
 */
export function textOf(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, MAX_SHOWN_BYTES));
  if (bytes.length <= MAX_SHOWN_BYTES) {
    try {
      const parsed: unknown = JSON.parse(text);
      if (typeof parsed === 'object') return JSON.stringify(parsed, null, 2);
    } catch {
      // What is not JSON is shown as it is.
    }
  }
  // oxlint-disable-next-line no-control-regex -- they are what is replaced
  return text.replace(/[\u0000-\u0008\u000b-\u001f]/g, (sign) =>
    String.fromCharCode(0x2400 + sign.charCodeAt(0)),
  );
}

export interface HexRow {
  offset: string;
  hex: string;
  text: string;
}

/** Rows of sixteen bytes, as hexadecimal and as ASCII, cut at `MAX_SHOWN_BYTES`. */
export function hexRows(bytes: Uint8Array): HexRow[] {
  const rows: HexRow[] = [];
  const end = Math.min(bytes.length, MAX_SHOWN_BYTES);
  for (let at = 0; at < end; at += PER_ROW) {
    const row = [...bytes.subarray(at, Math.min(at + PER_ROW, end))];
    rows.push({
      offset: at.toString(16).padStart(4, '0'),
      hex: row.map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
      text: row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join(''),
    });
  }
  return rows;
}
