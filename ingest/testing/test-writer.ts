import { createLog } from '@wayleave/runtime/log.ts';
import type { Pool } from '@wayleave/runtime/postgres.ts';
import { RuleBooks } from '@wayleave/telematics/rules/book/rule-books.ts';
import { ruleEngine } from '@wayleave/telematics/rules/rules.ts';
import { KnownDevices } from '../known-devices.ts';
import { createBatchWriter, type WriteBatch } from '../write-batch.ts';

const log = createLog('test', 'fatal');
const YEAR_MS = 366 * 86_400_000;

/** A writer with all rules and the books of its own database; as after a start unless it is told what is known. */
export function createTestWriter(
  pool: Pool,
  known = new KnownDevices(() => 0),
  books = createTestBooks(pool),
): WriteBatch {
  return createBatchWriter({ pool, known, engine: ruleEngine, books });
}

export function createTestBooks(pool: Pool): RuleBooks {
  return new RuleBooks({ pool, log, keepMs: 10 * YEAR_MS, now: Date.now });
}
