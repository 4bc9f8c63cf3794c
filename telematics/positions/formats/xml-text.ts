/** xsd:decimal knows no exponent, which toFixed writes from 1e21 on; seven digits of a degree are a centimetre. */
export const decimal = (value: number): string =>
  Math.abs(value) < 1e21 ? value.toFixed(7).replace(/\.?0+$/, '') : BigInt(value).toString();

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Besides what XML escapes, some characters must not be in a document in any form. */
export function escaped(text: string): string {
  const allowed = text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '');
  return allowed.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
