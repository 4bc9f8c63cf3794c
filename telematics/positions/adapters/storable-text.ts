/**
 * Texts as PostgreSQL's text and jsonb can hold them: U+0000 and halves of surrogate pairs become
 * U+FFFD, so that one tracker's broken string never fails the batch it shares with others.
 */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

/** A pair of escapes, one escape, or any other escaped character; from left to right, so in linear time. */
const ESCAPES = /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\[^u]/g;
const UNSTORABLE_ESCAPE = /^\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})$/;

/** The same for a JSON text, where such characters are written as escapes. */
export function storableJson(json: string): string {
  if (!json.includes('\\u')) return json;
  return json.replace(ESCAPES, (escape) => (UNSTORABLE_ESCAPE.test(escape) ? '\ufffd' : escape));
}
