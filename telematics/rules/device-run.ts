import type { StoredPosition } from '../positions/stored-position.ts';
import type { DeviceVehicle } from './book/device-vehicles.ts';
import type { HeldContext, OperatorBook } from './book/operator-book.ts';
import { holdsAt } from './book/spans.ts';
import type { Engine, EngineState } from './engine.ts';
import type { Finding } from './finding.ts';
import { findingKey } from './finding-key.ts';
import type { ToldFinding } from './reconcile.ts';
import type { RuleFix } from './rule.ts';
import { isDated, ruleFixOf } from './rule-fix.ts';
import type { RuleSettings } from './settings.ts';

/** What holds for the device where a run stands: it need not be looked up for every fix. */
export interface HeldNow extends HeldContext {
  book: OperatorBook;
  revision: number;
}

export interface RunParts {
  engine: Engine;
  book: OperatorBook;
  /** That the device was in, in order of time. */
  vehicles: readonly DeviceVehicle[];
}

/** The rules of one device going on over its positions, in fix time. */
export class DeviceRun {
  state: EngineState;
  held: HeldNow | null;
  /** Dated positions that were passed. */
  passed = 0;
  /** What was found, each once with what was told of it last; null for nothing. */
  told: Map<string, ToldFinding> | null = null;
  #parts: RunParts;

  constructor(parts: RunParts, state: EngineState, held: HeldNow | null = null) {
    this.#parts = parts;
    this.state = state;
    this.held = held;
  }

  /** Takes the next position, which is later than all before it; one whose time is in doubt says nothing. */
  pass(row: StoredPosition): void {
    if (isDated(row)) this.passFix(ruleFixOf(row));
  }

  passFix(fix: RuleFix): void {
    const { context } = this.#holdsAt(fix.fixTimeMs);
    const before = this.state;
    const { state, found, left } = this.#parts.engine.next(before, fix, context);
    this.state = state;
    this.passed += 1;
    for (const finding of left) this.#tell(finding, fix.fixTimeMs, before.vehicleId, context.settings);
    for (const finding of found) this.#tell(finding, fix.fixTimeMs, state.vehicleId, context.settings);
  }

  #holdsAt(epochMs: number): HeldNow {
    const { book, vehicles } = this.#parts;
    const { held } = this;
    if (held && held.book === book && held.revision === book.revision && holdsAt(held, epochMs)) return held;
    this.held = { ...book.contextAt(epochMs, vehicles), book, revision: book.revision };
    return this.held;
  }

  #tell(finding: Finding, settledMs: number, vehicleId: string | null, settings: RuleSettings): void {
    this.told ??= new Map();
    this.told.set(findingKey(finding), { finding, settledMs, vehicleId, settings });
  }
}
