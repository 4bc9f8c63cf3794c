/** U+0000 or half a surrogate pair, themselves or as JSON escapes that are not escaped in turn. */
const UNSTORABLE =
  /\0|(?<=(?:^|[^\\])(?:\\\\)*)\\u(?:0000|d[89ab][0-9a-f]{2}(?!\\ud[c-f])|(?<!\\ud[89ab][0-9a-f]{2}\\u)d[c-f][0-9a-f]{2})/gi;

/**
 * The text with what PostgreSQL's text and jsonb cannot hold replaced by U+FFFD, so that one
 * tracker's broken string never fails the batch it shares with others.
 */
export function storableText(text: string): string {
  const wellFormed = text.toWellFormed();
  return wellFormed.includes('\0') || wellFormed.includes('\\u')
    ? wellFormed.replace(UNSTORABLE, '\ufffd')
    : wellFormed;
}
