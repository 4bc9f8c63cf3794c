import { parseArgs } from 'node:util';
import pg from 'pg';
import { startBenchStack } from '../ingest/bench-stack.ts';
import { bearerToken, installAll } from '../ingest/people.ts';
import type { Figures } from '../main.ts';
import { fillHistory, ROWS_PER_DAY } from './fill.ts';
import { type Measured, measure } from './measure.ts';

const VEHICLES = 4_000;
const DAY_MS = 86_400_000;
/** The same pair of vehicle and day is not asked for twice, so that what is measured is not what was just read. */
const SAMPLES = 300;
const WARM_UP = 30;

/**
 * Reading from a table of a hundred million positions, over HTTP from the real API process on the same
 * cores: a day of one vehicle, picked at random, as JSON and as a simplified track, what is computed
 * of it, and the latest of the whole fleet. `--rows` makes a smaller table, `--unsorted` leaves
 * its days as they came, as those of the last week lie. With DATABASE_URL the
 * table is made there, in a database that has nothing else in it.
 */
export async function run(args: string[]): Promise<Figures> {
  const { values } = parseArgs({
    args,
    options: {
      rows: { type: 'string', default: '100000000' },
      unsorted: { type: 'boolean', default: false },
    },
  });
  await using bench = await startBenchStack(VEHICLES, ['api']);
  await installAll(bench);
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: bench.stack.databaseUrl });
    await client.connect();
    return client;
  };
  const fleet = await fillHistory(
    connect,
    { vehicles: VEHICLES, rows: Number(values.rows), isSorted: !values.unsorted },
    say,
  );
  say(`  ${fleet.rows} positions of ${fleet.withHistory} vehicles over ${fleet.days.length} days`);

  // Only now: filling a hundred million rows takes longer than a token lives.
  const token = await bearerToken(bench);
  const get = async (path: string): Promise<Response> => {
    const response = await fetch(`${bench.stack.apiUrl}/api/v1/${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const read = async (path: string): Promise<number> => (await (await get(path)).arrayBuffer()).byteLength;

  const pairs = randomPairs(fleet.withHistory, fleet.days.length);
  const nextDay = (what: string, query = ''): string => {
    const { vehicle, day } = pairs();
    const from = fleet.days[day]!;
    const range = `from=${from.toISOString()}&to=${new Date(from.getTime() + DAY_MS).toISOString()}`;
    return `vehicles/${fleet.vehicleIds[vehicle]}/${what}?${range}${query}`;
  };
  const { items } = (await (await get(nextDay('positions', '&limit=5000'))).json()) as { items: unknown[] };
  if (items.length !== ROWS_PER_DAY) throw new Error(`a day has ${items.length} positions`);

  const ofDays = async (name: string, what: string, query = ''): Promise<Measured> =>
    await measure(
      name,
      { samples: SAMPLES, warmUp: WARM_UP, say },
      async () => await read(nextDay(what, query)),
    );
  const day = await ofDays('a day as JSON, 2,880 positions', 'positions', '&limit=5000');
  const page = await ofDays('the first 1,000 positions of it', 'positions', '&limit=1000');
  const track = await ofDays('its track, 10 m', 'track', '&toleranceM=10');
  const series = await ofDays(
    'its series of speed and battery, 300 points',
    'series',
    '&metric=speed,battery',
  );
  const mileage = await ofDays('its mileage', 'mileage');
  const latest = await measure(
    'the latest of 4,000 vehicles',
    { samples: SAMPLES, warmUp: WARM_UP, say },
    async () => await read('fleet/positions'),
  );
  const bare = await bareDay(connect, pairs, fleet.days, say);
  say(
    `\na day over the API takes ${(day.p50Ms / bare.p50Ms).toFixed(1)} times a bare query by the same driver`,
  );
  return {
    rows: fleet.rows,
    dayP50Ms: day.p50Ms,
    dayP95Ms: day.p95Ms,
    pageP95Ms: page.p95Ms,
    trackP95Ms: track.p95Ms,
    seriesP95Ms: series.p95Ms,
    mileageP95Ms: mileage.p95Ms,
    fleetP50Ms: latest.p50Ms,
    fleetP95Ms: latest.p95Ms,
    bareDayP50Ms: bare.p50Ms,
    bareDayP95Ms: bare.p95Ms,
  };
}

/** The same rows by the same driver from the table itself: no view, no API, no text. */
async function bareDay(
  connect: () => Promise<pg.Client>,
  pairs: () => { vehicle: number; day: number },
  days: readonly Date[],
  say: (line: string) => void,
): Promise<Measured> {
  const client = await connect();
  try {
    const { rows: devices } = await client.query<{ device_id: string }>(
      'SELECT device_id FROM latest_positions ORDER BY device_id',
    );
    return await measure('a day by a bare query', { samples: SAMPLES, warmUp: WARM_UP, say }, async () => {
      const { vehicle, day } = pairs();
      const from = days[day]!;
      const { rows } = await client.query(
        'SELECT * FROM positions WHERE device_id = $1 AND fix_time >= $2 AND fix_time < $3 ORDER BY fix_time',
        [devices[vehicle]!.device_id, from, new Date(from.getTime() + DAY_MS)],
      );
      return rows.length;
    });
  } finally {
    await client.end();
  }
}

/** Pairs of a vehicle and a day in random order, all before any comes again. */
function randomPairs(vehicles: number, days: number): () => { vehicle: number; day: number } {
  const all = vehicles * days;
  const step = coprimeNear(all * 0.618, all);
  let at = Math.floor(Math.random() * all);
  return () => {
    at = (at + step) % all;
    return { vehicle: at % vehicles, day: Math.floor(at / vehicles) };
  };
}

/** Steps of such a width visit every number below `all`. */
function coprimeNear(wanted: number, all: number): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  let step = Math.max(1, Math.floor(wanted));
  while (gcd(step, all) !== 1) step += 1;
  return step;
}
