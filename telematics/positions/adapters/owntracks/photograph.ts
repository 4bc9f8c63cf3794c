/** Beyond this a photograph is cut out: with it the message would be too long, and its fix be lost. */
const MAX_BYTES_WITH_PHOTOGRAPH = 4_096;
/** Of a point of interest in a location, of a person in a card; both texts in Base64. */
const PHOTOGRAPHS = new Set(['image', 'face']);
const MAX_KEY_BYTES = 5;

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/**
 * A payload without the text of its photograph, and how many bytes of it were cut. This comes before
 * parsing, whose bounds are those of what goes into a database; one pass over the bytes.
 */
export function cutPhotograph(payload: Buffer): { rest: Buffer; cutBytes: number } {
  let at = payload.length > MAX_BYTES_WITH_PHOTOGRAPH ? 0 : payload.length;
  while (at < payload.length) {
    if (payload[at] !== QUOTE) {
      at += 1;
      continue;
    }
    const keyEnd = endOfText(payload, at);
    if (isPhotograph(payload, at + 1, keyEnd)) {
      const colonAt = afterSpace(payload, keyEnd + 1);
      const quoteAt = afterSpace(payload, colonAt + 1);
      if (payload[colonAt] === COLON && payload[quoteAt] === QUOTE) {
        const end = endOfText(payload, quoteAt);
        const rest = Buffer.concat([payload.subarray(0, quoteAt + 1), payload.subarray(end)]);
        return { rest, cutBytes: payload.length - rest.length };
      }
    }
    at = keyEnd + 1;
  }
  return { rest: payload, cutBytes: 0 };
}

const isPhotograph = (payload: Buffer, start: number, end: number): boolean =>
  end > start && end - start <= MAX_KEY_BYTES && PHOTOGRAPHS.has(payload.toString('latin1', start, end));

/** Where the quote stands that closes the text whose opening quote is at a place. */
function endOfText(payload: Buffer, quoteAt: number): number {
  let at = quoteAt + 1;
  while (at < payload.length && payload[at] !== QUOTE) at += payload[at] === BACKSLASH ? 2 : 1;
  return Math.min(at, payload.length);
}

function afterSpace(payload: Buffer, from: number): number {
  let at = from;
  while (at < payload.length && (payload[at] as number) <= SPACE) at += 1;
  return at;
}
