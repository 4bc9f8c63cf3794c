import type { Ledger } from '@wayleave/device-sim/load/ledger.ts';
import type pg from 'pg';

export interface Comparison {
  /** Acknowledged and not stored. */
  missing: number;
  /** Rows beyond the first of a device and instant. */
  twice: number;
  /** Stored though no tracker sent it. */
  neverSent: number;
}

const FIX_TIMES = `
  SELECT extract(epoch FROM fix_time) * 1000 AS fix_time_ms
  FROM positions JOIN devices ON devices.id = positions.device_id WHERE devices.ident = $1`;

/** Holds what is stored against what the trackers were told, position by position. */
export async function compareWithLedger(database: pg.Client, ledger: Ledger): Promise<Comparison> {
  const comparison = { missing: 0, twice: 0, neverSent: 0 };
  for (const [device, ident] of ledger.idents.entries()) {
    const { rows } = await database.query<{ fix_time_ms: string }>(FIX_TIMES, [ident]);
    const stored = new Set(rows.map((row) => Number(row.fix_time_ms)));
    comparison.twice += rows.length - stored.size;
    for (const fixTimeMs of ledger.acknowledgedFixTimes(device)) {
      if (!stored.delete(fixTimeMs)) comparison.missing += 1;
    }
    // What was sent and not acknowledged may be there or not.
    for (const fixTimeMs of ledger.unacknowledgedFixTimes(device)) stored.delete(fixTimeMs);
    comparison.neverSent += stored.size;
  }
  return comparison;
}
