const COMPASS = ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'] as const;
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** `12 s ago`, `4 min ago`, `3 h ago`, `5 d ago`. A fix from a clock that is ahead of ours is `just now`. */
export function ago(ageMs: number): string {
  const seconds = Math.floor(ageMs / 1000);
  if (seconds < 1) return 'just now';
  return `${duration(seconds)} ago`;
}

/** Short enough for a list: `12 s`, `4 min`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

export const compass = (headingDeg: number): string =>
  COMPASS[Math.round((((headingDeg % 360) + 360) % 360) / 45) % 8] ?? 'N';

/** Five decimals are about a metre. */
export const degrees = (value: number) => value.toFixed(5);

export const kilometres = (metres: number) => `${whole.format(metres / 1000)} km`;

const tenths = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** `12.4 km`, for a day's drive. */
export const kilometresExact = (metres: number) => `${tenths.format(metres / 1000)} km`;

export const count = (value: number) => whole.format(value);

/** Alarms with commas between them, as they are read: `Power cut, tow`. */
export const alarmWords = (alarms: string): string =>
  alarms
    .split(',')
    .map((alarm, at) => (at === 0 || alarm.length <= 3 ? words(alarm) : words(alarm).toLowerCase()))
    .join(', ');

/** `powerCut` as it is read: `Power cut`; `sos` and its like are abbreviations. */
export function words(code: string): string {
  if (code.length <= 3) return code.toUpperCase();
  const spaced = code
    .replace(/[_-]+/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
