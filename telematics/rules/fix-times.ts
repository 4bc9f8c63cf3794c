/** The fixes that made a finding, as its details name them: their fix times, each once, ISO 8601. */
export function fixTimes(...fixTimesMs: readonly number[]): string[] {
  return [...new Set(fixTimesMs)].map((ms) => new Date(ms).toISOString());
}
