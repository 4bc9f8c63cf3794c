/** What a series can be of. `sql` is a number, or null where the position does not tell, of the row `p`. */
export interface Metric {
  unit: string;
  sql: string;
  /** Only of good positions; of the others every position whose time can be trusted counts. */
  needsGoodFix: boolean;
  /** A column of four bytes holds seven digits. */
  digits: 7 | 15;
}

/**
 * A tracker may send anything under the key; what is no number, or cannot be one of this metric, is
 * not told. Compared as `numeric`, which holds every number of JSON: one that `float8` cannot, or a
 * sum of some that it only just can, would end the whole query.
 */
const attribute = (name: string, least: number, greatest: number): string => {
  const value = `p.attributes -> '${name}'`;
  return `CASE WHEN jsonb_typeof(${value}) = 'number' THEN
    CASE WHEN (${value})::numeric BETWEEN ${least} AND ${greatest} THEN (${value})::float8 END END`;
};
/** As adapters bound it; older rows may hold anything. */
const ODOMETER = 'CASE WHEN p.odometer_m BETWEEN 0 AND 1e10 THEN p.odometer_m END';

export const metrics = {
  speed: { unit: 'km/h', sql: 'p.speed_kmh::float8', needsGoodFix: true, digits: 7 },
  altitude: { unit: 'm', sql: 'p.altitude_m::float8', needsGoodFix: true, digits: 7 },
  accuracy: { unit: 'm', sql: 'p.accuracy_m::float8', needsGoodFix: false, digits: 7 },
  satellites: { unit: '', sql: 'p.satellites::float8', needsGoodFix: false, digits: 7 },
  odometer: { unit: 'm', sql: ODOMETER, needsGoodFix: false, digits: 15 },
  battery: { unit: 'V', sql: 'p.battery_v::float8', needsGoodFix: false, digits: 7 },
  fuelPercent: { unit: '%', sql: attribute('fuelPercent', 0, 100), needsGoodFix: false, digits: 15 },
  fuelL: { unit: 'l', sql: attribute('fuelL', 0, 10_000), needsGoodFix: false, digits: 15 },
  deviceBatteryPercent: {
    unit: '%',
    sql: attribute('batteryPercent', 0, 100),
    needsGoodFix: false,
    digits: 15,
  },
  deviceBatteryV: { unit: 'V', sql: attribute('deviceBatteryV', 0, 100), needsGoodFix: false, digits: 15 },
  engineRpm: { unit: '1/min', sql: attribute('engineRpm', 0, 20_000), needsGoodFix: false, digits: 15 },
  coolant: { unit: '°C', sql: attribute('coolantC', -60, 300), needsGoodFix: false, digits: 15 },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;

/** Trackers report fuel as a share or as litres, and mixing them would be neither: one word asks for both. */
export const metricGroups = {
  fuel: ['fuelPercent', 'fuelL'],
  deviceBattery: ['deviceBatteryPercent', 'deviceBatteryV'],
} as const satisfies Record<string, readonly MetricName[]>;

export const metricWords = [...Object.keys(metrics), ...Object.keys(metricGroups)];

/** Metrics of words with commas between them, each once; null if one is unknown or there is none. */
export function metricsOf(words: string): MetricName[] | null {
  const names = new Set<MetricName>();
  for (const word of words.split(',')) {
    if (Object.hasOwn(metricGroups, word)) {
      for (const name of metricGroups[word as keyof typeof metricGroups]) names.add(name);
    } else if (Object.hasOwn(metrics, word)) names.add(word as MetricName);
    else return null;
  }
  return [...names];
}
