import type { Connection } from '@wayleave/runtime/postgres.ts';
import { vehiclesOfDevices } from '@wayleave/telematics/rules/book/device-vehicles.ts';
import type { OperatorBook } from '@wayleave/telematics/rules/book/operator-book.ts';
import { DeviceRun } from '@wayleave/telematics/rules/device-run.ts';
import type { Engine } from '@wayleave/telematics/rules/engine.ts';
import { MAX_FIXES_BETWEEN_KEYFRAMES } from '@wayleave/telematics/rules/keyframe.ts';
import { latestKeyframes } from '@wayleave/telematics/rules/keyframe-store.ts';
import { devicesInReplay } from '@wayleave/telematics/rules/replay/replay-store.ts';
import { followTracks } from './know-devices.ts';
import type { KnownDevice } from './known-devices.ts';
import type { RulesPlan } from './run-rules.ts';

/** A worker that stored beyond its last keyframe and died may have gone on for a batch. */
const MAX_FIXES_TO_CATCH_UP = 2 * MAX_FIXES_BETWEEN_KEYFRAMES;

/**
 * Takes up the rules of devices where their stored positions end: from the last keyframe over what is
 * stored after it. What is told on the way was mostly told before, and is recorded again to no effect;
 * what was stored while a job had the rules was not. Devices that a job has are left to it.
 */
export async function knowRules(
  connection: Connection,
  devices: readonly KnownDevice[],
  engine: Engine,
  bookOf: (operatorId: number) => OperatorBook,
  plan: RulesPlan,
): Promise<void> {
  const ids = devices.map(({ deviceId }) => deviceId);
  const inReplay = await devicesInReplay(connection, ids);
  const mine = devices.filter(({ deviceId }) => !inReplay.has(deviceId));
  if (mine.length === 0) return;
  const keyframes = await latestKeyframes(connection, ids);
  const vehicles = await vehiclesOfDevices(connection, ids);
  const runs = new Map<number, DeviceRun>();
  const starts = new Map<number, { afterMs: number }>();
  for (const { deviceId, operatorId, newestFixTimeMs } of mine) {
    const keyframe = keyframes.get(deviceId);
    const parts = { engine, book: bookOf(operatorId), vehicles: vehicles.get(deviceId)! };
    runs.set(deviceId, new DeviceRun(parts, keyframe?.state ?? engine.initial));
    const afterMs = keyframe?.fixTimeMs ?? Number.NEGATIVE_INFINITY;
    if (afterMs < newestFixTimeMs) starts.set(deviceId, { afterMs });
  }
  const failed = new Set<number>();
  await followTracks(connection, starts, (deviceId, rows) => {
    const run = runs.get(deviceId)!;
    try {
      for (const row of rows) run.pass(row);
    } catch (error) {
      plan.failed.push({ deviceId, error });
      failed.add(deviceId);
      return false;
    }
    return run.passed <= MAX_FIXES_TO_CATCH_UP;
  });
  for (const device of mine) {
    const { deviceId, operatorId, newestFixTimeMs } = device;
    const run = runs.get(deviceId)!;
    const keyframeMs = keyframes.get(deviceId)?.fixTimeMs ?? null;
    if (run.passed > MAX_FIXES_TO_CATCH_UP || failed.has(deviceId)) {
      // So much, or what fails, takes a job.
      plan.replays.push({
        deviceId,
        operatorId,
        fromMs: (keyframeMs ?? Number.NEGATIVE_INFINITY) + 1,
        untilMs: newestFixTimeMs,
      });
      continue;
    }
    device.rules = {
      state: run.state,
      held: run.held,
      vehicles: vehicles.get(deviceId)!,
      since: { keyframeMs, fixes: run.passed },
    };
    if (run.told)
      plan.told.push({ deviceId, operatorId, newestMs: newestFixTimeMs, told: run.told.values() });
  }
}
