const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Epoch milliseconds of an ISO 8601 instant with `Z` or an offset, or null. A time without
 * either is a guess, and so is `Date.parse`, which takes many other texts.
 */
export function parseInstant(text: string): number | null {
  if (!WITH_OFFSET.test(text)) return null;
  // Date.parse would take 31 April for 1 May.
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8, 10));
  if (day > (DAYS_IN_MONTH[month - 1] ?? 0)) return null;
  if (month === 2 && day === 29 && !isLeapYear(Number(text.slice(0, 4)))) return null;
  const epochMs = Date.parse(text);
  return Number.isNaN(epochMs) ? null : epochMs;
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
