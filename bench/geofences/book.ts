import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fenceVersion } from '@wayleave/telematics/rules/book/applied-fence.ts';
import { OperatorBook } from '@wayleave/telematics/rules/book/operator-book.ts';
import { type Country, createRandom, SEED } from './country.ts';
import { createFences } from './fences.ts';
import { createFleet } from './fleet.ts';

const MIB = 2 ** 20;
const REPORTS = 1_000_000;

/** What an operator's rule book takes with so many geofences and after so many positions: MiB of resident memory. */
export function measureBook(country: Country, count: number): number {
  const before = residentMib();
  const book = new OperatorBook(0);
  let key = 0;
  for (const { shape } of createFences(country, count, createRandom(SEED))) {
    key += 1;
    book.putVersion(
      fenceVersion({
        key,
        geofenceId: String(key),
        version: 1,
        name: `Home of customer ${key}`,
        kind: 'home',
        shape,
        groupId: null,
        vehicleId: String(key),
        schedule: null,
        speedLimitKmh: null,
        dwellS: null,
        validFrom: new Date(0),
        validTo: null,
      }),
    );
  }
  const points = createFleet(country, [country.towns[0]!], createRandom(SEED))(REPORTS);
  for (let at = 0; at < points.length; at += 2) book.index.containing(points[at]!, points[at + 1]!);
  const tookMib = residentMib() - before - points.byteLength / MIB;
  if (book.versions.size !== count || points.length === 0) throw new Error('The book is not complete');
  return tookMib;
}

function residentMib(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What typed arrays held is given back by the second collection only.
  collect();
  collect();
  return process.memoryUsage().rss / MIB;
}
