import type { StoredPosition } from '@wayleave/telematics/positions/stored-position.ts';
import type { OperatorBook } from '@wayleave/telematics/rules/book/operator-book.ts';
import { DeviceRun } from '@wayleave/telematics/rules/device-run.ts';
import type { Engine } from '@wayleave/telematics/rules/engine.ts';
import { isKeyframeDue } from '@wayleave/telematics/rules/keyframe.ts';
import type { Keyframe } from '@wayleave/telematics/rules/keyframe-store.ts';
import type { ToldOfDevice } from '@wayleave/telematics/rules/record.ts';
import type { ReplayRequest } from '@wayleave/telematics/rules/replay/replay-store.ts';
import type { KnownDevice, KnownRules } from './known-devices.ts';

/** What running the rules comes to: everything that the transaction writes beside the positions. */
export interface RulesPlan {
  told: ToldOfDevice[];
  keyframes: Keyframe[];
  replays: ReplayRequest[];
  /** Devices whose rules failed; null for those of the whole batch. */
  failed: { deviceId: number | null; error: unknown }[];
}

/** A device's share of a batch, judged. */
export interface DeviceRows {
  before: KnownDevice;
  /** Its rules are replaced by what they are after the batch. */
  now: KnownDevice;
  /** Dated rows that are later than everything stored before the batch, in order. */
  inOrder: readonly StoredPosition[];
  /** The first and last instant at which what was stored before changed; null if nothing did. */
  changed: { fromMs: number; untilMs: number } | null;
}

/**
 * Runs each device's rules over its rows. Where something changed that its rules have passed, they
 * are given up: a job runs them again over what is stored, and until it has, only that job does, also
 * over what comes meanwhile.
 */
export function runRules(
  devices: Iterable<DeviceRows>,
  engine: Engine,
  bookOf: (operatorId: number) => OperatorBook,
  plan: RulesPlan,
): void {
  for (const device of devices) {
    const { deviceId, operatorId, rules } = device.before;
    const first = device.inOrder[0]?.position.fixTimeMs ?? Number.POSITIVE_INFINITY;
    const book = bookOf(operatorId);
    const isForJob = device.changed !== null || rules === null || first < book.sinceMs;
    if (!device.changed && device.inOrder.length === 0) continue;
    if (isForJob) {
      const fromMs = Math.min(device.changed?.fromMs ?? first, first);
      const last = device.inOrder.at(-1)?.position.fixTimeMs ?? fromMs;
      plan.replays.push({
        deviceId,
        operatorId,
        fromMs,
        untilMs: Math.max(device.changed?.untilMs ?? last, last),
      });
      device.now.rules = null;
    } else {
      device.now.rules = guarded(device, plan, () =>
        goOn(deviceId, operatorId, rules, device.inOrder, { engine, book }, plan),
      );
    }
  }
}

/**
 * A rule never throws; one that does all the same must not keep positions from being stored. The device is
 * left to the job, which fails for it alone.
 */
function guarded({ before, inOrder }: DeviceRows, plan: RulesPlan, run: () => KnownRules): KnownRules | null {
  try {
    return run();
  } catch (error) {
    const { deviceId, operatorId } = before;
    plan.failed.push({ deviceId, error });
    const [fromMs, untilMs] = [inOrder[0]!.position.fixTimeMs, inOrder.at(-1)!.position.fixTimeMs];
    plan.replays.push({ deviceId, operatorId, fromMs, untilMs });
    return null;
  }
}

function goOn(
  deviceId: number,
  operatorId: number,
  rules: KnownRules,
  rows: readonly StoredPosition[],
  { engine, book }: { engine: Engine; book: OperatorBook },
  plan: RulesPlan,
): KnownRules {
  const run = new DeviceRun({ engine, book, vehicles: rules.vehicles }, rules.state, rules.held);
  let { keyframeMs, fixes } = rules.since;
  for (const row of rows) {
    run.pass(row);
    const { fixTimeMs } = row.position;
    fixes += 1;
    if (!isKeyframeDue({ keyframeMs, fixes }, fixTimeMs)) continue;
    plan.keyframes.push({ deviceId, fixTimeMs, state: run.state });
    keyframeMs = fixTimeMs;
    fixes = 0;
  }
  if (run.told) {
    const newestMs = rows.at(-1)!.position.fixTimeMs;
    plan.told.push({ deviceId, operatorId, newestMs, told: run.told.values() });
  }
  return { state: run.state, held: run.held, vehicles: rules.vehicles, since: { keyframeMs, fixes } };
}
