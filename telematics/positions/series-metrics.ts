/** What a series can be of. `sql` is a number, or null where the position does not tell, of the row `p`. */
export interface Metric {
  unit: string;
  sql: string;
  /** Only of good positions; of the others every position whose time can be trusted counts. */
  needsGoodFix: boolean;
  /** A column of four bytes holds seven digits. */
  digits: 7 | 15;
}

/** A tracker may send anything under the key; what is no number is not told. */
const attribute = (name: string): string =>
  `CASE WHEN jsonb_typeof(p.attributes -> '${name}') = 'number' THEN (p.attributes -> '${name}')::float8 END`;

export const metrics = {
  speed: { unit: 'km/h', sql: 'p.speed_kmh::float8', needsGoodFix: true, digits: 7 },
  altitude: { unit: 'm', sql: 'p.altitude_m::float8', needsGoodFix: true, digits: 7 },
  accuracy: { unit: 'm', sql: 'p.accuracy_m::float8', needsGoodFix: false, digits: 7 },
  satellites: { unit: '', sql: 'p.satellites::float8', needsGoodFix: false, digits: 7 },
  odometer: { unit: 'm', sql: 'p.odometer_m', needsGoodFix: false, digits: 15 },
  battery: { unit: 'V', sql: 'p.battery_v::float8', needsGoodFix: false, digits: 7 },
  fuelPercent: { unit: '%', sql: attribute('fuelPercent'), needsGoodFix: false, digits: 15 },
  fuelL: { unit: 'l', sql: attribute('fuelL'), needsGoodFix: false, digits: 15 },
  deviceBatteryPercent: { unit: '%', sql: attribute('batteryPercent'), needsGoodFix: false, digits: 15 },
  deviceBatteryV: { unit: 'V', sql: attribute('deviceBatteryV'), needsGoodFix: false, digits: 15 },
  engineRpm: { unit: '1/min', sql: attribute('engineRpm'), needsGoodFix: false, digits: 15 },
  coolant: { unit: '°C', sql: attribute('coolantC'), needsGoodFix: false, digits: 15 },
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
