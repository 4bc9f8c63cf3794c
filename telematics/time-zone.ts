/**
 * Whether a text is the name of a time zone of the IANA database that this process knows. Offsets
 * such as `+01:00`, which Intl takes too, are none: they know no daylight saving, and PostgreSQL
 * reads their sign the other way round.
 */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
